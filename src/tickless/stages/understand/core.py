"""Signal → findings. Pure: the same signal, context, records and brain give the same findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tickless.domain.finding import CaseKind, Finding
from tickless.domain.signal import Signal
from tickless.stages.understand.alerts import read_event
from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.meaning import Reader
from tickless.stages.understand.messages import MessageReading
from tickless.stages.understand.needs import KINDS


def understand(
    signal: Signal,
    *,
    context: DialogueContext,
    now: dt.datetime,
    reader: Reader,
    gazetteer: Gazetteer,
    kinds: Mapping[str, CaseKind],
) -> tuple[Finding, ...]:
    """What the signal is about: at least one finding, for any text. Ids derive from the signal's id."""
    if signal.kind == "message":
        known = {**KINDS, **kinds}
        message = MessageReading(signal, context=context, now=now, reader=reader, gazetteer=gazetteer, kinds=known)
        return message.findings()
    return (read_event(signal, gazetteer=gazetteer, now=now),)
