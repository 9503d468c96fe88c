"""What is held back, why and until when: the pure rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.case import Case, Impact
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.habit import STEPS, Habit
from tickless.domain.known import Maintenance
from tickless.domain.matchers import Matcher, read_matchers
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.silence import Silence
from tickless.domain.world import World
from tickless.stages.correlate.hygiene.covering import LONGEST, Broken, broken_of, covered
from tickless.stages.correlate.hygiene.damping import CALM, Damping, Flaps, came_back, free_at, penalty_now
from tickless.stages.correlate.hygiene.judging import Circumstances, Rules, judge
from tickless.stages.correlate.hygiene.news import News
from tickless.stages.correlate.hygiene.pausing import (
    ENOUGH,
    SHARE,
    PauseRule,
    learnt,
    least_share,
    pause_for,
    seen_more,
)
from tickless.stages.correlate.hygiene.silencing import (
    Limits,
    about_service,
    check_silence,
    expire,
    extend,
    remarks,
    silenced,
)
from tickless.stages.correlate.hygiene.windows import holding_back, worked_on

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
RULES = Damping()


def edge(service: str, needs: str, sure: float = 1.0) -> Dependency:
    return Dependency(service=service, needs=needs, source="cmdb", confidence=sure, last_seen=NOW)


WORLD = World.of(
    services=[Service(id=name, name=name.title()) for name in ("shop", "cart", "db", "mail")],
    dependencies=[edge("shop", "cart", 0.95), edge("cart", "db", 0.95), edge("mail", "db", 0.6)],
)


def news(**given: object) -> News:
    base = News(
        source="prom", fingerprint="a", need="service_down", service="shop", host=None, severity="error",
        labels={"alertname": "Down", "service": "shop", "team": "web"}, at=NOW,
    )  # fmt: skip
    return replace(base, **given)  # type: ignore[arg-type]


def silence(
    *matchers: str, starts: dt.datetime = NOW - HOUR, ends: dt.datetime = NOW + HOUR, **given: object
) -> Silence:
    return Silence(**{
        "id": "sil_1", "owner": "ana", "reason": "a known fault", "matchers": read_matchers(matchers or ("service=shop",)),
        "starts_at": starts, "ends_at": ends, "made_by": "ana", "made_at": starts, "updated_at": starts, **given,
    })  # fmt: skip


def window(service: str = "shop", starts: dt.datetime = NOW - HOUR, ends: dt.datetime = NOW + HOUR) -> Maintenance:
    return Maintenance(
        id=f"mnt_{service}", service=service, title="New disks", starts_at=starts, ends_at=ends, owner="bo"
    )


# --- damping


def test_what_comes_back_again_and_again_is_damped_and_quiet_sets_it_free() -> None:
    flaps, at = CALM, NOW
    seen = []
    for _ in range(6):
        flaps = came_back(flaps, at, RULES)
        seen.append(flaps.since is not None)
        at += MINUTE
    assert seen == [False, False, False, False, True, True]
    free = free_at(flaps, RULES)
    assert free is not None
    assert MINUTE < free - at < RULES.longest_quiet
    assert penalty_now(flaps, free, RULES) == pytest.approx(RULES.reuse)
    assert came_back(flaps, free + MINUTE, RULES).since is None


@given(st.lists(st.floats(min_value=0, max_value=20_000), max_size=60))
def test_damping_always_ends(pauses: list[float]) -> None:
    """However it comes and goes: the penalty has a ceiling, and what is damped is free within a known time."""
    flaps, at = CALM, NOW
    for pause in pauses:
        at += dt.timedelta(seconds=pause)
        flaps = came_back(flaps, at, RULES)
        assert 0 < flaps.penalty <= RULES.ceiling
        free = free_at(flaps, RULES)
        assert (free is None) == (flaps.since is None)
        if free is not None and flaps.since is not None:
            assert free <= flaps.since + RULES.longest
            assert free <= at + RULES.longest_quiet + dt.timedelta(seconds=1)


@given(st.lists(st.integers(min_value=1_500, max_value=100_000), max_size=40))
def test_what_comes_back_seldom_is_never_damped(pauses: list[int]) -> None:
    flaps, at = CALM, NOW
    for pause in pauses:
        at += dt.timedelta(seconds=pause)
        flaps = came_back(flaps, at, RULES)
        assert flaps.since is None


def test_what_flaps_for_hours_is_told_now_and_then() -> None:
    flaps, at, told = CALM, NOW, 0
    for _ in range(600):
        flaps = came_back(flaps, at, RULES)
        told += flaps.since is None
        at += MINUTE
    assert 4 + 4 <= told <= 25


# --- pauses


def test_a_pause_is_learnt_from_what_heals_alone_and_never_for_what_is_critical() -> None:
    habit = Habit(id="h", source="prom", need="cpu_high", severity="warning")
    for _ in range(ENOUGH + 5):
        habit = seen_more(habit, seconds=40, alone=True)
    found = pause_for((), habit, source="prom", need="cpu_high", severity="warning")
    assert found is not None
    assert found.seconds == 60
    assert "25 of 25" in found.why
    for severity in ("critical", None):
        assert pause_for((), habit, source="prom", need="cpu_high", severity=severity) is None
    assert pause_for((), habit, source="prom", need="cpu_high", severity="warning", learns=False) is None
    for _ in range(10):
        habit = seen_more(habit, seconds=40, alone=False)
    assert learnt(habit) is None


def test_a_rule_comes_before_what_was_learnt_and_critical_waits_only_where_a_rule_says_so() -> None:
    everything = PauseRule(seconds=90)
    assert pause_for([everything], None, source="x", need="y", severity="critical") is None
    named = PauseRule(severity="critical", seconds=10)
    assert pause_for([everything, named], None, source="x", need="y", severity="critical").seconds == 10  # type: ignore[union-attr]
    never = PauseRule.model_validate({"class": "cpu_high", "seconds": 0})
    habit = Habit(id="h", source="x", need="cpu_high", severity="warning", seen=100, healed=(100, 0, 0, 0, 0, 0))
    assert pause_for([never], habit, source="x", need="cpu_high", severity="warning") is None


@given(st.lists(st.tuples(st.floats(min_value=0, max_value=1_000), st.booleans()), max_size=900))
def test_what_is_learnt_is_never_surer_than_what_was_seen(episodes: list[tuple[float, bool]]) -> None:
    habit = Habit(id="h", source="x", need="y", severity="warning")
    for seconds, alone in episodes:
        habit = seen_more(habit, seconds=seconds, alone=alone)
        assert 0 <= sum(habit.healed) <= habit.seen <= 401
        pause = learnt(habit)
        if pause is not None:
            healed = sum(habit.healed[: STEPS.index(pause.seconds) + 1])
            assert habit.seen >= ENOUGH
            assert least_share(healed, habit.seen) >= SHARE


# --- silences


def test_a_silence_holds_what_fits_all_of_its_matchers_while_it_lasts() -> None:
    quiet = silence("service=shop", "team=~web|ops", "severity!=critical")
    found = silenced(news(), [quiet], now=NOW)
    assert found is not None
    assert (found.reason, found.ref, found.by, found.until) == ("silenced", "sil_1", "ana", quiet.ends_at)
    assert silenced(news(labels={"service": "shop", "team": "dba"}), [quiet], now=NOW) is None
    assert silenced(news(labels={"service": "shop", "team": "web", "severity": "critical"}), [quiet], now=NOW) is None
    assert silenced(news(), [quiet], now=quiet.ends_at) is None
    assert silenced(news(), [quiet], now=quiet.starts_at - MINUTE) is None


def test_a_silence_has_a_reason_an_end_and_a_matcher_that_says_something() -> None:
    limits = Limits(dt.timedelta(days=7))
    for wrong in (
        silence(reason=" x "), silence(ends=NOW - MINUTE), silence(starts=NOW + HOUR, ends=NOW + HOUR),
        silence(ends=NOW + dt.timedelta(days=8)), silence("team="), silence("team=~.*"), silence("a!=b", "c!~d"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            check_silence(wrong, limits, now=NOW)
    with pytest.raises(BadInput):
        check_silence(
            silence().model_copy(update={"matchers": (Matcher(name="a", how="=~", value="("),)}), limits, now=NOW
        )
    kept = check_silence(silence(reason="  the   disk is   on order "), limits, now=NOW)
    assert kept.reason == "the disk is on order"
    longer = extend(kept, until=NOW + dt.timedelta(days=7), limits=limits, now=NOW)
    assert longer.ends_at == NOW + dt.timedelta(days=7)
    over = expire(longer, now=NOW)
    assert over.state(NOW) == "expired"
    with pytest.raises(Conflict):
        expire(over, now=NOW)
    with pytest.raises(Conflict):
        extend(over, until=NOW + HOUR, limits=limits, now=NOW)
    assert expire(silence(starts=NOW + HOUR, ends=NOW + 2 * HOUR), now=NOW).state(NOW) == "expired"


def test_silences_that_somebody_should_look_at() -> None:
    limits, day = Limits(dt.timedelta(days=7)), dt.timedelta(days=1)
    old = silence(starts=NOW - 3 * day, ends=NOW + HOUR)
    assert remarks(old, held=0, owner_here=False, now=NOW, limits=limits) == (
        "owner_gone",
        "ends_soon",
        "never_matched",
    )
    assert remarks(old, held=500, owner_here=True, now=NOW, limits=limits) == ("ends_soon", "matches_much")
    assert remarks(silence(), held=0, owner_here=True, now=NOW, limits=limits) == ()
    assert remarks(
        silence(starts=NOW - 9 * day, ends=NOW + 3 * day), held=3, owner_here=True, now=NOW, limits=limits
    ) == ("long",)
    assert remarks(expire(old, now=NOW), held=0, owner_here=False, now=NOW, limits=limits) == ()
    assert about_service(silence("service=~sh.*"), ["shop", "db"]) == ["shop"]
    assert about_service(silence("team=web"), ["shop", "db"]) == ["db", "shop"]


# --- planned work


def test_planned_work_holds_what_it_explains() -> None:
    at_work = [window("db")]
    own = worked_on(news(service="db", need="disk_filling"), at_work, WORLD, now=NOW)
    assert own is not None
    assert (own.reason, own.ref, own.by) == ("maintenance", "mnt_db", "bo")
    assert own.until > at_work[0].ends_at
    above = worked_on(news(service="shop", need="http_errors"), at_work, WORLD, now=NOW)
    assert above is not None
    assert "which Shop needs" in above.why
    assert worked_on(news(service="shop", need="disk_filling"), at_work, WORLD, now=NOW) is None
    assert worked_on(news(service=None), at_work, WORLD, now=NOW) is None
    assert worked_on(news(service="db"), [window("shop")], WORLD, now=NOW) is None
    assert holding_back([window(starts=NOW + MINUTE)], NOW) == []
    assert holding_back([window().model_copy(update={"cancelled": True})], NOW) == []


# --- inhibition


def broken(service: str | None = "db", host: str | None = None) -> Broken:
    return Broken(case="case_1", number=12, service=service, host=host, since=NOW - HOUR, title="x")


def test_what_needs_something_that_is_down_is_inhibited_with_the_way_there() -> None:
    found = covered(news(), [broken()], WORLD, now=NOW)
    assert found is not None
    assert (found.reason, found.ref, found.until) == ("inhibited", "case_1", NOW + LONGEST)
    assert found.why == "Shop needs Cart, which needs Db (cmdb, 90% sure), down since 08:00 UTC (case 12)."
    assert covered(news(need="http_errors"), [broken()], WORLD, now=NOW) is None  # symptoms join their case
    assert covered(news(need="disk_filling"), [broken()], WORLD, now=NOW) is None
    assert covered(news(service="mail"), [broken()], WORLD, now=NOW) is None  # not sure enough
    assert covered(news(service="db"), [broken()], WORLD, now=NOW) is None  # itself
    assert covered(news(service="db"), [broken("shop")], WORLD, now=NOW) is None  # the wrong way round


def test_a_machine_that_is_down_covers_what_runs_on_it() -> None:
    found = covered(news(host="edge-1"), [broken(None, "edge-1")], WORLD, now=NOW)
    assert found is not None
    assert "It runs on edge-1" in found.why
    assert covered(news(host="edge-2"), [broken(None, "edge-1")], WORLD, now=NOW) is None
    assert covered(news(host="edge-1", host_down=True), [broken(None, "edge-1")], WORLD, now=NOW) is None


def case(**given: object) -> Case:
    return Case(**{
        "id": "case_9", "number": 9, "tenant": "main", "door": "machine", "kind": "incident", "need": "service_down",
        "title": Untrusted("db does not answer"), "subject": "service:db", "service": "db",
        "impact": Impact(priority=2, reason="x"),
        "inputs": {"label:instance": "db-1:9100"}, "opened_at": NOW, "updated_at": NOW, **given,
    })  # fmt: skip


def test_a_case_says_what_is_down() -> None:
    service = broken_of(case())
    assert service is not None
    assert (service.service, service.host) == ("db", None)
    host = broken_of(case(inputs={"label:alertname": "NodeDown", "label:instance": "db-1:9100"}))
    assert host is not None
    assert (host.service, host.host) == (None, "db-1")
    assert broken_of(case(need="http_errors")) is None
    assert broken_of(case(door="human")) is None
    assert broken_of(case(service=None)) is None


# --- all of it


def test_what_people_decided_comes_first() -> None:
    flapping = Flaps(5.0, NOW, NOW - MINUTE)
    around = Circumstances(
        silences=[silence()], windows=[window()], broken=[broken()], world=WORLD, flaps=flapping,
        habit=Habit(id="h", source="prom", need="service_down", severity="error", seen=50, healed=(50, 0, 0, 0, 0, 0)),
    )  # fmt: skip
    seen = []
    for _ in range(6):
        held = judge(news(), around, Rules(), now=NOW)
        if held is None:
            break
        seen.append(held.reason)
        assert held.until > NOW
        empty: dict[str, object] = {"silenced": {"silences": ()}, "maintenance": {"windows": ()}, "inhibited": {"broken": ()},
                                    "flapping": {"flaps": CALM}, "transient": {"habit": None}}  # fmt: skip
        around = replace(around, **empty[held.reason])  # type: ignore[arg-type]
    assert seen == ["silenced", "maintenance", "inhibited", "flapping", "transient"]


def test_what_is_switched_off_holds_nothing() -> None:
    around = Circumstances(broken=[broken()], world=WORLD, flaps=Flaps(5.0, NOW, NOW))
    assert judge(news(), around, Rules(damping=None, inhibits=False, learns=False), now=NOW) is None
    assert judge(news(), around, Rules(), now=NOW, skip=frozenset({"inhibited", "flapping", "transient"})) is None
