"""Everything that waits for a person's word because the house learnt it: what it is, what it has to pass, who decides; and what
came of what was taught."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tickless.journal import Tx
from tickless.practices.knowledge.reading import read_contradictions, read_standings
from tickless.stages.learn.effects import SPAN, Effect, Request, effects

if TYPE_CHECKING:
    from tickless.flow.desk.promise import Desk

MOST = 500
"""Ends that are looked at, the latest first."""
_SERVED = frozenset({"verified", "confirmed"})


@dataclass(frozen=True)
class Waiting:
    """One kind of proposals. `gate`: what each has to pass before it takes effect; `after`: how its effect is measured."""

    id: str
    title: str
    count: int
    gate: str
    who: str
    after: str
    link: str


def waiting(desk: Desk) -> list[Waiting]:
    """Every kind, what waits for most in front. Nothing of it is in force."""
    with desk.journal.read() as tx:
        words = tx.lessons.count(tx.lessons.table.c.state == "proposed")
        groups = tx.grouping_lessons.count(tx.grouping_lessons.table.c.state == "proposed")
        standings = read_standings(tx, now=desk.clock.now())
        drafts = sum(one.article.state == "draft" for one in standings)
        stale = sum(one.article.state == "published" and bool(one.concerns) for one in standings)
        against = len(read_contradictions(tx))
        found = tx.opportunities.count(tx.opportunities.table.c.state == "found")
    refusal = desk.refusing.standing()
    differs = int(refusal.enough and abs(refusal.wanted - refusal.now) > 0.005)
    kinds = [
        Waiting("words", "Sentences for the language brain", words,
                "The messages of 30 days and all that is taught are read again with it: nothing understood may be lost",
                "somebody with the right admin", "Understood at once, 90 days before and since, on this page", "/lessons"),
        Waiting("grouping", "Alerts that belong together, or not", groups,
                "The storms of the last days are grouped again with it: no case that was right may break",
                "somebody with the right admin", "Cases there that nobody had to put right, before and since, on its page",
                "/lessons/grouping"),
        Waiting("routing", "Teams that tickets should go to at once", len(desk.routing.proposals()),
                "The solved tickets of 90 days are sent again with it: more have to go right at once than chance explains",
                "somebody with the right admin", "Tickets that went to the right team at once, on its page",
                "/lessons/routing"),
        Waiting("refusal", "From what confidence a guess counts", differs,
                "At least 30 outcomes of 90 days speak for it", "somebody with the right admin",
                "Messages refused though understood, on its page", "/lessons"),
        Waiting("runbooks", "Runbooks to sign", len(desk.architect.proposals(open_only=True)),
                "It compiles, plays on the table top, and raises its revision; its author may not sign",
                "a colleague of its author", "It begins as a suggestion, and climbs only on verified outcomes", "/proposals"),
        Waiting("autonomy", "Runbooks that may do more alone", len(desk.autonomy.proposals()),
                "The lower bound of its verified success passes the bar of the next rung", "who policy names",
                "Falls back by itself when outcomes turn bad", "/autonomy"),
        Waiting("articles", "Drafted articles", drafts,
                "Its form is checked; contradictions with others are shown", "who publishes it",
                "What people said of its answers", "/knowledge?show=draft"),
        Waiting("review", "Articles that are stale or contradict each other", stale + against,
                "Somebody says that it is right still, or changes it", "its owner, or who may act",
                "What people said of its answers", "/knowledge/review"),
        Waiting("opportunities", "What could be taken over next", found,
                "Its value has an interval; a draft is opened by a person, then passes the gate of its kind",
                "whoever may act", "Against groups like it that were left alone", "/opportunities"),
        Waiting("problems", "Kinds of incident worth a problem", len(desk.practices.problems.candidates()),
                "It pays even by the careful reading of its costs", "who policy names",
                "Incidents since, beside as long before", "/problems"),
    ]  # fmt: skip
    return sorted(kinds, key=lambda one: one.count == 0)


def what_came_of_it(desk: Desk) -> list[Effect]:
    """By need: how often it was understood at once before anything of it was taught, and since."""
    now = desk.clock.now()
    with desk.journal.read() as tx:
        taught = [(one.need, one.decided_at) for one in tx.lessons.by(state="taught")
                  if one.need is not None and one.decided_at is not None]  # fmt: skip
        if not taught:
            return []
        needs = {need for need, _ in taught}
        since = min(at for _, at in taught) - SPAN
        return effects(taught, _requests(tx, needs, max(since, now - dt.timedelta(days=366))))


def _requests(tx: Tx, needs: set[str], since: dt.datetime) -> Iterator[Request]:
    table = tx.resolutions.table.c
    ends = tx.resolutions.where(table.at > since, table.outcome.in_(_SERVED), order=table.at.desc(), limit=MOST)
    for end in ends:
        if end.door == "human" and end.need in needs:
            opening = min(tx.cases.findings_of(end.case), key=lambda one: one.made_at, default=None)
            if opening is not None:
                yield Request(end.need, opening.made_at, opening.act == "need" and opening.need == end.need)
