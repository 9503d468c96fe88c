"""News of a case reach the people of its children, too: each person once, in the conversation that is nearest to the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.domain.case import LIVE_STATES, Case, Participant, is_part
from tickless.domain.known import Bulletin
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx

MOST = 2_000
"""Children, and people's cases that are looked at for some."""
_STANDING = sorted({*LIVE_STATES, "handed_off"})


def tell_bulletin(tx: Tx, case: Case, bulletin: Bulletin, *, now: dt.datetime) -> int:
    """Tell the people of a case and of its children that are not over; returns how many conversations heard it."""
    people, told = set[str](), set[str]()
    for one in (case, *children_of(tx, case)):
        text = words.news(case, bulletin)
        if one.id != case.id:
            text = f"{text} Your case {one.number} belongs to it."
        for who, conversation in sorted(_hearers(tx, one)):
            if conversation in told or (who and who in people):
                continue
            told.add(conversation)
            people |= {who} if who else set()
            say(tx, conversation=conversation, case=one, text=text, key=bulletin.id, at=now, proactive=True)
    return len(told)


def children_of(tx: Tx, case: Case) -> list[Case]:
    """The cases that belong to it and are not over, by number: linked by people, or reports. Parts of a request are none."""
    table = tx.cases.table.c
    linked = [tx.cases.get(link.child) for link in tx.links.by(parent=case.id, limit=MOST)]
    reports = tx.cases.where(table.door == "human", table.state.in_(_STANDING), order=table.number.desc(), limit=MOST)
    found = {one.id: one for one in (*linked, *(one for one in reports if one.parent == case.id)) if one is not None}
    standing = (one for one in found.values() if one.state in _STANDING and not is_part(one))
    return sorted(standing, key=lambda one: one.number)


def _hearers(tx: Tx, case: Case) -> Iterator[tuple[str, str]]:
    """(person, conversation) of everybody who waits for news of it."""
    for one in tx.alerts.participants(case.id):
        if _waits(one) and one.conversation:
            yield one.ref or "", one.conversation
    if case.conversation:
        yield case.requester or "", case.conversation


def _waits(one: Participant) -> bool:
    return one.role in {"requester", "affected"}
