"""What became of a forecast, and whether there was time: pure."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.foretold import Foretold
from tickless.domain.record import Untrusted
from tickless.domain.sighting import Crossing, Point
from tickless.stages.decide.lead_time import lead
from tickless.stages.verify.foretelling import Since, became

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def foretold(earliest: float | None = 20, latest: float | None = 40) -> Foretold:
    """The limit is 100, foreseen between these minutes after it was said."""
    crossing = Crossing(
        likely=NOW + 30 * MINUTE,
        earliest=NOW + earliest * MINUTE if earliest is not None else None,
        latest=NOW + latest * MINUTE if latest is not None else None,
    )
    return Foretold(
        id="sgt_1", fingerprint="f", source="telemetry", series="s", what="disk", text=Untrusted("/var fills"), limit=100.0,
        said_at=NOW, crossing=crossing,
    )  # fmt: skip


def at(minutes: float, value: float) -> Point:
    return Point(at=(NOW + minutes * MINUTE).timestamp(), value=value)


def test_the_limit_that_is_met_is_told_with_how_well_it_was_foreseen() -> None:
    for minutes, place in ((5, "before"), (30, "inside"), (55, "after")):
        found = became(foretold(), Since(measured=[at(minutes, 100.0), at(minutes + 5, 101.0)]), now=NOW + 60 * MINUTE)
        assert found is not None
        assert (found.fate, found.at) == ("came_true", NOW + minutes * MINUTE)
        assert f"{place} the time foreseen (between 02 Mar 2026 09:20 UTC and 02 Mar 2026 09:40 UTC)" in found.told


def test_what_was_mended_first_is_no_forecast_that_failed() -> None:
    quiet = [at(3, 60.0)]
    assert became(foretold(), Since(quiet, acted=True), now=NOW + 5 * MINUTE) is None
    for outcome, fate in (("prevented", "prevented"), ("verified", "acted"), ("regressed", "acted")):
        found = became(foretold(), Since(quiet, acted=True, outcome=outcome), now=NOW + 5 * MINUTE)  # type: ignore[arg-type]
        assert found is not None
        assert found.fate == fate
    met = became(foretold(), Since([at(2, 100.0)], acted=True, outcome="verified"), now=NOW + 5 * MINUTE)
    assert met is not None
    assert met.fate == "came_true"  # mended too late is no success of the mend


def test_it_did_not_come_when_its_time_went_by_or_there_is_room_again() -> None:
    assert (
        became(foretold(), Since([at(45, 90.0)], outcome="handed_off"), now=NOW + 45 * MINUTE) is None
    )  # a quarter of it longer
    over = became(foretold(), Since([at(51, 90.0)], outcome="handed_off"), now=NOW + 51 * MINUTE)
    assert over is not None
    assert (over.fate, "the limit was not met" in over.told) == ("did_not", True)
    room = became(foretold(latest=None), Since([], over_at=NOW + 9 * MINUTE), now=NOW + 10 * MINUTE)
    assert room is not None
    assert (room.fate, room.at) == ("did_not", NOW + 9 * MINUTE)
    assert became(foretold(latest=None), Since([]), now=NOW + 10_000 * MINUTE) is None


@given(
    st.lists(st.tuples(st.floats(0.1, 500), st.floats(-50, 150)), max_size=20),
    st.booleans(), st.sampled_from([None, "handed_off", "muted", "verified", "prevented"]),
    st.none() | st.floats(0, 500), st.floats(0, 600),
)  # fmt: skip
def test_met_is_met_whatever_else_is_known(
    values: list[tuple[float, float]], acted: bool, outcome: str | None, over: float | None, later: float
) -> None:
    """It came true exactly where the limit was measured to be met; time alone never turns a fate round."""
    since = Since(
        [at(minutes, value) for minutes, value in values],
        acted,
        outcome,
        NOW + over * MINUTE if over is not None else None,
    )  # type: ignore[arg-type]
    found = became(foretold(), since, now=NOW + later * MINUTE)
    met = any(value >= 100.0 for _, value in values)
    assert (found is not None and found.fate == "came_true") == met
    again = became(foretold(), since, now=NOW + (later + 100) * MINUTE)
    assert found is None or (again is not None and again.fate == found.fate)


def crossing(minutes: float | None) -> Crossing:
    return Crossing(earliest=NOW + minutes * MINUTE if minutes is not None else None)


def test_the_time_that_is_left_is_held_against_what_the_runbook_takes() -> None:
    quick = [20.0, 30.0, 40.0, 50.0, 60.0]
    for minutes, enough, word in (
        (20, True, "there is time"),
        (0.9, False, "it may come too late"),
        (0.3, False, "People should look"),
    ):
        found = lead(crossing(minutes), quick, runbook="disk.clean-up", now=NOW)
        assert found is not None
        assert (found.enough, word in found.told) == (enough, True), found.told
        assert "usually takes 40 s (5 cases, nine in ten within 60 s)" in found.told
    assert lead(crossing(None), quick, runbook="r", now=NOW) is None
    unknown = lead(crossing(5), [], runbook="r", now=NOW)
    assert unknown is not None
    assert unknown.enough is None
    gone = lead(crossing(-1), quick, runbook="r", now=NOW)
    assert gone is not None
    assert (gone.enough, "too late" in gone.told) == (False, True)


@given(st.floats(0.001, 10_000), st.lists(st.floats(0.1, 1e6), min_size=1, max_size=40))
def test_there_is_never_time_that_a_longer_run_would_not_leave(minutes: float, taken: list[float]) -> None:
    found = lead(crossing(minutes), taken, runbook="r", now=NOW)
    slower = lead(crossing(minutes), [one * 2 for one in taken], runbook="r", now=NOW)
    assert found is not None
    assert slower is not None
    assert not (slower.enough and not found.enough)
