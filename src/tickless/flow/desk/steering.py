"""What leadership steers by: metrics, boards, value, maturity, the guard of figures; and what they take for granted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tickless.domain.errors import NotFound
from tickless.domain.record import Untrusted
from tickless.domain.steering import Assumption, MarkedFigure, MaturityAnswer
from tickless.flow.desk.needing import Need, needs_of
from tickless.flow.desk.noticing import noticed
from tickless.flow.desk.steering_computing import LOOKBACK, Computing, value_of
from tickless.flow.desk.steering_facts import answers_of, claims_of
from tickless.flow.desk.steering_marks import USUAL_DAYS, Marks
from tickless.flow.desk.steering_views import (
    AssumptionView,
    BoardView,
    Computed,
    Drilled,
    MaturityView,
    MetricView,
    Seen,
    Tile,
)
from tickless.flow.rooms import Rooms
from tickless.practices import steering
from tickless.practices.steering import KNOWN
from tickless.practices.steering.core import MATCH, setting
from tickless.stages.measure.boards import BOARDS
from tickless.stages.measure.facts import read_these, things_of
from tickless.stages.measure.guard import GuardSettings, Watch
from tickless.stages.measure.marking import whole
from tickless.stages.measure.maturity import QUESTIONS, MaturitySettings, judge
from tickless.stages.measure.metrics import METRICS, Material, Metric, Scope, Window, figure, parts, trend
from tickless.stages.measure.metrics.registry import DIMENSIONS, Dimension, only
from tickless.stages.measure.metrics.window import Grain
from tickless.stages.measure.value import Ledger, Terms

MARKS = 400


class SteeringDesk:
    """Methods block. Where there are many cases, what takes long is shown as it was when it was computed last."""

    def __init__(
        self, rooms: Rooms, *, guard: GuardSettings | None = None, maturity: MaturitySettings | None = None
    ) -> None:
        self._rooms = rooms
        self._computing = Computing(rooms, guard=guard)
        self.criteria = (maturity or MaturitySettings()).criteria()
        """Of maturity, with the thresholds that hold here."""
        self.marks = Marks(self._computing, self.criteria)

    @property
    def rules(self) -> GuardSettings:
        """From when on the guard warns here."""
        return self._computing.rules

    @property
    def spans(self) -> tuple[int, ...]:
        """Of how many weeks what the guard says is kept, the fewest first."""
        return self.marks.spans

    def window(self, *, days: int, until: dt.datetime | None = None) -> Window:
        """The days before `until`, else before now. Raises `BadInput`."""
        return self._computing.window(days=days, until=until)

    def mark(self) -> None:
        """Compute and keep everything as it is now: views, periods, how mature the house is. Blocks."""
        self.marks.take()

    def computed(self) -> Computed:
        """Whether views are computed by schedule here, and how that stands."""
        return self.marks.state()

    def metrics(self, window: Window, *, where: Mapping[Dimension, str] | None = None) -> list[Seen]:
        """Every metric over the window, of the cases that are so."""
        material = self._computing.material(window.before().since - LOOKBACK)
        return self._seen_all(tuple(METRICS), material, window, where)

    def metric(
        self, name: str, window: Window, *, by: Dimension = "category", grain: Grain = "week",
        where: Mapping[Dimension, str] | None = None, limit: int = 50, offset: int = 0,
    ) -> MetricView:  # fmt: skip
        """One metric. Raises `NotFound`."""
        metric = METRICS.get(name)
        if metric is None:
            raise NotFound(
                f"there is no metric {Untrusted(name).tame(60)!r}", mend="`tickless metrics list` shows them"
            )
        material = self._computing.material(window.before().since - LOOKBACK)
        counter = METRICS.get(metric.counter or "")
        seen = self._seen(metric, material, window, where)
        known, things = {one.id: one for one in material.cases}, things_of(material)
        rows = sorted(seen.figure.rows, key=lambda row: (-row[1], row[0]))
        drilled = [Drilled(known.get(ref), ref, value, things.get(ref)) for ref, value in rows]
        drilled += [Drilled(known.get(ref), ref, None, things.get(ref)) for ref in seen.figure.lacking]
        return MetricView(
            seen, self._seen(counter, material, window, where) if counter else None,
            tuple(trend(metric, material, window, grain=grain, where=where)), by,
            tuple(parts(metric, material, window, by=by, where=where)), tuple(drilled[offset : offset + limit]),
            max(0, len(drilled) - offset - limit), material.service_names,
        )  # fmt: skip

    def _seen(self, metric: Metric, material: Material, window: Window, where: Mapping[Dimension, str] | None) -> Seen:
        return Seen(
            metric,
            figure(metric, material, window, where=where),
            figure(metric, material, window.before(), where=where),
        )

    def _seen_all(
        self, names: Sequence[str], material: Material, window: Window, where: Mapping[Dimension, str] | None = None
    ) -> list[Seen]:
        """What they share is looked up once."""
        cases = only(material.cases, where or {})
        now, then = Scope(window, material, cases), Scope(window.before(), material, cases)
        return [Seen(METRICS[one], METRICS[one].measure(now), METRICS[one].measure(then)) for one in names]

    def board(self, name: str) -> BoardView:
        """One board: its metrics now, before, and over whole weeks or months. Raises `NotFound`."""
        board = BOARDS.get(name)
        if board is None:
            raise NotFound(f"there is no board {Untrusted(name).tame(60)!r}", mend=f"one of {', '.join(BOARDS)}")
        window = self.window(days=board.days)
        names = [*board.metrics, *(counter for one in board.metrics if (counter := METRICS[one].counter))]
        material = self._computing.material(window.before().since - LOOKBACK)
        seen = {one.metric.id: one for one in self._seen_all(tuple(dict.fromkeys(names)), material, window)}
        periods, at = self.marks.periods(board.grain, board.periods)
        tiles = [
            Tile(seen[one], seen.get(METRICS[one].counter or ""),
                 tuple((when, kept.figures.get(one, MarkedFigure(value=None)) if kept else None) for when, kept in periods))
            for one in board.metrics
        ]  # fmt: skip
        return BoardView(board, window, tuple(tiles), at)

    def ends(self, *, weeks: int = 13) -> list[tuple[Window, dict[str, int]]]:
        """How cases ended in each of the last whole weeks and in this one, the oldest first."""
        now = self._rooms.clock.now()
        found = whole("week", now, self.zone(), count=weeks)
        windows = [*found, Window(found[-1].until, now)] if found else []
        with self._rooms.journal.read() as tx:
            counted = tx.resolutions.between([windows[0].since, *(one.until for one in windows)]) if windows else []
        return list(zip(windows, counted, strict=True))

    def needs(self, person: str | None = None) -> list[Need]:
        """What waits for that person, then for people at all, the most urgent first."""
        journal = self._rooms.journal
        with journal.read() as tx:
            seen = [one for one in noticed(tx) if one.count]
        return [*needs_of(journal, person, now=self._rooms.clock.now()), *seen]

    def cases(self, refs: Sequence[str]) -> list[Drilled]:
        """These cases, as they stand."""
        with self._rooms.journal.read() as tx:
            known = {one.id: one for one in read_these(tx, refs)}
        return [Drilled(known.get(ref), ref, None) for ref in refs]

    def ledger(self, window: Window) -> tuple[Ledger, Terms]:
        """What the window was worth, computed now, and the terms that it took."""
        return self._computing.ledger(window), self._computing.terms()

    def worth(self, *, days: int, until: dt.datetime | None = None) -> tuple[Ledger, Terms]:
        """What the days were worth, computed lately, and the terms that hold. Raises `BadInput`."""
        window = self.window(days=days, until=until)
        return (self._computing.ledger(window) if until else self.marks.ledger(days)), self._computing.terms()

    def guard(self, *, weeks: int | None = None) -> Watch:
        """What does not add up in the last weeks; None: in as many as this house looks at. Raises `BadInput`."""
        return self.marks.guard(self.rules.weeks if weeks is None else weeks)

    def maturity(self, *, days: int = USUAL_DAYS) -> MaturityView:
        """How the three models stand on the evidence of these days, and how they stood. Raises `BadInput`."""
        self.window(days=days)
        found = self.marks.readings(days)
        with self._rooms.journal.read() as tx:
            answers, table = answers_of(tx), tx.maturity_marks.table.c
            marks = tx.maturity_marks.where(order=table.at.desc(), limit=MARKS)
        said = {name: one.level for name, one in answers.items()}
        standings = judge(found.found, claims_of(answers), said, criteria=self.criteria)
        return MaturityView(found.window, tuple(standings), tuple(reversed(marks)), answers, QUESTIONS)

    def zone(self) -> str:
        """In which days and weeks are counted."""
        return self._assumed("zone")

    def currency(self) -> str:
        """In which money is written."""
        return self._assumed("currency")

    def _assumed(self, name: str) -> str:
        with self._rooms.journal.read() as tx:
            made = tx.assumptions.get(name)
        return made.value if made else setting(name).default

    def assumptions(self) -> list[AssumptionView]:
        """Every assumption that there is, as it holds."""
        with self._rooms.journal.read() as tx:
            made = steering.assumed(tx)
        names = [*KNOWN, *sorted(name for name in made if name.startswith(MATCH))]
        return [AssumptionView(setting(name), value_of(made, name), made.get(name)) for name in names]

    def assume(self, name: str, value: str, *, by: str, reason: str) -> Assumption:
        """Raises `BadInput`."""
        with self._rooms.journal.write() as tx:
            done = steering.assume(tx, name, value, by=by, reason=reason, now=self._rooms.clock.now())
        self._forget()
        return done

    def forget(self, name: str, *, by: str, reason: str) -> None:
        """The default holds again. Raises `NotFound`, `BadInput`."""
        with self._rooms.journal.write() as tx:
            steering.forget(tx, name, by=by, reason=reason, now=self._rooms.clock.now())
        self._forget()

    def claim(self, model: str, level: int, *, by: str, note: str) -> MaturityAnswer:
        """Raises `BadInput`."""
        with self._rooms.journal.write() as tx:
            return steering.claim(tx, model, level, by=by, note=note, now=self._rooms.clock.now())

    def answer(self, question: str, level: int, *, by: str, note: str) -> MaturityAnswer:
        """Raises `BadInput`."""
        asked = frozenset(QUESTIONS)
        with self._rooms.journal.write() as tx:
            return steering.answer_question(
                tx, question, level, questions=asked, by=by, note=note, now=self._rooms.clock.now()
            )

    def _forget(self) -> None:
        self._computing.forget()
        self.marks.drop()


def filters(asked: Mapping[str, str | None]) -> dict[Dimension, str]:
    """What was asked for of the dimensions; `-` stands for those of which nobody has said."""
    return {name: "" if asked[name] == "-" else str(asked[name]) for name in DIMENSIONS if asked.get(name)}
