"""What doors may ask about brakes: how they stand, what stands still behind them, dated rules, and targets left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.brake import BrakeDeed, ChangeRule, TargetState
from tickless.domain.calendar_file import read_calendar
from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.hours import read_hours
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.flow.brake_watch import pull
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.coordination import Switch
from tickless.kit.ids import new_id
from tickless.stages.act.breaker import fresh
from tickless.stages.act.gate import brake_on

SWITCHES = ("all", "freeze", "model", "runbook:", "service:")
SHOWN = 200
LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class RuleDraft:
    """A freeze or window as somebody wants it. `starts_at` None: now."""

    kind: str
    title: str
    reason: str = ""
    runbooks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    hours: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


@dataclass(frozen=True)
class HeldRun:
    """A run that stands still: behind what, how far it is, what it has changed, and what comes next."""

    run: Run
    case: Case
    why: str
    done: int
    changed: tuple[str, ...]
    coming: str

    @property
    def of(self) -> int:
        return len(self.run.plan.steps)

    @property
    def how(self) -> str:
        """How to go on, and how to undo, in plain words."""
        on = "Release the brake and it goes on by itself with the next step."
        if not self.changed:
            return f"{on} Or close the case: it has changed nothing."
        return f"{on} Or withdraw the case: what it changed is taken back, as far as it can be, once the brake is off."


@dataclass(frozen=True)
class Board:
    """How brakes stand now."""

    switches: tuple[Switch, ...]
    rules: tuple[ChangeRule, ...]
    targets: tuple[TargetState, ...]
    held: tuple[HeldRun, ...]
    history: tuple[BrakeDeed, ...]


class BrakesDesk:
    """Methods block."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def board(self) -> Board:
        """Switches that are on, rules that are not over, targets left alone, runs that stand still, the latest deeds."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            switches = tuple(one for one in tx.coordination.switches() if one.on)
            table = tx.change_rules.table.c
            rules = tx.change_rules.where((table.ends_at.is_(None)) | (table.ends_at > now), order=table.starts_at)
            deeds = tx.brake_deeds.table.c
            history = tx.brake_deeds.where(order=deeds.at.desc(), limit=50)
            targets = tx.open_targets()
            held = tuple(self._held(tx, now)) if switches or rules else ()
        return Board(switches, tuple(rules), tuple(targets), held, tuple(history))

    @staticmethod
    def _held(tx: Tx, now: dt.datetime) -> list[HeldRun]:
        table = tx.runs.table.c
        found = []
        for run in tx.runs.where(table.state == "running", order=table.started_at.desc(), limit=SHOWN):
            case = tx.cases.get(run.case)
            if case is None or not case.live:
                continue
            receipts = tx.receipts_of(run.id)
            begun = any(one.state in {"started", "done"} and one.uses for one in receipts)
            why = brake_on(tx, run, now=now, begun=begun, service=case.service)
            if why is not None:
                found.append(held_run(run, case, receipts, why))
        return found

    def set_switch(self, name: str, *, on: bool, by: str, reason: str) -> None:
        """Pull or release a brake. Raises `BadInput`."""
        if not any(name == known or (known.endswith(":") and name.startswith(known)) for known in SWITCHES):
            raise BadInput(f"{name[:60]!r} is no brake", mend="all, freeze, model, runbook:<id> or service:<id>")
        kind, _, what = name.partition(":")
        known = {"runbook": self._rooms.runbooks, "service": self._rooms.world().services}.get(kind, {what: None})
        if on and what not in known:
            raise BadInput(f"there is no {kind} {what[:60]!r}, so this brake would stop nothing", mend="look the id up")
        with self._rooms.journal.write(first=on) as tx:
            pull(tx, name, on=on, by=by, reason=reason, now=self._rooms.clock.now())

    def add_rule(self, draft: RuleDraft, *, by: str) -> ChangeRule:
        """Make a freeze or a window. Raises `BadInput`."""
        rule = self._checked(draft, by=by, source="")
        with self._rooms.journal.write() as tx:
            return self._put(tx, rule)

    def end_rule(self, rule: str, *, by: str, reason: str) -> ChangeRule:
        """It counts no more. Raises `NotFound`, `Conflict`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            known = tx.change_rules.need(rule, lock=True)
            if known.state(now) == "over":
                raise Conflict("that rule is over already")
            done = tx.change_rules.put(known.model_copy(update={"ends_at": now}))
            self._note(tx, "ended", known.title, by=by, reason=reason)
            tx.audit.append(at=now, actor=by, action="change_rule.ended", subject=f"change_rule:{rule}",
                            detail={"title": known.title, "reason": reason})  # fmt: skip
        return done

    def from_calendar(
        self, text: str, *, by: str, services: Sequence[str] = (), exempt: Sequence[str] = (), dry_run: bool = False
    ) -> list[ChangeRule]:
        """Freezes out of an iCalendar file: what is new or was moved, and is not over. An entry that came before by its UID is
        not made twice; one that repeats makes a freeze for each time within a year. Raises `BadInput`."""
        now = self._rooms.clock.now()
        made = []
        with self._rooms.journal.write() as tx:
            known = {one.source: one for one in tx.change_rules.where() if one.source}
            for entry in read_calendar(text, since=now, until=now + LONGEST):
                before = known.get(entry.uid)
                if entry.ends_at <= now or (
                    before and (before.starts_at, before.ends_at) == (entry.starts_at, entry.ends_at)
                ):
                    continue
                draft = RuleDraft("freeze", entry.title, "from a calendar", services=tuple(services), exempt=tuple(exempt),
                                  starts_at=entry.starts_at, ends_at=entry.ends_at)  # fmt: skip
                rule = self._checked(draft, by=by, source=entry.uid)
                rule = rule.model_copy(update={"id": before.id}) if before else rule
                made.append(rule if dry_run else self._put(tx, rule))
        return made

    def try_again(self, target: str, *, by: str, reason: str) -> None:
        """Somebody mended it: the target may be changed again at once. Raises `NotFound`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            state = tx.targets.get(target, lock=True)
            if state is None or state.opened_at is None:
                raise NotFound(f"{target[:80]!r} is not left alone")
            tx.targets.put(fresh(target, now).model_copy(update={"recent": state.recent, "counted": state.counted}))
            self._note(tx, "tried_again", target, by=by, reason=reason)
            tx.audit.append(at=now, actor=by, action="target.tried_again", subject=target, detail={"reason": reason})

    def _checked(self, draft: RuleDraft, *, by: str, source: str) -> ChangeRule:
        now = self._rooms.clock.now()
        starts = draft.starts_at or now
        if draft.kind not in {"freeze", "window"}:
            raise BadInput("a rule is a freeze or a window")
        if not draft.title.strip():
            raise BadInput("a rule needs a title", mend="say what it is for, such as Year-end closing")
        if draft.kind == "freeze" and draft.ends_at is None:
            raise BadInput("a freeze has an end", mend="for one without an end use the switch `freeze`")
        if draft.ends_at is not None and not starts < draft.ends_at <= starts + 10 * LONGEST:
            raise BadInput("it ends before it begins, or in many years", mend="give an end after the beginning")
        if draft.kind == "window":
            try:
                read_hours(draft.hours)
            except ValueError as error:
                raise BadInput(str(error)) from error
        elif draft.hours:
            raise BadInput("hours go with a window")
        world = self._rooms.world()
        unknown = [one for one in (*draft.runbooks, *draft.exempt) if one not in self._rooms.runbooks]
        unknown += [one for one in draft.services if one not in world.services]
        if unknown:
            raise BadInput(f"nobody knows {unknown[0][:60]!r}", mend="name runbooks and services by their ids")
        return ChangeRule(
            id=new_id("rul"), kind="window" if draft.kind == "window" else "freeze", title=draft.title.strip()[:200],
            reason=draft.reason.strip()[:500], runbooks=draft.runbooks, services=draft.services, exempt=draft.exempt,
            hours=draft.hours, starts_at=starts, ends_at=draft.ends_at, by=by, made_at=now, source=source,
        )  # fmt: skip

    def _put(self, tx: Tx, rule: ChangeRule) -> ChangeRule:
        tx.change_rules.put(rule)
        self._note(tx, "ruled", rule.title, by=rule.by, reason=rule.reason)
        tx.audit.append(at=rule.made_at, actor=rule.by, action="change_rule.made", subject=f"change_rule:{rule.id}",
                        detail=rule.model_dump(mode="json", exclude={"version"}))  # fmt: skip
        return rule

    def _note(self, tx: Tx, what: str, name: str, *, by: str, reason: str) -> None:
        values = {"id": new_id("brk"), "what": what, "name": name, "by": by, "reason": reason}
        tx.brake_deeds.put(BrakeDeed.model_validate({**values, "at": self._rooms.clock.now()}))


def held_run(run: Run, case: Case, receipts: Sequence[Receipt], why: str) -> HeldRun:
    """Where a run stands. Pure."""
    ended = {one.step for one in receipts if one.state in {"done", "skipped", "undone"}}
    left = [step for step in run.plan.steps if step.id not in ended]
    changed = tuple(one.summary or one.step for one in receipts if one.changed and one.state == "done")
    coming = (left[0].title or left[0].uses or left[0].id) if left else "the checks afterwards"
    return HeldRun(run, case, why, len(run.plan.steps) - len(left), changed, coming)
