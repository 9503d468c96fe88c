"""Figures of whole weeks and months: kept once they stand, taken anew on another basis; from what is near as from all."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.measure.boards import BOARDS
from tickless.stages.measure.guard import watch
from tickless.stages.measure.marking import SETTLES, basis_of, due, mark_id, marks, whole
from tickless.stages.measure.metrics import METRICS, CaseHistory, Material, Scope, Window
from tickless.stages.measure.metrics.registry import near

NOW = dt.datetime(2026, 6, 10, 15, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LOCAL = (
    "ticket_volume",
    "backlog",
    "backlog_age",
    "resolve_median",
    "reopened",
    "verified",
    "repeat_contacts",
    "incidents",
)
"""Metrics that look no further back than a week: what is far from a window says nothing of it."""


@st.composite
def histories(draw: st.DrawFn) -> list[CaseHistory]:
    found = []
    for place in range(draw(st.integers(0, 25))):
        opened = NOW - draw(st.integers(0, 200)) * DAY - draw(st.integers(0, 23)) * dt.timedelta(hours=1)
        solved = draw(st.none() | st.integers(0, 90).map(lambda days, at=opened: at + days * DAY))
        back = (solved + 2 * DAY,) if solved and draw(st.booleans()) else ()
        found.append(CaseHistory(
            id=f"live:{place}", number=f"#{place}", opened_at=draw(st.sampled_from([opened, opened, None])), resolved_at=solved,
            ended_at=solved, reopened_at=back, reopens=len(back), outcome="verified" if solved else None,
            person=draw(st.sampled_from("ab")), category="c",
        ))  # fmt: skip
    return found


@given(histories())
def test_what_is_near_a_period_is_all_that_it_takes(cases: list[CaseHistory]) -> None:
    material = Material(now=NOW, cases=cases)
    for scope in near(material, whole("week", NOW, "UTC", count=12)):
        every = Scope(scope.window, material, cases)
        for name in LOCAL:
            mine, all_of_it = METRICS[name].measure(scope), METRICS[name].measure(every)
            assert (mine.value, mine.of, mine.missing) == (all_of_it.value, all_of_it.of, all_of_it.missing), name


def test_whole_periods_touch_and_end_before_now() -> None:
    for grain in ("week", "month"):
        found = whole(grain, NOW, "Europe/Berlin")  # type: ignore[arg-type]
        assert all(a.until == b.since for a, b in itertools.pairwise(found))
        assert found[-1].until <= NOW
        assert len({mark_id(grain, one, "Europe/Berlin") for one in found}) == len(found)  # type: ignore[arg-type]


def test_a_period_is_taken_anew_until_it_stands_and_on_another_basis() -> None:
    material = Material(now=NOW, cases=[CaseHistory(id="live:1", number="#1", opened_at=NOW - 100 * DAY)])
    basis = basis_of(material, imports="0")
    windows = whole("month", NOW, "UTC", count=6)
    assert due(windows, {}, "month", "UTC", basis) == windows
    kept = {one.id: one for one in marks("month", windows, material, at=NOW, basis=basis)}
    young = [one for one in windows if one.until + SETTLES > NOW]
    assert young
    assert due(windows, kept, "month", "UTC", basis) == young
    assert due(windows, kept, "month", "UTC", basis_of(material, imports="1")) == windows
    march = next(one for one in kept.values() if one.since == dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert march.figures["ticket_volume"].value == float(Window(march.since, march.until).holds(NOW - 100 * DAY))


def test_the_guard_says_the_same_of_weeks_that_are_known() -> None:
    cases = [
        CaseHistory(id=f"live:{place}", number="#1", opened_at=NOW - place * DAY, reopens=int(place % 3 == 0), person="a",
                    resolved_at=NOW - place * DAY + DAY / (1 + place % 5), category="c", handoffs=place % 2, level=1)
        for place in range(2, 110)
    ]  # fmt: skip
    material, window = Material(now=NOW, cases=cases), Window(NOW - 84 * DAY, NOW)
    weeks = list(marks("week", whole("week", NOW, "UTC"), material, at=NOW, basis=""))
    kept = {one.since: {name: found.value for name, found in one.figures.items()} for one in weeks}
    assert watch(material, window, kept=kept) == watch(material, window)


def test_boards_show_metrics_that_there_are() -> None:
    for board in BOARDS.values():
        assert set(board.metrics) <= set(METRICS)
        assert len(set(board.metrics)) == len(board.metrics)
        assert board.asks.endswith("?")
