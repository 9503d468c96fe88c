"""Looking closely: causal, bounded, the same over a restart; limits are known by convention, and end when there is room."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import cramjam
import numpy as np
import pytest
from bench.prometheus_messages import write_v1
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.sighting import Sighting
from tickless.domain.signal import Signal
from tickless.stages.sense.detection.budget import Pool
from tickless.stages.sense.forecast.limits import LimitRule, Limits, kind_of_limit, kinds_of_class, shipped_rules
from tickless.stages.sense.forecast.trend import seconds_to, slope_of
from tickless.stages.sense.telemetry.focus.closely import Close
from tickless.stages.sense.telemetry.focus.limited import Course, Limited
from tickless.stages.sense.telemetry.focus.week import HOUR as WEEK_HOUR
from tickless.stages.sense.telemetry.focus.week import Week
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.recent import MINUTES, Recent
from tickless.stages.sense.telemetry.service import TelemetryRoom

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SHARE = LimitRule(metric="used", kind="disk", reads="percent")
VALUES = st.lists(st.floats(0, 120) | st.just(math.nan), min_size=1, max_size=120)
MINUTE = dt.timedelta(minutes=1)
Named = dict[tuple[tuple[str, str], ...], float]


def fed(
    limited: Limited, values: list[float], *, step: float = 60.0, begin: float = 0.0
) -> list[tuple[bool, Course | None]]:
    """What is said after each value."""
    said: list[tuple[bool, Course | None]] = []
    for place, value in enumerate(values):
        limited.feed(begin + 1e6 + place * step, value)
        said.append((limited.pressing, limited.course()))
    return said


@settings(max_examples=30, deadline=None)
@given(VALUES, VALUES, st.sampled_from([15.0, 60.0, 400.0, 3_600.0]))
def test_what_is_said_of_a_limit_does_not_depend_on_what_comes_later(
    before: list[float], after: list[float], step: float
) -> None:
    alone = fed(Limited(SHARE, act_days=28), before, step=step)
    both = fed(Limited(SHARE, act_days=28), [*before, *after], step=step)
    assert repr(both[: len(before)]) == repr(alone)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=150), st.lists(st.floats(-1e6, 1e6), max_size=50))
def test_what_is_said_closely_does_not_depend_on_what_comes_later(before: list[float], after: list[float]) -> None:
    def said(values: list[float]) -> list[object]:
        close = Close("suspect", alarms_per_week=5.0, pool=Pool())
        return [close.feed(60.0 * place, value) for place, value in enumerate(values)]

    assert said([*before, *after])[: len(before)] == said(before)


@given(st.floats(0, 99.9))
def test_what_stands_still_is_never_pressing(value: float) -> None:
    assert not any(pressing for pressing, _ in fed(Limited(SHARE, act_days=28), [value] * 80))


def test_what_fills_fast_is_told_in_time_and_over_as_soon_as_there_is_room() -> None:
    limited = Limited(SHARE, act_days=28)
    rising = [50.0] * 20 + [50.0 + 0.7 * step for step in range(60)]
    said = fed(limited, rising, step=15.0)
    first = next(place for place, (pressing, _) in enumerate(said) if pressing)
    assert 80.0 <= rising[first] < 90.0
    course = said[first][1]
    assert course is not None
    assert course.crossing.earliest is not None
    assert course.crossing.latest is not None
    left = (100.0 - rising[first]) / 0.7 * 15.0 / 3_600
    assert course.basis == "trend"
    assert course.crossing.earliest <= left * 1.05
    assert course.crossing.latest >= left * 0.95
    limited.feed(1e6 + len(rising) * 15.0, 40.0)
    assert not limited.pressing


def test_a_sawtooth_that_is_emptied_again_and_again_is_not_told_as_a_trend() -> None:
    values = [60.0 + (step % 40) * 0.95 for step in range(400)]
    pressing = [said for said, _ in fed(Limited(SHARE, act_days=28), values, step=15.0)]
    assert not any(pressing[120:])


def test_days_of_slow_filling_become_a_calibrated_forecast_that_ends_when_somebody_makes_room() -> None:
    limited = Limited(SHARE, act_days=28)
    rng = np.random.default_rng(4)
    values = [float(30.0 + 0.35 * hour + rng.normal(0, 0.2)) for hour in np.arange(0, 24 * 8, 0.25)]
    said = fed(limited, values, step=900.0)
    first = next(place for place, (pressing, _) in enumerate(said) if pressing)
    hours_left = (100.0 - values[first]) / 0.35
    assert 6 < hours_left < 40
    course = said[first][1]
    assert course is not None
    assert course.basis == "calibrated"
    assert course.crossing.earliest is not None
    after = [31.0] * 8
    fed(limited, after, step=900.0, begin=len(values) * 900.0)
    assert not limited.pressing


def test_a_date_presses_when_it_is_near_and_no_longer_once_it_is_put_off() -> None:
    rule = LimitRule(metric="expiry", kind="certificate", reads="expires")
    limited = Limited(rule, act_days=28)
    end = 1e6 + 30 * 86_400
    said = [limited.feed(1e6 + day * 86_400.0, end) or limited.pressing for day in range(5)]
    assert said == [False, False, False, True, True]
    course = limited.course()
    assert course is not None
    assert course.basis == "calendar"
    assert course.crossing.likely == pytest.approx(26 * 24)
    for day in (5, 6):
        limited.feed(1e6 + day * 86_400.0, end + 90 * 86_400)
    assert not limited.pressing


def test_limits_are_known_by_the_conventions_of_exporters_and_by_settings() -> None:
    own = LimitRule(metric="seats_taken", kind="seats", reads="used", limit=40)
    limits = Limits([own])
    disk = limits.rule_of("node_filesystem_avail_bytes", {"mountpoint": "/", "fstype": "ext4"})
    assert disk is not None
    assert disk.measure(25.0, 100.0, at=0.0) == 75.0
    assert disk.measure(25.0, None, at=0.0) is None
    assert limits.rule_of("node_filesystem_avail_bytes", {"fstype": "tmpfs"}) is None
    assert limits.rule_of("seats_taken", {}) == own
    assert own.measure(30.0, None, at=0.0) == 75.0
    assert limits.rule_of("http_requests_total", {}) is None
    assert all(kind_of_limit(rule.kind).alert_class for rule in shipped_rules())
    assert kinds_of_class("certificate_expiring") == {"certificate"}


@given(st.floats(-50, 50), st.floats(0.01, 20), st.integers(0, 100))
def test_the_crossing_of_a_straight_line_lies_in_its_interval(start: float, slope: float, seed: int) -> None:
    times = np.arange(16.0)
    values = start + slope * times + np.random.default_rng(seed).normal(0, slope / 50, 16)
    found = slope_of(times, values)
    assert found is not None
    likely, earliest, latest = seconds_to(start + slope * 40, found)
    assert earliest is not None
    assert likely is not None
    assert latest is not None
    assert earliest <= likely <= latest
    assert earliest - 1 <= 25 <= latest + 1


def test_what_is_usual_every_week_is_known_after_three_of_them() -> None:
    week = Week()
    hours = [10.0 if hour % 168 != 30 else 500.0 for hour in range(168 * 5)]
    for hour, value in enumerate(hours):
        for part in range(4):
            week.push(hour * WEEK_HOUR + part * 900.0, value + part)
    at = (168 * 5 + 30) * WEEK_HOUR
    assert week.usual(at, 501.0)
    assert not week.usual(at - 3 * WEEK_HOUR, 501.0)
    other = Week()
    other.load(week.dump())
    assert other.expected(at) == week.expected(at)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400), st.floats(-1e3, 1e3)), max_size=60))
def test_the_last_two_hours_are_what_came_in_them(points: list[tuple[int, int, float]]) -> None:
    recent = Recent()
    recent.grow(4)
    known: dict[int, dict[int, float]] = {slot: {} for slot in range(4)}
    for slot, minute, value in sorted(points, key=lambda one: one[1]):
        recent.note(np.array([slot]), np.array([minute * 60.0 + 6e5]), np.array([value]))
        known[slot][minute] = value
    for slot, minutes in known.items():
        last = max(minutes, default=0)
        kept = {minute: value for minute, value in minutes.items() if minute > last - MINUTES}
        times, values = recent.window(slot)
        assert [int(at - 6e5) // 60 for at in times] == sorted(kept)
        assert values == pytest.approx([kept[minute] for minute in sorted(kept)], rel=1e-5, abs=1e-4)


def write(room: TelemetryRoom, now: dt.datetime, named: Named) -> tuple[Signal, ...]:
    body = write_v1([(labels, [(int(now.timestamp() * 1_000), value)]) for labels, value in named.items()])
    assert cramjam.snappy.compress_raw(body)
    return room.metrics(body, form="remote_write_1", source="prom", now=now).signals


def days_of(
    room: TelemetryRoom, first: int, last: int, file: Path | None = None
) -> tuple[list[Signal], list[Sighting]]:
    """A disk that fills over days, a service level that jumps once, in steps of five minutes; a restart in the middle if
    there is a file for it."""
    disk = (("__name__", "node_filesystem_avail_bytes"), ("host", "db-1"), ("mountpoint", "/srv"))
    size = (("__name__", "node_filesystem_size_bytes"), ("host", "db-1"), ("mountpoint", "/srv"))
    level = (("__name__", "latency_seconds"), ("service", "shop"), ("slo", "true"))
    rng = np.random.default_rng(9)
    noise = rng.normal(0, 1, 5_000)
    signals: list[Signal] = []
    for step in range(first, last):
        now = START + 5 * MINUTE * step
        jump = 40.0 if 1_500 <= step < 1_506 else 0.0
        used = min(99.0, 40.0 + 0.028 * step + 0.05 * noise[step])
        named: Named = {disk: 1e9 * (1 - used / 100), size: 1e9, level: 10.0 + noise[step + 1_000] + jump}
        signals += write(room, now, named)
        signals += room.look(now)
    return signals, room.overlook.sightings()


def test_a_restart_in_the_middle_says_the_same_as_none(tmp_path: Path) -> None:
    settings_ = TelemetrySettings(alarms_per_week=3.0)
    steps, middle = 2_050, 1_400
    whole, _ = days_of(TelemetryRoom(settings_), 0, steps)
    file = tmp_path / "kept.npz"
    room = TelemetryRoom(settings_, file=file)
    first, _ = days_of(room, 0, middle)
    room.save()
    again = TelemetryRoom(settings_, file=file)
    second, sightings = days_of(again, middle, steps)
    said = [(one.kind, one.state, one.occurred_at, one.title.raw) for one in (*first, *second)]
    assert said == [(one.kind, one.state, one.occurred_at, one.title.raw) for one in whole]
    forecasts = [one for one in whole if one.kind == "forecast" and one.state == "firing"]
    assert forecasts[0].label("class") == "disk_filling"
    assert (forecasts[0].label("host"), forecasts[0].label("path")) == ("db-1", "/srv")
    assert {one.fingerprint for one in forecasts} == {forecasts[0].fingerprint}
    anomalies = [one for one in whole if one.label("class") == "metric_anomaly" and one.state == "firing"]
    assert [one.occurred_at for one in anomalies] == [START + 5 * MINUTE * 1_500]
    assert {one.kind for one in sightings} == {"forecast", "anomaly"}
    assert all(len(one.points) <= 240 for one in sightings)


def test_a_service_level_that_is_not_sent_any_more_is_missed_while_its_source_is_heard() -> None:
    room = TelemetryRoom(TelemetrySettings(closely=("latency_*",)))
    level, other = (("__name__", "latency_p95"),), (("__name__", "up"),)
    told: list[Signal] = []
    for step in range(60):
        now = START + MINUTE * step
        write(room, now, {level: 1.0 + step % 3, other: 1.0} if not 30 <= step < 50 else {other: 1.0})
        told += room.look(now)
    missed = [one for one in told if one.label("class") == "metric_absent"]
    assert [one.state for one in missed] == ["firing", "resolved"]
    assert missed[0].occurred_at > START + 39 * MINUTE


def test_answers_make_a_series_rarer_once_and_are_taken_back() -> None:
    room = TelemetryRoom(TelemetrySettings())
    write(room, START, {(("__name__", "load"),): 1.0})
    room.look(START)
    ((series, _, _),) = room.overlook.named("load")
    before = room.overlook.series(series).correction
    for _ in range(3):
        room.overlook.answer({series: 0.5})
    assert room.overlook.series(series).correction == pytest.approx(before + 0.5)
    room.overlook.answer({series: 0.0})
    assert room.overlook.series(series).correction == pytest.approx(before)


def test_no_more_is_looked_at_closely_than_there_is_room_for() -> None:
    room = TelemetryRoom(TelemetrySettings(closely=("*",), rich_series=3, forecasts=2))
    named: Named = {(("__name__", f"m{number}"),): 1.0 for number in range(20)}
    for number in range(5):
        named[("__name__", "probe_ssl_earliest_cert_expiry"), ("instance", f"h{number}")] = 9e9
    write(room, START, named)
    room.look(START)
    budget = room.overlook.budget(START)
    assert (budget.closely, budget.forecasts, budget.forecasts_refused) == (3, 2, 3)


def test_services_in_trouble_take_half_of_the_room_and_give_way_to_service_levels() -> None:
    room = TelemetryRoom(TelemetrySettings(rich_series=4))
    write(room, START, {(("__name__", f"m{number}"), ("service", "shop")): 1.0 for number in range(9)})
    room.look(START)
    assert room.overlook.closely() == []
    room.overlook.troubled = frozenset({"shop"})
    room.look(START + MINUTE)
    assert [one.why for one in room.overlook.closely()] == ["in_trouble", "in_trouble"]
    levels: Named = {(("__name__", f"p{number}"), ("slo", "true")): 1.0 for number in range(5)}
    write(room, START + 2 * MINUTE, levels)
    room.look(START + 2 * MINUTE)
    assert [one.why for one in room.overlook.closely()] == ["service_level"] * 4
