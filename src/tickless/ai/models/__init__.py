"""Language models: optional, budgeted, recorded, replaceable."""

from tickless.ai.models.composing import ModelComposer
from tickless.ai.models.gateway import Heard, Models
from tickless.ai.models.ledger import Ledger, ModelCall
from tickless.ai.models.live import LiveWire, live_wire
from tickless.ai.models.looking_up import Looked, Reach, Tool
from tickless.ai.models.masking import Mask, Names
from tickless.ai.models.options import ModelSettings
from tickless.ai.models.outputs import Composed, Reading, Reworded, Summary
from tickless.ai.models.reconciling import reconcile
from tickless.ai.models.recording import Recorder, Replay
from tickless.ai.models.wire import Answer, ModelFailed, Request, Wire

__all__ = [
    "Answer",
    "Composed",
    "Heard",
    "Ledger",
    "LiveWire",
    "Looked",
    "Mask",
    "ModelCall",
    "ModelComposer",
    "ModelFailed",
    "ModelSettings",
    "Models",
    "Names",
    "Reach",
    "Reading",
    "Recorder",
    "Replay",
    "Request",
    "Reworded",
    "Summary",
    "Tool",
    "Wire",
    "live_wire",
    "reconcile",
]
