"""What doors may ask about a runbook before it is published: its problems, what differs, a dry run, and the past with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, NotFound, Problem, RunbookInvalid
from tickless.domain.plan import Plan
from tickless.domain.runbook import Runbook
from tickless.flow.desk.manual import lost_names, not_bound, preview_case
from tickless.flow.rooms import Rooms
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.comparing import Difference, differences, least_revision, raised_enough
from tickless.stages.act.compiler import compile_runbook
from tickless.stages.act.expecting import expected
from tickless.stages.act.linking import link
from tickless.stages.decide.again import compare
from tickless.stages.decide.approvers import in_words
from tickless.stages.decide.binding import bind
from tickless.stages.decide.core import make_plan

MOST_CASES = 20_000
SHOWN = 200
"""Past cases that are named one by one."""
LONGEST = 200_000


@dataclass(frozen=True)
class Foreseen:
    """One thing that a probe reads now, and what it has to read afterwards."""

    uses: str
    field: str
    now: str
    afterwards: str
    holds: bool | None


@dataclass(frozen=True)
class DryRun:
    """What a run would do. Nothing was changed."""

    plan: Plan
    steps: tuple[dict[str, Any], ...]
    verdict: str
    decision: str
    reasons: tuple[str, ...]
    foreseen: tuple[Foreseen, ...]


@dataclass(frozen=True)
class Compared:
    """A draft beside what is published. `least`: the lowest revision that says what was changed; None: it is new."""

    runbook: str
    revision: str
    published: str | None
    least: str | None
    raised: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class PastCase:
    """A case that would go otherwise now. `was`: what was decided then."""

    case: int
    title: str
    opened_at: dt.datetime
    was: str
    outcome: str
    would_run: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """The last days with a runbook in place: it would have run so often, so many times differently."""

    runbook: str
    revision: str
    days: int
    looked_at: int
    would_run: int
    differently: int
    examples: tuple[PastCase, ...]
    whole: bool
    """False: there were more cases than are looked at."""


class Drafting:
    """Methods block. A draft is the text of one file; what is published stays as it is."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def compile(self, text: str) -> Runbook:
        """A draft, with what it calls. Raises `RunbookInvalid` with every problem."""
        if len(text) > LONGEST:
            raise BadInput(f"a runbook has at most {LONGEST:,} characters")
        draft = compile_runbook(text, path="draft.yaml", catalogue=catalogue_of(self._rooms.registry))
        known = self._rooms.runbooks.get(draft.runbook)
        held = known.attached if known is not None else {}
        draft = draft.model_copy(update={"attached": {name: held.get(name, "") for name in draft.attachments}})
        linked, faults = link({**self._rooms.runbooks, draft.runbook: draft})
        own = tuple(Problem("draft.yaml", 1, 1, one.code, one.where, one.reason, one.mend) for one in faults)
        if own:
            raise RunbookInvalid(
                f"{len(own)} problem{'s' * (len(own) != 1)}", problems=own, detail="", mend="mend them and try again"
            )
        return linked[draft.runbook]

    def compare(self, text: str) -> Compared:
        """What differs from what is published. Raises `RunbookInvalid`."""
        draft = self.compile(text)
        known = self._rooms.runbooks.get(draft.runbook)
        if known is None:
            return Compared(draft.runbook, draft.revision, None, None, raised=True, differences=())
        found = differences(known, draft)
        return Compared(draft.runbook, draft.revision, known.revision, least_revision(known, found),
                        raised_enough(known, draft), tuple(found))  # fmt: skip

    def rehearse(self, runbook: Runbook, inputs: Mapping[str, str], *, by: str) -> DryRun:
        """Reads the live systems and changes nothing. Raises `BadInput` where inputs are missing."""
        rooms, now, world = self._rooms, self._rooms.clock.now(), self._rooms.world()
        case = preview_case(runbook, dict(inputs), world=world, by=by, now=now)
        bound = bind(runbook, case, world)
        if lost := lost_names(runbook, bound, inputs, world):
            raise not_bound(runbook, lost, inputs)
        plan = make_plan(runbook, case, bound.inputs)
        lines, outputs = rooms.act.rehearse(plan, clock=rooms.clock.now)
        with rooms.journal.read() as tx:
            ruled = rooms.decide.rule_draft(tx, case, plan, runbook, now=now)
        checks = [rooms.verify.look(one, inputs=plan.inputs, steps={}, key="rehearsal") for one in plan.precheck]
        held = all(reading.held for reading in checks)
        wanted = ", ".join(in_words(need) for need in ruled.needs) or "another policy"
        decision = "may run by itself" if ruled.allowed else f"needs {wanted}"
        verdict = "its preconditions hold" if held else "its preconditions do not hold: nothing would be done"
        with rooms.journal.write() as tx:
            tx.audit.append(at=now, actor=by, action="runbook.rehearsed", subject=runbook.runbook,
                            detail={"plan_hash": plan.hash, "revision": runbook.revision})  # fmt: skip
        reasons = tuple(reason.text for reason in ruled.reasons)
        return DryRun(plan, tuple(lines), verdict, decision, reasons, tuple(self._foreseen(plan, outputs)))

    def _foreseen(self, plan: Plan, outputs: dict[str, Any]) -> list[Foreseen]:
        found = []
        for check in plan.verify:
            reading = self._rooms.verify.look(check, inputs=plan.inputs, steps=outputs, key="rehearsal")
            answer = reading.answer or {}
            for field, afterwards in expected(check).items():
                now = (
                    str(answer[field]).lower()
                    if isinstance(answer.get(field), bool)
                    else str(answer.get(field, "unknown"))
                )
                found.append(Foreseen(check.uses, field, now[:200], afterwards[:200], reading.held))
        return found

    def replay(self, *, text: str | None, runbook: str | None, days: int, by: str) -> Replay:
        """Decide about the cases of the last days again, with the draft (or what is published) in place, as records and policy
        are now, and compare. Changes nothing. Raises `RunbookInvalid`, `NotFound`, `BadInput`."""
        if not 1 <= days <= 366:
            raise BadInput("replay goes back one day at least, and a year at most")
        rooms, now = self._rooms, self._rooms.clock.now()
        published = dict(rooms.runbooks.items())
        draft = self.compile(text) if text is not None else published.get(runbook or "")
        if draft is None:
            raise NotFound(f"there is no runbook {(runbook or '')[:80]!r}", mend="`tickless runbook list`")
        with_draft = {**published, draft.runbook: draft}
        with rooms.journal.read() as tx:
            table = tx.cases.table.c
            cases = tx.cases.where(table.opened_at >= now - dt.timedelta(days=days), order=table.number.desc(),
                                   limit=MOST_CASES + 1)  # fmt: skip
        would, differently = 0, 0
        examples: list[PastCase] = []
        for case in cases[:MOST_CASES]:
            with rooms.journal.read() as tx:
                before = rooms.decide.again(tx, case, published, now=case.opened_at)
                after = rooms.decide.again(tx, case, with_draft, now=case.opened_at)
                found = compare(before, after, draft.runbook)
                would, differently = would + found.would_run, differently + (found.likeness == "differently")
                if found.likeness == "differently" and len(examples) < SHOWN:
                    first = tx.decisions.where(tx.decisions.table.c.case == case.id, order=tx.decisions.table.c.decided_at,
                                               limit=1)  # fmt: skip
                    examples.append(_past(case, first[0].kind if first else "", found.would_run, found.why))
        with rooms.journal.write() as tx:
            tx.audit.append(at=now, actor=by, action="runbook.replayed", subject=draft.runbook,
                            detail={"revision": draft.revision, "days": days, "would_run": would,
                                    "differently": differently})  # fmt: skip
        return Replay(draft.runbook, draft.revision, days, min(len(cases), MOST_CASES), would, differently,
                      tuple(examples), len(cases) <= MOST_CASES)  # fmt: skip


def _past(case: Case, was: str, would_run: bool, why: tuple[str, ...]) -> PastCase:
    outcome = case.outcome or case.state
    return PastCase(case.number, case.title.tame(200), case.opened_at, was.replace("_", " "), outcome, would_run, why)
