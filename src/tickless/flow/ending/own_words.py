"""Which lines of a conversation are about one case: people ask for several things in one place."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.domain.case import Case, Message
from tickless.flow.saying.conversation import heard_key, is_of
from tickless.journal import Tx


def of_case(tx: Tx, case: Case, lines: Iterable[Message]) -> list[Message]:
    """The person's lines about this case, of all `lines` of its conversation in order: those that opened or joined it, and what
    was said to the house's, or a colleague's, last words about it. A line that belongs to another case is left out."""
    others = [one for one in tx.cases.by(conversation=case.conversation) if one.id != case.id]
    mine = _signals(tx, case)
    theirs = {signal for one in others for signal in _signals(tx, one)} - mine
    found: list[Message] = []
    talked_of: str | None = None
    for line in lines:
        if line.author != "person":
            talked_of = line.case or talked_of
        elif _among(line, mine) or (talked_of in {None, case.id} and not _among(line, theirs)):
            found.append(line)
    return found


def _signals(tx: Tx, case: Case) -> set[str]:
    joined = {one.signal for one in tx.alerts.joined(case.id)}
    return joined | {one.signal for one in tx.cases.findings_of(case.id)}


def _among(line: Message, signals: set[str]) -> bool:
    return any(is_of(line.id, heard_key(signal)) for signal in signals)
