"""What takes long is computed by schedule, kept, and shown as it was then: views, and figures of whole periods."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from pydantic import TypeAdapter

from tickless.domain.errors import Conflict, TicklessError
from tickless.domain.steering import MaturityMark, PeriodMark, ViewMark
from tickless.flow.desk.noticing import MARK
from tickless.flow.desk.steering_computing import EARLIEST, Computing
from tickless.flow.desk.steering_facts import answers_of, claims_of
from tickless.flow.desk.steering_views import Computed
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.stages.measure.guard import Kept, Watch
from tickless.stages.measure.marking import KEPT, MarkGrain, basis_of, due, marks, whole
from tickless.stages.measure.maturity import CRITERIA, Criterion, Readings, judge
from tickless.stages.measure.metrics import Material, Window
from tickless.stages.measure.metrics.registry import REACH
from tickless.stages.measure.value import Ledger

LEDGER_DAYS: Final = (7, 30, 90, 365)
GUARD_WEEKS: Final = (8, 16, 26, 52)
"""And as many as the house looks at where nobody asks for others."""
USUAL_DAYS: Final = 90
HOURLY: Final = dt.timedelta(hours=1)
"""So old a view may be where there is much; with little it is computed at every look."""
WEEKLY: Final = dt.timedelta(days=7)
"""So often, at least, it is noted how mature the house is."""
SETTLING: Final = dt.timedelta(minutes=10)
"""A house that has just come up has more urgent work."""
LEASE: Final = "steering"
LEASE_SECONDS: Final = 1_800.0
_LEDGER: Final = TypeAdapter(Ledger)
_WATCH: Final = TypeAdapter(Watch)
_READINGS: Final = TypeAdapter(Readings)
V = TypeVar("V")
log = get_logger("flow")


class Marks:
    """One for each process; one of them computes at a time. Methods block, but for `begin`."""

    def __init__(self, computing: Computing, criteria: Sequence[Criterion] = CRITERIA) -> None:
        self._computing = computing
        self._criteria = criteria
        self.spans = tuple(sorted({*GUARD_WEEKS, computing.rules.weeks}))
        """Weeks over which what the guard says is kept."""
        self._rooms = computing.rooms
        self._me = new_id("marks")
        self._born = self._rooms.clock.now()
        self._thread: threading.Thread | None = None
        self._done = 0
        self._failed = ""

    # Views

    def ledger(self, days: int) -> Ledger:
        """The value ledger over the last days."""
        compute = self._computing
        return self._view(
            f"ledger:{days}", days in LEDGER_DAYS, _LEDGER, lambda: compute.ledger(compute.window(days=days))
        )

    def guard(self, weeks: int) -> Watch:
        """What does not add up in the last weeks. Raises `BadInput`."""
        return self._view(
            f"guard:{weeks}",
            weeks in self.spans,
            _WATCH,
            lambda: self._computing.guard(weeks),
            lambda kept: kept.rules == self._computing.rules,
        )

    def readings(self, days: int) -> Readings:
        """What the criteria of maturity found over the last days; where it is computed, it is noted how the models stand."""

        def compute() -> Readings:
            found = self._computing.readings(days, self.ledger(days), self.guard(self._computing.rules.weeks))
            self.note(found)
            return found

        return self._view(
            f"maturity:{days}",
            days == USUAL_DAYS,
            _READINGS,
            compute,
            lambda kept: kept.guard == self._computing.rules,
        )

    def _view(
        self, name: str, usual: bool, form: TypeAdapter[V], compute: Callable[[], V],
        holds: Callable[[V], bool] = lambda _: True,
    ) -> V:  # fmt: skip
        """Computed where there is little, or for a span that nobody keeps; else as it was when it was computed last, if that
        still `holds`: under other settings it does not."""
        if not usual or not self._computing.large():
            return compute()
        with self._rooms.journal.read() as tx:
            kept = tx.view_marks.get(name)
        if kept is not None and holds(found := form.validate_json(kept.told)):
            return found
        return self._keep(name, form, compute)

    def _keep(self, name: str, form: TypeAdapter[V], compute: Callable[[], V]) -> V:
        begun = time.monotonic()
        found = compute()
        told = form.dump_json(found).decode()
        taken = ViewMark(id=name, at=self._rooms.clock.now(), seconds=time.monotonic() - begun, told=told)
        with self._rooms.journal.write() as tx:
            tx.view_marks.put(taken)
        return found

    def drop(self) -> None:
        """What is kept rests on what is no longer assumed."""
        with self._rooms.journal.write() as tx:
            for one in tx.view_marks.where():
                tx.view_marks.delete(one.id)

    # Periods

    def periods(
        self, grain: MarkGrain, count: int
    ) -> tuple[list[tuple[Window, PeriodMark | None]], dt.datetime | None]:
        """The last whole weeks or months, the oldest first, and when the latest of them was computed. Where there is little,
        what is missing is computed at once."""
        now, zone = self._rooms.clock.now(), self._computing.zone()
        windows = whole(grain, now, zone, count=count)
        if not windows:
            return [], None
        if not self._computing.large():
            facts = self._computing.material(windows[0].since - REACH)
            return list(zip(windows, marks(grain, windows, facts, at=now, basis=""), strict=True)), now
        with self._rooms.journal.read() as tx:
            table = tx.period_marks.table.c
            kept = {
                one.since: one for one in tx.period_marks.where(table.grain == grain, table.since >= windows[0].since)
            }
        return [(one, kept.get(one.since)) for one in windows], max((one.at for one in kept.values()), default=None)

    # Taking them

    def take(self) -> None:
        """Compute everything that is kept, now. Blocks."""
        compute, self._done = self._computing, 0
        facts = compute.material(EARLIEST)
        for grain in KEPT:
            self._periods(grain, facts)
            self._done += 1
        worths = compute.ledgers(LEDGER_DAYS, facts)
        ledgers = {days: self._part(f"ledger:{days}", _LEDGER, worths.__next__) for days in LEDGER_DAYS}
        known = self._known_weeks()
        watches = {weeks: self._guard(weeks, facts, known) for weeks in self.spans}
        self._readings(ledgers[USUAL_DAYS], watches[compute.rules.weeks], facts)
        self._tidy(frozenset(f"guard:{weeks}" for weeks in self.spans))

    def _tidy(self, watched: frozenset[str]) -> None:
        """A span that the house no longer looks at would for ever be the oldest of what is kept."""
        with self._rooms.journal.write() as tx:
            for one in tx.view_marks.where():
                if one.id.startswith("guard:") and one.id not in watched:
                    tx.view_marks.delete(one.id)

    def _known_weeks(self) -> Kept:
        """What was computed of whole weeks just before."""
        with self._rooms.journal.read() as tx:
            kept = tx.period_marks.where(tx.period_marks.table.c.grain == "week")
        return {one.since: {name: found.value for name, found in one.figures.items()} for one in kept}

    def _guard(self, weeks: int, facts: Material, kept: Kept) -> Watch:
        return self._part(f"guard:{weeks}", _WATCH, lambda: self._computing.guard(weeks, material=facts, kept=kept))

    def _readings(self, worth: Ledger, warned: Watch, facts: Material) -> None:
        compute = partial(self._computing.readings, USUAL_DAYS, worth, warned, material=facts)
        self.note(self._part(f"maturity:{USUAL_DAYS}", _READINGS, compute))

    def _part(self, name: str, form: TypeAdapter[V], compute: Callable[[], V]) -> V:
        found = self._keep(name, form, compute)
        self._done += 1
        return found

    def _periods(self, grain: MarkGrain, facts: Material) -> None:
        """Those that are due: what is long over stands, unless it rests on something else now."""
        with self._rooms.journal.read() as tx:
            table = tx.period_marks.table.c
            kept = {one.id: one for one in tx.period_marks.where(table.grain == grain)}
            imports = str(tx.history_tickets.count())
        basis = basis_of(facts, imports=imports)
        wanted = due(whole(grain, facts.now, facts.zone), kept, grain, facts.zone, basis)
        for taken in marks(grain, wanted, facts, at=facts.now, basis=basis):
            with self._rooms.journal.write() as tx:
                tx.period_marks.put(taken)

    def note(self, found: Readings) -> None:
        """Once a day, the last look of the day counts; written only where something is new."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            answers = answers_of(tx)
            said = {name: one.level for name, one in answers.items()}
            standings = judge(found.found, claims_of(answers), said, criteria=self._criteria)
            for one in standings:
                taken = MaturityMark(id=f"{one.model}:{now:%Y-%m-%d}", model=one.model, level=one.level + one.toward,
                                     claimed=one.claimed, met=one.met, at=now)  # fmt: skip
                before = tx.maturity_marks.get(taken.id)
                if before is None or before.model_copy(update={"at": now}) != taken:
                    tx.maturity_marks.put(taken)

    # By schedule, and because somebody asks

    def look(self, now: dt.datetime) -> None:
        """A chore: where there is much, everything is computed anew each hour, beside the rest; where there is little, it is
        noted once a week how mature the house is."""
        if self._computing.large():
            at = self._taken_at()
            if now - self._born >= SETTLING and (at is None or now - at >= HOURLY) and not self.running():
                self.begin()
            return
        with self._rooms.journal.read() as tx:
            table = tx.maturity_marks.table.c
            last = next(iter(tx.maturity_marks.where(order=table.at.desc(), limit=1)), None)
            empty = not tx.cases.where(limit=1)
        if not empty and (last is None or now - last.at >= WEEKLY):
            self.readings(USUAL_DAYS)

    def begin(self) -> None:
        """Compute everything beside everything else. Raises `Conflict` while it is being done."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            if tx.coordination.holder_of(LEASE, now=now) is not None:
                raise Conflict("it is being computed already", mend="wait until it is done")
            tx.coordination.take_lease(LEASE, holder=self._me, now=now, seconds=LEASE_SECONDS)
        self._thread = threading.Thread(target=self._take, name="steering", daemon=True)
        self._thread.start()

    def _take(self) -> None:
        try:
            self.take()
            self._failed = ""
        except TicklessError as error:
            self._failed = f"{error.public}: {error.mend}"
            log.warning("figures could not be computed", code=error.code, reason=error.public)
        finally:
            with self._rooms.journal.write() as tx:
                tx.coordination.release(LEASE, holder=self._me)

    def wait(self) -> None:
        """Until what this process computes is done."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def running(self) -> bool:
        with self._rooms.journal.read() as tx:
            return tx.coordination.holder_of(LEASE, now=self._rooms.clock.now()) is not None

    def state(self) -> Computed:
        """How it stands. What is done is known of this process only."""
        with self._rooms.journal.read() as tx:
            kept = tx.view_marks.values("at", tx.view_marks.table.c.id != MARK)
        running = self.running()
        return Computed(
            large=self._computing.large(), at=min(kept, default=None), running=running,
            done=self._done if running else 0, of=self._parts, cut=self._computing.cut(), failed=self._failed,
        )  # fmt: skip

    @property
    def _parts(self) -> int:
        return len(LEDGER_DAYS) + len(self.spans) + 1 + len(KEPT)

    def _taken_at(self) -> dt.datetime | None:
        with self._rooms.journal.read() as tx:
            kept = tx.view_marks.get(f"maturity:{USUAL_DAYS}")
        return kept.at if kept else None
