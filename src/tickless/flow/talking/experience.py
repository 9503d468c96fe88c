"""How it was for the person: told when it is over, asked at the right moment and not too often, two taps and no form."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, cast

from tickless.domain.case import Case
from tickless.domain.experience import Rating
from tickless.domain.signal import Deed, Sender
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.kit.canonical import digest

ASK_AGAIN = dt.timedelta(days=7)
"""A person is asked how it was at most this often."""
ASKED = "rating.asked:"
RATED = frozenset({"verified", "confirmed"})
"""Ends after which it makes sense to ask."""
IN_ORDER = ("worse", "as_expected", "better")
EXPECTED = frozenset(IN_ORDER)
_NUMBERS = re.compile(r"([1-5])(?:\s*(?:[,;/]|and)?\s*([1-3]))?\s*[.!]?")


def ask_rating(tx: Tx, case: Case, *, now: dt.datetime) -> None:
    """Ask the requester how it was, if it is worth asking and they were not asked lately."""
    if case.requester is None or case.conversation is None or case.door != "human" or case.outcome not in RATED:
        return
    before = tx.coordination.mark(f"{ASKED}{case.requester}")
    if before is not None and now - dt.datetime.fromisoformat(before) < ASK_AGAIN:
        return
    tx.coordination.note(f"{ASKED}{case.requester}", now.isoformat())
    card: dict[str, object] = {"kind": "rating", "case": case.id, "number": case.number}
    say(tx, conversation=case.conversation, case=case, text=words.HOW_WAS_IT, key=f"{case.id}:{case.generation}:rating",
        at=now, card=card)  # fmt: skip


def rate(tx: Tx, deed: Deed, sender: Sender, now: dt.datetime) -> str:
    """Write down what was tapped, on top of what was tapped before; returns what to say. Only those in the case may rate it."""
    case = tx.cases.get(deed.ref)
    if case is None or not _takes_part(tx, case, sender):
        return words.NOT_YOURS
    identity = f"rate_{digest([case.id, case.generation, sender.person or sender.conversation])[:26]}"
    known = tx.ratings.get(identity)
    rating = known or Rating(id=identity, case=case.id, person=sender.person, conversation=sender.conversation, at=now)
    expected = deed.values.get("expected", "")
    change: dict[str, object] = {
        "effort": _five(deed.values.get("effort")) or rating.effort,
        "satisfaction": _five(deed.values.get("satisfaction")) or rating.satisfaction,
        "expected": cast(Literal["worse", "as_expected", "better"], expected)
        if expected in EXPECTED
        else rating.expected,
        "comment": (deed.values.get("comment") or rating.comment)[:1_000],
        "at": now,
    }
    tx.ratings.put(rating.model_copy(update=change))
    return words.RATED


def rated_in_words(tx: Tx, text: str, sender: Sender, *, now: dt.datetime) -> str | None:
    """Two numbers in the place of two taps, where the last thing said here was the question how it was. Returns what to say;
    None for everything else."""
    numbers = _NUMBERS.fullmatch(text.strip())
    if numbers is None:
        return None
    table = tx.messages.table.c
    lines = tx.messages.where(table.conversation == sender.conversation, order=table.id.desc(), limit=5)
    card = next((line.card for line in lines if line.author == "tickless"), None)
    if card is None or card.get("kind") != "rating":
        return None
    values = {"effort": numbers[1], **({"expected": IN_ORDER[int(numbers[2]) - 1]} if numbers[2] else {})}
    return rate(tx, Deed(kind="rate", ref=str(card["case"]), values=values), sender, now)


def _takes_part(tx: Tx, case: Case, sender: Sender) -> bool:
    if case.conversation == sender.conversation:
        return True
    if sender.person is None:
        return False
    return sender.person == case.requester or any(p.ref == sender.person for p in tx.alerts.participants(case.id))


def _five(text: str | None) -> int | None:
    return int(text) if text in {"1", "2", "3", "4", "5"} else None
