"""Signal → findings: intents, entities, alert class, evidence."""

from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.gazetteer import Gazetteer, build_gazetteer
from tickless.stages.understand.service import Understanding, kinds_of

__all__ = ["DialogueContext", "Gazetteer", "Understanding", "build_gazetteer", "kinds_of"]
