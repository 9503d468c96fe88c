"""What people hear when the case that they take part in is merged, or stands by itself again: once each."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.world import World
from tickless.flow.saying.conversation import say
from tickless.journal import Tx


def name_of(tx: Tx, by: str) -> str:
    """Who did it, as people call them."""
    person = tx.people.get(by)
    if person is not None:
        return person.name
    return "Tickless" if by == "tickless" else by.removeprefix("user:")


def hearers(tx: Tx, case: Case) -> list[str]:
    """The conversations in which people wait for news of a case."""
    told = {
        one.conversation
        for one in tx.alerts.participants(case.id)
        if one.role in {"requester", "affected"} and one.conversation
    }
    return sorted(told | ({case.conversation} if case.conversation else set()))


def tell_merged(tx: Tx, case: Case, whole: Case, world: World, *, key: str, now: dt.datetime) -> None:
    """To the people of a case that was merged away."""
    service = world.services.get(whole.service or "")
    about = f" with {service.name}" if service else ""
    text = (
        f"This turned out to be the same trouble{about} as case {whole.number}, and is looked after there. "
        "You'll hear when it is over; there is nothing you need to do."
    )
    for conversation in hearers(tx, case):
        say(tx, conversation=conversation, case=whole, text=text, key=f"{key}:merged", at=now, proactive=True)


def tell_apart(tx: Tx, case: Case, *, key: str, now: dt.datetime) -> None:
    """To the same people, when it stands by itself again."""
    text = f"This is looked at by itself again, as case {case.number}: it was taken for the same trouble as another's."
    for conversation in hearers(tx, case):
        say(tx, conversation=conversation, case=case, text=text, key=f"{key}:apart", at=now, proactive=True)
