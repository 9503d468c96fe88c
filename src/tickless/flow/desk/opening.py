"""An opportunity's draft opened as the real thing: a runbook before those who sign, a drafted article, a problem, or a line of
the register of improvements, whose benefit is measured when what comes again is looked for the next time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Literal, Protocol

from tickless.domain.errors import BadInput, Conflict
from tickless.domain.improvement import Improvement, ImprovementDraft, Measurement
from tickless.domain.knowledge import Article
from tickless.domain.opportunity import DraftKind, Opened, Opportunity
from tickless.domain.practice import Event
from tickless.domain.problem import ProblemDraft
from tickless.domain.runbook_draft import RunbookDraft
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.keeping import Keeper, names_person
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.world import read_world
from tickless.practices.knowledge.of_tickets import WhatHelped
from tickless.practices.knowledge.service import save
from tickless.stages.learn.mining.drafts import article_of, draft_of

DUE = dt.timedelta(days=56)
"""So long until an improvement is due where nobody says when."""
SAYING: frozenset[str] = frozenset({"arrived", "not_shown", "worse"})
"""Verdicts that rest on a measured change."""
Kind = Literal["runbook", "article", "problem", "improvement"]


class Mined(Protocol):
    """Where opportunities come from."""

    def with_titles(self, identity: str) -> tuple[Opportunity, Sequence[str]]: ...

    def what_helped(self, identity: str) -> WhatHelped: ...


class Proposing(Protocol):
    """Where drafted runbooks wait to be signed."""

    def propose(
        self, text: str, *, by: Keeper, described: str = "", method: str = "", note: str = ""
    ) -> RunbookDraft: ...


class Opening:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, rooms: Rooms, mined: Mined, architect: Proposing, practices: PracticesDesk) -> None:
        self._rooms = rooms
        self._mined = mined
        self._architect = architect
        self._practices = practices

    def open(self, identity: str, *, by: Keeper, kind: DraftKind | None = None) -> Opened:
        """What its draft says, or another kind. Nothing takes effect by it: a runbook waits for somebody who signs it, an
        article is a draft. Raises `NotFound`, `Conflict` (it is there already), `RunbookInvalid` where this house lacks what
        the draft calls."""
        one, titles = self._mined.with_titles(identity)
        wanted = kind or one.draft
        self._not_yet(one, wanted)
        if wanted == "runbook":
            text = draft_of(one.model_copy(update={"draft": "runbook"}), titles)
            made = self._architect.propose(text, by=by, described=_reason(one), method="mined", note=_note(one)).id
        elif wanted == "article":
            made = self._article(one, titles, by).id
        else:
            known = self._rooms.world().service_named(one.service) if one.service else None
            draft = ProblemDraft(title=one.name[:200], service=known.id if known else None, why=_reason(one)[:4_000])
            made = self._practices.problems.open_problem(draft, by=by).id
        return self._noted(one.id, Opened(kind=wanted, id=made), by)

    def register(
        self,
        identity: str,
        *,
        by: Keeper,
        owner: str = "",
        due_at: dt.datetime | None = None,
        expected: float | None = None,
    ) -> Opened:
        """Put it in the register of improvements, with how many tickets a month it is now and how many are expected then:
        without a word the share that goes alike is expected to go away. Raises `NotFound`, `Conflict`, `BadInput`."""
        one, _ = self._mined.with_titles(identity)
        self._not_yet(one, "improvement")
        usual = one.per_month * (1 - (one.determinism if one.determinism is not None else 0.5))
        if expected is not None and not 0 <= expected < one.per_month:
            raise BadInput(
                f"fewer than {one.per_month:.1f} tickets a month are to be expected", mend="give a lower number"
            )
        owner = owner or names_person(by) or ""
        if not owner:
            raise BadInput("an improvement has an owner", mend="name the person who answers for it")
        draft = ImprovementDraft(
            title=one.name[:200], owner=owner, due_at=due_at or self._rooms.clock.now() + DUE, why=_reason(one)[:4_000],
            origin=one.id, measure="Tickets a month against what was to be expected, beside groups like it",
            unit="tickets a month", baseline=round(one.per_month, 1),
            expected=round(usual if expected is None else expected, 1),
        )  # fmt: skip
        made = self._practices.improvements.propose(draft, by=by).improvement
        return self._noted(one.id, Opened(kind="improvement", id=made.id), by)

    def _not_yet(self, one: Opportunity, kind: Kind) -> None:
        there = next((known for known in one.opened if known.kind == kind), None)
        if there is not None:
            raise Conflict(f"it was opened as {there.id} already", mend=f"go on with {there.id}")

    def _article(self, one: Opportunity, titles: Sequence[str], by: Keeper) -> Article:
        now = self._rooms.clock.now()
        text, questions = article_of(one, titles, self._mined.what_helped(one.id))
        with self._rooms.journal.write() as tx:
            slug = "-".join(re.findall(r"[a-z0-9]+", one.name.lower())[:6])[:50] or one.id[-10:].lower()
            identity = slug if tx.articles.get(slug) is None else f"{slug}-{one.id[-6:].lower()}"
            made = Article(id=identity, title=one.name[:200], text=text, questions=questions, state="draft", reviewed_at=now,
                           owner=names_person(by))  # fmt: skip
            note = "drafted from what comes again"
            return save(tx, made, world=read_world(tx), by=by.by, at=now, note=note, base=0)

    def _noted(self, identity: str, opened: Opened, by: Keeper) -> Opened:
        with self._rooms.journal.write() as tx:
            one = tx.opportunities.need(identity, lock=True)
            state = "chosen" if one.state in {"found", "gone"} else one.state
            tx.opportunities.put(one.model_copy(update={"opened": (*one.opened, opened), "state": state}))
            tx.audit.append(at=self._rooms.clock.now(), actor=by.by, action="opportunity.opened",
                            subject=f"opportunity:{identity}", detail={"as": opened.kind, "id": opened.id})  # fmt: skip
        return opened


def _reason(one: Opportunity) -> str:
    worth = one.value
    return (
        f"{one.name}: {one.volume} tickets, {one.per_month:.1f} a month, worth {worth.value:.1f} hours a month "
        f"({worth.low:.1f} to {worth.high:.1f}). {one.draft_why.capitalize()}. Found as {one.id}."
    )


def _note(one: Opportunity) -> str:
    return f"Drafted from {one.volume} tickets: put the steps in before anybody signs it"


def take_as_begun(tx: Tx, now: dt.datetime) -> None:
    """What the register says is done counts as begun on that day: from then on its tickets are held against others."""
    for one in tx.improvements.by(state="done"):
        known = tx.opportunities.get(one.origin) if one.origin.startswith("opp_") else None
        if known is not None and known.begun_at is None and one.done_at is not None:
            tx.opportunities.put(known.model_copy(update={"state": "begun", "begun_at": one.done_at,
                                                          "what": f"{one.id}: {one.title}"[:500]}))  # fmt: skip
            tx.audit.append(at=now, actor="tickless", action="opportunity.begun", subject=f"opportunity:{known.id}",
                            detail={"name": known.name, "what": one.id})  # fmt: skip


def measure_register(tx: Tx, now: dt.datetime) -> None:
    """Write what was measured into the register: the baseline and the change against groups that were left alone."""
    for one in tx.improvements.by(state="done"):
        known = tx.opportunities.get(one.origin) if one.origin.startswith("opp_") else None
        found = known.benefit if known is not None else None
        if (
            known is None
            or found is None
            or found.change is None
            or found.arrival not in SAYING
            or one.baseline is None
        ):
            continue
        value, low, high = (round(max(0.0, one.baseline + by), 1)
                            for by in (found.change.value, found.change.low, found.change.high))  # fmt: skip
        made = Measurement(at=now, value=value, low=low, high=high, by="tickless", evidence=found.why or known.id)
        if not one.measured or (one.measured[-1].value, one.measured[-1].evidence) != (value, made.evidence):
            tx.improvements.put(_measured(one, made))
            tx.audit.append(at=now, actor="tickless", action="improvement.measured", subject=one.id,
                            detail={"value": value, "opportunity": known.id})  # fmt: skip


def _measured(one: Improvement, made: Measurement) -> Improvement:
    text = f"Measured: {made.value:g} {one.unit}. {made.evidence}"
    event = Event(at=made.at, by=made.by, kind="measured", text=text[:4_000])
    return one.model_copy(update={"measured": (*one.measured, made), "story": (*one.story, event)})
