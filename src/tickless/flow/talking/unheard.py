"""What was not understood is kept a while: if its writer says it in other words, and that ends well, it is a lesson."""

from __future__ import annotations

import datetime as dt

from tickless.domain.finding import Finding
from tickless.domain.lesson import Lesson
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.redaction import redact_personal
from tickless.stages.learn.lessons import LONGEST, SHORTEST, without_names

LONGEST_TEXT = 300
"""Characters."""


def lesson_text(signal: Signal, finding: Finding) -> str:
    """The message as a sentence to learn: in one line, without secrets, addresses and people's names."""
    said = redact_personal((signal.body or signal.title).tame(LONGEST_TEXT))
    return without_names(said, (one.text.tame(100) for one in finding.entities if one.kind == "person"))


def keep_unheard(tx: Tx, finding: Finding, signal: Signal, sender: Sender, *, now: dt.datetime) -> None:
    """Keep a message that nobody could make anything of. A guest's is not: nobody could say later who meant what."""
    text = lesson_text(signal, finding)
    if finding.act != "need" or finding.need is not None or sender.person is None or sender.automatic:
        return
    if SHORTEST <= len(text.split()) <= LONGEST:
        tx.lessons.put(
            Lesson(
                id=new_id("les"), text=Untrusted(text), source="clarified", state="heard", confidence=finding.confidence,
                conversation=sender.conversation, signal=signal.id, people=(sender.person,), at=now,
            )
        )  # fmt: skip
