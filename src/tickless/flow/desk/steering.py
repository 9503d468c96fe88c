"""What leadership steers by: metrics, the value ledger, maturity, and the guard of figures; and what they take for granted."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tickless.domain.errors import BadInput, NotFound
from tickless.domain.record import Untrusted
from tickless.domain.steering import Assumption, MaturityAnswer, MaturityMark
from tickless.flow.desk.steering_facts import answers_of, claims_of, costs_of, house_facts, terms_of
from tickless.flow.rooms import Rooms
from tickless.practices import steering
from tickless.practices.steering import KNOWN, Setting
from tickless.practices.steering.core import MATCH, setting
from tickless.stages.measure.facts import read_material
from tickless.stages.measure.guard import Watch, watch
from tickless.stages.measure.maturity import QUESTIONS, Evidence, Standing, judge
from tickless.stages.measure.metrics import METRICS, CaseHistory, Figure, Material, Metric, Window, figure, parts, trend
from tickless.stages.measure.metrics.registry import DIMENSIONS, Dimension, figures
from tickless.stages.measure.metrics.window import Grain
from tickless.stages.measure.value import Ledger, Terms, ledger

MOST_DAYS = 1_100
FRESH = dt.timedelta(seconds=30)
"""For so long what was read serves further questions."""
LOOKBACK = dt.timedelta(days=8)
"""What came before a window says whether something in it is a repeat."""
GUARD_WEEKS = 16
MARKS = 400
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Seen:
    """A metric over a window, and over the span of the same length before it."""

    metric: Metric
    figure: Figure
    before: Figure


@dataclass(frozen=True)
class Drilled:
    """One case behind a figure: what it adds to it; None: it lacks what the figure needs."""

    case: CaseHistory | None
    ref: str
    value: float | None


@dataclass(frozen=True)
class MetricView:
    """One metric with its course, its parts and its evidence."""

    seen: Seen
    counter: Seen | None
    trend: tuple[tuple[Window, Figure], ...]
    by: Dimension
    parts: tuple[tuple[str, Figure], ...]
    rows: tuple[Drilled, ...]
    more: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class AssumptionView:
    """An assumption as it holds. `made` None: the default does."""

    setting: Setting
    value: str
    made: Assumption | None


@dataclass(frozen=True)
class MaturityView:
    """The three models, how they stood before, and what is asked because no data can show it."""

    window: Window
    standings: tuple[Standing, ...]
    marks: tuple[MaturityMark, ...]
    answers: Mapping[str, MaturityAnswer]
    questions: Mapping[str, str]


class SteeringDesk:
    """Methods block. Reads take what was read up to half a minute ago."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._lock = threading.Lock()
        self._kept: tuple[dt.datetime, dt.datetime, Material] | None = None

    def window(self, *, days: int, until: dt.datetime | None = None) -> Window:
        """The days before `until`, else before now. Raises `BadInput`."""
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"a window has 1 to {MOST_DAYS} days", mend="ask for fewer days")
        now = self._rooms.clock.now()
        end = min(until, now) if until is not None else now
        if end < EARLIEST + dt.timedelta(days=MOST_DAYS):
            raise BadInput("nothing is kept from that long ago", mend="give a later time")
        return Window(end - dt.timedelta(days=days), end)

    def material(self, since: dt.datetime) -> Material:
        """The facts since then (and perhaps before). Raises `Unreachable`."""
        now = self._rooms.clock.now()
        with self._lock:
            if self._kept and self._kept[0] <= since and now - self._kept[1] < FRESH:
                return self._kept[2]
            with self._rooms.journal.read() as tx:
                made = steering.assumed(tx)
            terms = terms_of(made)
            found = read_material(
                self._rooms.journal, self._rooms.world(), since=since, now=now, runbooks=len(self._rooms.runbooks),
                hours=_value(made, "support_hours"), zone=_value(made, "zone"), costs=costs_of(terms),
            )  # fmt: skip
            self._kept = (since, now, found)
            return found

    def metrics(self, window: Window, *, where: Mapping[Dimension, str] | None = None) -> list[Seen]:
        """Every metric over the window, of the cases that are so."""
        material = self.material(window.before().since - LOOKBACK)
        now, then = figures(material, window, where=where), figures(material, window.before(), where=where)
        return [Seen(one, now[one.id], then[one.id]) for one in METRICS.values()]

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
        material = self.material(window.before().since - LOOKBACK)
        counter = METRICS.get(metric.counter or "")
        seen = self._seen(metric, material, window, where)
        known = {one.id: one for one in material.cases}
        rows = sorted(seen.figure.rows, key=lambda row: (-row[1], row[0]))
        drilled = [Drilled(known.get(ref), ref, value) for ref, value in rows]
        drilled += [Drilled(known.get(ref), ref, None) for ref in seen.figure.lacking]
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

    def cases(self, refs: tuple[str, ...], since: dt.datetime) -> list[Drilled]:
        """These cases, of those that the window's material holds."""
        known = {one.id: one for one in self.material(since).cases}
        return [Drilled(known.get(ref), ref, None) for ref in refs]

    def ledger(self, window: Window) -> tuple[Ledger, Terms]:
        """What the window was worth, and the terms that it took. Baselines are had from everything that is kept."""
        material = self.material(EARLIEST)
        with self._rooms.journal.read() as tx:
            terms = terms_of(steering.assumed(tx))
        return ledger(material, window, terms), terms

    def guard(self, *, weeks: int = GUARD_WEEKS) -> Watch:
        """What does not add up in the last weeks. Raises `BadInput`."""
        if not 6 <= weeks <= 104:
            raise BadInput("the guard looks at 6 to 104 weeks")
        window = self.window(days=7 * weeks)
        return watch(self.material(window.since - LOOKBACK), window)

    def maturity(self, *, days: int = 90) -> MaturityView:
        """How the three models stand on the evidence of these days; noted once a day, so that it can be seen how they stood."""
        window = self.window(days=days)
        worth, _ = self.ledger(window)
        warned = self.guard()
        with self._rooms.journal.read() as tx:
            house = house_facts(tx, self._rooms, window=window, worth=worth, warned=warned)
            answers = answers_of(tx)
        evidence = Evidence(
            self.material(window.since), window, house, {name: one.level for name, one in answers.items()}
        )
        standings = judge(evidence, claims_of(answers))
        self._note(standings)
        with self._rooms.journal.read() as tx:
            table = tx.maturity_marks.table.c
            marks = tx.maturity_marks.where(order=table.at.desc(), limit=MARKS)
        return MaturityView(window, tuple(standings), tuple(reversed(marks)), answers, QUESTIONS)

    def _note(self, standings: list[Standing]) -> None:
        """Once a day, the last look of the day counts; written only where something is new."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            for one in standings:
                mark = MaturityMark(id=f"{one.model}:{now:%Y-%m-%d}", model=one.model, level=one.level + one.toward,
                                    claimed=one.claimed, met=one.met, at=now)  # fmt: skip
                before = tx.maturity_marks.get(mark.id)
                if before is None or before.model_copy(update={"at": now}) != mark:
                    tx.maturity_marks.put(mark)

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
        return [AssumptionView(setting(name), _value(made, name), made.get(name)) for name in names]

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
        with self._lock:
            self._kept = None


def _value(made: Mapping[str, Assumption], name: str) -> str:
    return made[name].value if name in made else setting(name).default


def filters(asked: Mapping[str, str | None]) -> dict[Dimension, str]:
    """What was asked for of the dimensions; `-` stands for those of which nobody has said."""
    return {name: "" if asked[name] == "-" else str(asked[name]) for name in DIMENSIONS if asked.get(name)}
