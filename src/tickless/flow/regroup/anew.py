"""A case is decided anew, or ends as part of another one: its durable run hears of it, and nothing waits for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.domain.case import Case
from tickless.domain.errors import NotFound
from tickless.domain.finding import Evidence
from tickless.domain.ticket import Errand
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import newest_ticket
from tickless.flow.ending.order_of_needs import wake_followers
from tickless.flow.engine import Engine
from tickless.journal import Tx
from tickless.stages.correlate.placing import reopened

MOST_EVIDENCE = 60


def lock_cases(tx: Tx, ids: Iterable[str]) -> dict[str, Case]:
    """The cases, locked in one order for everybody, after the turn is taken. Raises `NotFound`."""
    tx.regroups.take_turn()
    found = {one: tx.cases.get(one, lock=True) for one in sorted(set(ids))}
    missing = next((one for one, case in found.items() if case is None), None)
    if missing is not None:
        raise NotFound(f"there is no case {missing[:80]!r}")
    return {one: case for one, case in found.items() if case is not None}


def merge_away(tx: Tx, case: Case, into: Case, *, by: str, now: dt.datetime) -> Case:
    """The case goes on as part of another one. Its runs stop after what they are doing just now; what was done stays."""
    gone = tx.cases.put(
        case.model_copy(update={"state": "merged", "merged_into": into.id, "outcome": None, "updated_at": now})
    )
    ends.nothing_waits(tx, case, now=now)
    wake_followers(tx, gone)
    ends.tell_runs(tx, case, by=by)
    return gone


def begin_anew(tx: Tx, engine: Engine, case: Case, *, by: str, now: dt.datetime) -> Case:
    """A new generation with a durable run of its own; the one before is told that it is over. It counts as no regression."""
    ends.nothing_waits(tx, case, now=now)
    if case.live:
        ends.tell_runs(tx, case, by=by)
    afresh = reopened(case, now=now) | {
        "reopened_at": case.reopened_at, "regressions": case.regressions, "merged_into": None, "updated_at": now,
    }  # fmt: skip
    back = tx.cases.put(case.model_copy(update=afresh))
    workflow = names.case_workflow(back.id, back.generation)
    engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(back.id, back.generation))
    return back


def noted(case: Case, text: str, *, ref: str) -> tuple[Evidence, ...]:
    """The evidence with one sentence more, of people."""
    if len(case.evidence) >= MOST_EVIDENCE:
        return case.evidence
    return (*case.evidence, Evidence(text=text, source="people", ref=ref))


def tell_ticket(tx: Tx, case: Case, text: str, *, key: str, now: dt.datetime) -> None:
    """Whoever has the case in an outside system reads it in the ticket."""
    ticket = newest_ticket(tx, case.id)
    if ticket is None or ticket.state == "closed":
        return
    errand = Errand(key=f"{ticket.id}:{key}", text=text, public=False, at=now)
    tx.tickets.put(ticket.model_copy(update={"errands": (*ticket.errands, errand), "due_at": None}))
