"""The week's traffic is what it says it is, and playing a small one through the house loses nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from bench.q14_week import BENCH, score
from bench.storm_play import START
from bench.week_replay import replaying
from bench.week_traffic import LOST, WATCHDOG, WeekTraffic, heard, make_week, true_state, truth


@pytest.fixture(scope="module")
def week() -> WeekTraffic:
    return make_week(5, incidents=5, days=1, apps=2)


def test_it_arrives_in_order_and_is_the_same_by_seed(week: WeekTraffic) -> None:
    times = [one.at for one in week.arrivals]
    assert times == sorted(times)
    again = make_week(5, incidents=5, days=1, apps=2)
    assert again.arrivals == week.arrivals
    assert make_week(6, incidents=5, days=1, apps=2).arrivals != week.arrivals


def test_the_lost_source_says_nothing_more(week: WeekTraffic) -> None:
    last = max(one.at for one in week.arrivals if one.source == LOST[0])
    assert START < last < week.fallen
    others = {one.source for one in week.arrivals if one.at > week.fallen + 2 * WATCHDOG}
    assert {"prometheus", "apm", "zabbix"} <= others


def test_some_resolves_are_late_and_some_news_is_overtaken(week: WeekTraffic) -> None:
    alerts = [(one, one.alert) for one in week.arrivals if one.alert is not None]
    assert any(one.at - alert.at > dt.timedelta(minutes=10) for one, alert in alerts)
    newest: dict[str, dt.datetime] = {}
    overtaken = 0
    for _, alert in alerts:
        overtaken += alert.at < newest.get(alert.fingerprint, alert.at)
        newest[alert.fingerprint] = max(alert.at, newest.get(alert.fingerprint, alert.at))
    assert overtaken > 0


def test_the_map_has_holes_and_errors_and_nothing_tells_the_incident(week: WeekTraffic) -> None:
    true = set(week.world.coupling)
    assert set(week.drawn) - true
    assert true - set(week.drawn)
    incidents = truth(week)
    assert heard(week) & incidents.keys()
    assert not any(name in key for key in incidents for name in week.storms.roots)


def test_nothing_is_lost_on_the_way_through_the_house(week: WeekTraffic, tmp_path: Path) -> None:
    with replaying(tmp_path, week) as replay:
        replay.tick = dt.timedelta(minutes=20)
        report = replay.play()
        found = score(replay, report)
    assert (found["lost"], found["ends_lost"]) == (0, 0)
    assert found["silence_told"] == 1
    assert 0 < found["cases"] < found["alerts"]
    assert found["sections"] == BENCH.bar["sections_min"]
    assert true_state(week).keys() >= heard(week)
