"""A surge: enough different people, rarer than chance, about the same thing."""

from __future__ import annotations

import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.surge import LEAST, WINDOW, Report, at_least, find_surge

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
WORLD = World.of(
    services=[Service(id=name, name=name, criticality=2) for name in ("wiki", "sso", "mail")],
    dependencies=[Dependency(service="wiki", needs="sso", source="import", confidence=1.0, last_seen=NOW)],
)


def report(number: int, *, who: str = "", minutes: float = 0, **given_: str | None) -> Report:
    values: dict[str, str | None] = {"need": "incident_report", "service": None, "text": "the wiki is down", **given_}
    return Report(
        case=f"case_{number}",
        who=who or f"p{number}",
        at=NOW - dt.timedelta(minutes=minutes),
        **values,  # type: ignore[arg-type]
    )


def test_three_people_with_the_same_words_are_a_surge_where_nobody_usually_complains() -> None:
    texts = ["the wiki is down", "wiki down for anyone else?", "is the wiki down again"]
    reports = [report(n, minutes=n, text=text) for n, text in enumerate(texts)]
    found = find_surge(reports[0], reports, usual_per_hour=0.0, world=WORLD)
    assert found is not None
    assert found.people == 3
    assert "3 people" in found.why


def test_one_person_who_writes_three_times_is_none() -> None:
    reports = [report(n, who="p1", minutes=n) for n in range(3)]
    assert find_surge(reports[0], reports, usual_per_hour=0.0, world=WORLD) is None


def test_what_is_usual_is_none() -> None:
    resets = [report(n, need="password_reset", text="forgot it") for n in range(4)]
    assert find_surge(resets[0], resets, usual_per_hour=9.0, world=WORLD) is None
    assert find_surge(resets[0], resets, usual_per_hour=0.1, world=WORLD) is not None


def test_old_reports_and_other_troubles_do_not_count() -> None:
    old = [report(n, minutes=WINDOW.total_seconds() / 60 + 1 + n) for n in range(1, 4)]
    others = [report(n, text="the coffee machine leaks") for n in range(5, 8)]
    assert find_surge(report(0), [*old, *others], usual_per_hour=0.0, world=WORLD) is None


def test_it_is_about_the_service_that_the_others_need() -> None:
    reports = [report(1, service="wiki"), report(2, service="sso"), report(3, service="wiki")]
    found = find_surge(reports[0], reports, usual_per_hour=0.0, world=WORLD)
    assert found is not None
    assert found.service == "sso"
    assert find_surge(report(4, service="mail"), reports, usual_per_hour=0.0, world=WORLD) is None


@given(st.integers(0, 30), st.floats(0.01, 20))
def test_the_tail_falls_with_the_count_and_rises_with_the_mean(count: int, mean: float) -> None:
    assert 0 <= at_least(count + 1, mean) <= at_least(count, mean) <= 1
    assert at_least(count, mean) <= at_least(count, mean * 2) + 1e-12
    exact = 1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))
    assert math.isclose(at_least(count, mean), max(0.0, exact), abs_tol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 60)), max_size=20), st.floats(0, 50))
def test_never_fewer_than_the_least(told: list[tuple[int, float]], usual: float) -> None:
    reports = [report(n, who=f"p{who}", minutes=minutes) for n, (who, minutes) in enumerate(told)]
    found = find_surge(report(99), reports, usual_per_hour=usual, world=WORLD)
    if found is not None:
        assert found.people >= LEAST
        assert len({r.who for r in found.reports}) == found.people
