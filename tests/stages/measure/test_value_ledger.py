"""The value ledger: measured against the past, never without evidence, less what it cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.measure.metrics import CaseHistory, Material, Window
from tickless.stages.measure.metrics.material import ModelFact, RunFact
from tickless.stages.measure.value import Terms, ledger
from tickless.stages.measure.value.resampling import interval, means

UNTIL = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
WINDOW = Window(UNTIL - dt.timedelta(days=30), UNTIL)
TERMS = Terms(agent_hour=60.0, employee_hour=30.0, lost_share=0.5, upkeep_hours=0.0, model_price=10.0)


def past(place: int, **told: Any) -> CaseHistory:
    opened = UNTIL - dt.timedelta(days=200 - place)
    given_ = {
        "opened_at": opened,
        "resolved_at": opened + dt.timedelta(hours=3),
        "category": "Access / Unlock",
        "handling_minutes": 10.0 + place % 5,
        "level": 1,
        "priority": 3,
        **told,
    }
    return CaseHistory(id=f"past:{place}", number=f"INC{place}", source="old", **given_)


def done(place: int, **told: Any) -> CaseHistory:
    at = UNTIL - dt.timedelta(days=1 + place % 20)
    given_ = {
        "opened_at": at,
        "resolved_at": at,
        "ended_at": at,
        "category": "account_unlock",
        "outcome": "verified",
        "automated": True,
        "runbook": "r",
        "level": 0,
        "handling_minutes": 0.0,
        "declared_minutes": 14.0,
        "reopens": 0,
        **told,
    }
    return CaseHistory(id=f"live:{place}", number=f"#{place}", **given_)


def test_saved_minutes_are_cases_times_what_they_took_before() -> None:
    cases = [past(place) for place in range(50)] + [done(place) for place in range(8)]
    found = ledger(
        Material(now=UNTIL, cases=cases), WINDOW, replace(TERMS, match={"account_unlock": "Access / Unlock"})
    )
    work = next(one for one in found.lines if one.id.startswith("minutes:"))
    assert work.minutes == pytest.approx(8 * 12.0)
    assert work.money == pytest.approx(96.0)
    assert work.low < work.money < work.high
    assert set(work.cases) == {f"live:{place}" for place in range(8)}
    assert len(work.against) == 50
    waiting = next(one for one in found.lines if one.id.startswith("waiting:"))
    assert waiting.minutes == pytest.approx(8 * 180)
    assert waiting.money == pytest.approx(8 * 3 * 30 * 0.5)
    assert found.net == pytest.approx(96 + 360)
    assert not found.unmeasured


def test_without_a_baseline_it_is_only_a_claim() -> None:
    cases = [past(place) for place in range(9)] + [done(0), done(1, declared_minutes=0.0)]
    material = Material(now=UNTIL, cases=cases)
    found = ledger(material, WINDOW, replace(TERMS, match={"account_unlock": "Access / Unlock"}))
    assert found.net == 0.0
    assert [one.minutes for one in found.of("claimed")] == [14.0]
    assert found.unmeasured == ("live:1",)
    counted = ledger(material, WINDOW, replace(TERMS, count_declared=True))
    assert counted.net == pytest.approx(14.0)
    assert not counted.of("claimed")


def test_only_what_held_counts_and_what_it_cost_is_taken_off() -> None:
    ends = ("assumed", "regressed", "handed_off", "withdrawn", "verified")
    cases = [past(place, category="account_unlock") for place in range(20)]
    cases += [done(place, outcome=end) for place, end in enumerate(ends)]
    runs = (
        RunFact(id="r", case="live:1", runbook="r", at=UNTIL - dt.timedelta(days=2), good=False),
        RunFact(id="s", case="live:4", runbook="r", at=UNTIL - dt.timedelta(days=2), good=True),
    )
    models = (ModelFact(at=UNTIL - dt.timedelta(days=1), tokens=2_000_000), ModelFact(at=UNTIL, tokens=9_000_000))
    terms = replace(TERMS, rework_minutes=30.0, false_action_minutes=60.0, upkeep_hours=1.0)
    found = ledger(Material(now=UNTIL, cases=cases, runs=runs, models=models, runbooks=2), WINDOW, terms)
    costs = {one.id: one for one in found.of("cost")}
    assert found.saved_cases == 1
    assert costs["rework"].money == pytest.approx(-30.0)
    assert costs["rework"].cases == ("live:1",)
    assert costs["false_actions"].money == pytest.approx(-60.0)
    assert costs["model"].money == pytest.approx(-20.0)
    first = min(one.opened_at for one in cases if one.source == "tickless" and one.opened_at is not None)
    days = (UNTIL - max(first, WINDOW.since)) / dt.timedelta(days=1)
    assert 0 < days < 30, "there was no house before its first case"
    assert costs["upkeep"].money == pytest.approx(-2 * 60 * days / (365.25 / 12))
    assert found.net == pytest.approx(sum(one.money for one in found.lines))


def test_a_baseline_of_the_same_priority_comes_first() -> None:
    cases = [past(place, category="account_unlock", priority=1, handling_minutes=100.0) for place in range(10)]
    cases += [past(place + 50, category="account_unlock", priority=4, handling_minutes=10.0) for place in range(10)]
    found = ledger(Material(now=UNTIL, cases=[*cases, done(1, priority=4), done(2, priority=3)]), WINDOW, TERMS)
    by = {one.told.rpartition("(")[2]: one.minutes for one in found.lines if one.id.startswith("minutes:")}
    assert by == {"category account_unlock, priority 4)": 10.0, "category account_unlock)": 55.0}


@given(st.lists(st.floats(0, 500), min_size=10, max_size=40), st.integers(1, 20), st.integers(0, 5))
def test_every_gain_has_its_cases_and_the_sum_is_the_sum(values: list[float], solved: int, back: int) -> None:
    cases = [past(place, category="account_unlock", handling_minutes=value) for place, value in enumerate(values)]
    cases += [done(place) for place in range(solved)] + [
        done(100 + place, outcome="regressed") for place in range(back)
    ]
    found = ledger(Material(now=UNTIL, cases=cases, runbooks=3), WINDOW, Terms())
    assert found.net == pytest.approx(sum(one.money for one in found.lines if one.kind != "claimed"))
    assert found.low <= found.net + 1e-6
    assert found.net <= found.high + 1e-6
    for one in found.lines:
        assert one.kind == "cost" or one.cases
        assert one.low <= one.money + 1e-6 <= one.high + 2e-6
    assert found == ledger(Material(now=UNTIL, cases=cases, runbooks=3), WINDOW, Terms())


def test_the_interval_holds_the_mean_about_as_often_as_it_says() -> None:
    values = [float(place % 17) for place in range(400)]
    low, high = interval(means(values, seed=1))
    spread = 4.9 / 20  # the standard deviation by the root of how many
    assert low == pytest.approx(8 - 1.96 * spread, abs=0.1)
    assert high == pytest.approx(8 + 1.96 * spread, abs=0.1)
    assert interval(means([], seed=1)) == (0.0, 0.0)
