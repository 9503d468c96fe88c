"""What came of a lesson: counted on both sides of the day on which it was taught, and said only where chance cannot be it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.learn.effects import SPAN, Request, effects

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def requests(understood: int, of: int, day: int) -> list[Request]:
    return [Request("vpn", AT + dt.timedelta(days=day), place < understood) for place in range(of)]


def test_better_and_worse_are_said_where_intervals_do_not_touch() -> None:
    taught = [("vpn", AT), ("vpn", AT + dt.timedelta(days=3)), ("printer", AT)]
    found = effects(taught, [*requests(10, 40, -5), *requests(38, 40, 5), *requests(9, 9, -100)])
    vpn = next(one for one in found if one.need == "vpn")
    assert (vpn.taught_at, vpn.lessons, vpn.before, vpn.before_right, vpn.after) == (AT, 2, 40, 10, 40)
    assert vpn.told == "better"
    assert next(one for one in found if one.need == "printer").told == "too_early"
    (worse,) = effects([("vpn", AT)], [*requests(38, 40, -5), *requests(10, 40, 5)])
    assert worse.told == "worse"


@given(before=st.integers(0, 60), after=st.integers(0, 60), right=st.floats(0, 1))
def test_the_same_share_on_both_sides_is_no_effect(before: int, after: int, right: float) -> None:
    found = [*requests(round(before * right), before, -5), *requests(round(after * right), after, 5)]
    (one,) = effects([("vpn", AT)], found)
    assert one.before + one.after == before + after
    assert one.told in {"too_early", "not_shown"}
    assert effects([("vpn", AT + 3 * SPAN)], found)[0].after == 0
