"""Courses as pictures: whatever is drawn stays inside, holds no number that is none, and says the same in its table."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.sighting import Ahead, Point
from tickless.doors.console.chart import HEIGHT, WIDTH, draw

NUMBERS = st.floats(-1e9, 1e9)
POINTS = st.lists(st.tuples(st.floats(0, 4e9), NUMBERS, st.none() | st.floats(0, 1e6)), max_size=80)


def points_of(drawn: list[tuple[float, float, float | None]]) -> list[Point]:
    return [
        Point(
            at=at, value=value, low=None if band is None else value - band, high=None if band is None else value + band
        )
        for at, value, band in sorted(drawn, key=lambda one: one[0])
    ]


@given(POINTS, st.lists(st.tuples(st.floats(1, 1e7), NUMBERS), max_size=8), st.none() | NUMBERS)
def test_everything_that_is_drawn_is_inside(
    drawn: list[tuple[float, float, float | None]], later: list[tuple[float, float]], limit: float | None
) -> None:
    points = points_of(drawn)
    last = points[-1].at if points else 0.0
    ahead = [Ahead(at=last + after, middle=value, low=value - 1, high=value + 1) for after, value in sorted(later)]
    chart = draw(points, ahead=ahead, limit=limit, marked=[one.at for one in points[-1:]], unit=" %")
    if chart is None:
        assert not points
        return
    paths = " ".join((chart.line, chart.band, chart.ahead, chart.ahead_band))
    assert "nan" not in paths
    assert "inf" not in paths
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", paths):
        assert -1 <= float(x) <= WIDTH + 1
        assert -1 <= float(y) <= HEIGHT + 1
    assert len(chart.rows) <= 24 + 1 + len(points) // 24 + len(ahead) + 1
    assert chart.rows[len(chart.rows) - len(ahead) - 1].what == "stands out"
    assert len(chart.down) <= 12
    assert draw(points, ahead=ahead, limit=limit, marked=[one.at for one in points[-1:]], unit=" %") == chart


def test_the_axis_does_not_go_below_nought_where_nothing_is() -> None:
    chart = draw([Point(at=float(at), value=0.0) for at in range(3)], unit=" %")
    assert chart is not None
    assert chart.down[0].label == "0 %"
    assert not any(tick.label.startswith("-") for tick in chart.down)


def test_days_left_are_told_as_people_say_them() -> None:
    chart = draw([Point(at=0.0, value=-12.0), Point(at=60.0, value=-11.0)], limit=0.0, unit=" days")
    assert chart is not None
    assert chart.limit_label == "0 days"
    assert [row.value for row in chart.rows] == ["12 days", "11 days"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([]) is None
