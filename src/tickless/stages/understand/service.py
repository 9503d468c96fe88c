"""The room's door: a brain and the organisation's records, put together once and used for every signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from tickless.ai.brain import Brain
from tickless.domain.finding import CaseKind, Finding
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Signal
from tickless.stages.understand.core import understand
from tickless.stages.understand.dialogue import NOTHING_SAID_YET, DialogueContext
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.needs import KINDS


def kinds_of(runbooks: Iterable[Runbook]) -> dict[str, CaseKind]:
    """The kind of case for every intent that a runbook serves."""
    return {intent: runbook.kind for runbook in runbooks for intent in runbook.serves.intents}


class Understanding:
    """Reads signals. Immutable: make a new one when records or runbooks change."""

    def __init__(self, brain: Brain, gazetteer: Gazetteer, *, kinds: Mapping[str, CaseKind] | None = None) -> None:
        """`kinds` (from `kinds_of(runbooks)`): kind of case by intent; the usual intents have one without it."""
        self.brain = brain
        self.gazetteer = gazetteer
        self._kinds = dict(kinds or {})

    @property
    def kinds(self) -> dict[str, CaseKind]:
        """Every need that is known, and its kind of case."""
        return {**KINDS, **self._kinds}

    def understand(
        self, signal: Signal, *, context: DialogueContext = NOTHING_SAID_YET, now: dt.datetime
    ) -> tuple[Finding, ...]:
        """What the signal is about: one finding for each need or act, at least one, whatever the text; never raises."""
        return understand(
            signal, context=context, now=now, reader=self.brain, gazetteer=self.gazetteer, kinds=self._kinds
        )
