"""What the flow works with: the journal, the clock and the eight rooms, wired by `app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tickless.ai.models import Models
from tickless.domain.world import World
from tickless.flow.courtesy import Courtesy
from tickless.flow.foresight import Foresight
from tickless.flow.policing import Policing
from tickless.flow.publishing import Publishing
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.practices.knowledge import Composer, Library
from tickless.sdk.registry import Registry
from tickless.stages.act.service import ActRoom
from tickless.stages.act.vault import Vault
from tickless.stages.correlate.service import CorrelateRoom
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.service import DecisionRoom
from tickless.stages.learn.service import LearnRoom
from tickless.stages.measure.service import MeasureRoom
from tickless.stages.sense.service import SenseRoom
from tickless.stages.understand.intents import IntentReport
from tickless.stages.understand.service import Understanding
from tickless.stages.verify.service import VerifyRoom


@dataclass(frozen=True)
class Pace:
    """How long the house waits for people, in seconds."""

    answer: float = 86_400.0
    approval: float = 259_200.0
    escalate: float = 0.5
    """After this share of the time for an approval the next one above is asked, too; 1: nobody is."""
    first_look: float = 60.0
    """When a resolution is looked at again for the first time; later looks are further and further apart."""


@dataclass(frozen=True)
class Rooms:
    """Everything that a step may use."""

    journal: Journal
    clock: Clock
    registry: Registry
    runbooks: Publishing
    policy: PolicyEngine
    policing: Policing
    world: Callable[[], World]
    understanding: Callable[[], Understanding]
    sense: SenseRoom
    correlate: CorrelateRoom
    decide: DecisionRoom
    act: ActRoom
    verify: VerifyRoom
    measure: MeasureRoom
    learn: LearnRoom
    vault: Vault
    data: Path
    """Folder of the embedded databases and the key file."""
    pace: Pace = field(default_factory=Pace)
    library: Callable[[], Library] = Library.of
    """The published articles, ready to be searched."""
    courtesy: Courtesy = field(default_factory=Courtesy)
    """When the house may speak up by itself."""
    intents: Callable[[], IntentReport | None] = lambda: None
    """What the language brain confuses, as it was measured last."""
    foresight: Foresight = field(default_factory=Foresight)
    """What telemetry foresees of what a case is about."""
    composer: Composer | None = None
    """Puts answers into words, if a model is configured; what it says is checked sentence by sentence."""
    models: Models | None = None
    """The language model, if one is configured."""
