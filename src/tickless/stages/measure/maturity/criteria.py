"""The criteria of the three models together, and what the models and their levels are called. Pure."""

from __future__ import annotations

from typing import Final

from tickless.stages.measure.maturity.cmmi import CMMI
from tickless.stages.measure.maturity.excellence import EXCELLENCE
from tickless.stages.measure.maturity.model import Dimension, ModelName
from tickless.stages.measure.maturity.zero_ticket import ZERO_TICKET

CRITERIA: Final = (*ZERO_TICKET, *CMMI, *EXCELLENCE)
QUESTIONS: Final = {one.id: one.question for one in CRITERIA if one.question}
"""What only people can say."""
NAMES: Final[dict[ModelName, str]] = {"zero_ticket": "Zero ticket", "cmmi": "CMMI", "excellence": "Service excellence"}
PLACES: Final[dict[ModelName, tuple[str, ...]]] = {
    "zero_ticket": ("", "Reactive", "Assisted", "Automated", "Autonomous"),
    "cmmi": ("", "Initial", "Managed", "Defined", "Quantitatively managed", "Optimising"),
    "excellence": ("", "Delivering", "Listening", "Reliable", "Anticipating", "Delighting"),
}
DIMENSIONS: Final[tuple[Dimension, ...]] = ("resolution", "prevention", "experience", "governance")
