"""The storm of a case in the console: live pieces, pictures that hold everything, and lanes that fold."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.browser.site import PASSWORD, Site, open_site
from tests.journal.samples import NOW

from tickless.domain.record import Untrusted
from tickless.domain.world import World
from tickless.doors.console.storm_picture import LANE, MOST_LANES, WIDTH, part_of_map, timeline
from tickless.journal.alerts import Alert, Joined
from tickless.stages.correlate.regroup.storm import Storm, storm_of


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("storms")) as opened:
        yield opened


def test_the_page_follows_by_itself(site: Site) -> None:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": "operator", "password": PASSWORD})
    told = browser.get("/cases/2047/storm/stream").text
    swap = next(line for line in told.splitlines() if line.startswith("data: "))
    pieces = json.loads(swap.removeprefix("data: "))
    assert set(pieces) == {"figures", "picture", "joins", "apart"}
    page = browser.get("/cases/2047/storm").text
    assert all(f'id="{name}"' in page for name in pieces)
    assert "<script>" not in "".join(pieces.values())


def storm(heard: list[tuple[int, float, bool]]) -> Storm:
    alerts = {f"a{service}": Alert(f"a{service}", "prom", "firing", "c", f"s{service}", "http_errors", Untrusted("x"), NOW, 1)
              for service, _, _ in heard}  # fmt: skip
    joined = [
        Joined("c", f"sig{index}", f"a{service}", "resolved" if over else "firing", Untrusted("x"),
               NOW + dt.timedelta(seconds=second), "why")
        for index, (service, second, over) in enumerate(sorted(heard, key=lambda one: one[1]))
    ]  # fmt: skip
    return storm_of(joined, alerts.values(), signals=len(joined), about="s1", world=World())


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 900), st.booleans()), min_size=1, max_size=150))
def test_every_bar_is_inside_the_picture_and_every_lane_has_one(heard: list[tuple[int, float, bool]]) -> None:
    told = storm(heard)
    drawn = timeline(told)
    assert drawn is not None
    assert len(drawn.rows) == min(len(told.lanes), MOST_LANES + 1)
    for row in drawn.rows:
        assert row.bars
        for bar in row.bars:
            assert bar.x >= 0
            assert bar.x + bar.width <= WIDTH + 1
            assert bar.y >= 0
            assert bar.y + bar.height <= row.foot + 0.2
            assert bar.height <= LANE
    assert part_of_map(told) is None


def test_nothing_heard_is_no_picture() -> None:
    assert timeline(storm_of([], [], signals=0, about=None, world=World())) is None
