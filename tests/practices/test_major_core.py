"""Major incidents: criteria, roles kept apart, the clock of updates, rehearsals and their score."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.case import Case, Impact
from tickless.domain.errors import BadInput
from tickless.domain.major import MajorIncident, MajorSettings
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.practices.major.core import (
    criteria_met,
    filled,
    in_time,
    review_draft,
    update_template,
    with_roles,
    with_update,
)
from tickless.practices.major.rehearsing import play, score, seen_by, total

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WORLD = World.of(
    services=[Service(id=key, name=key.title()) for key in ("shop", "api", "db", "mail")],
    dependencies=[Dependency(service=one, needs=other, source="cmdb", last_seen=NOW)
                  for one, other in (("shop", "api"), ("api", "db"))],
)  # fmt: skip
people = st.sampled_from(["ada", "bo", "cy", "dee", None])


def major(**given_: object) -> MajorIncident:
    plain = {
        "id": "mjr-1",
        "title": "Shop is down",
        "state": "declared",
        "made_by": "ada",
        "made_at": NOW,
        "declared_at": NOW,
    }
    return MajorIncident.model_validate({**plain, **given_})


def case(priority: int, reached: int | None, *, kind: str = "incident") -> Case:
    return Case.model_validate(
        {"id": "c", "number": 1, "kind": kind, "need": None, "title": Untrusted("x"), "door": "machine", "opened_at": NOW,
         "updated_at": NOW, "impact": Impact.model_validate({"priority": priority, "people": reached, "reason": "r"})}
    )  # fmt: skip


@given(st.integers(1, 4), st.one_of(st.none(), st.integers(0, 500)))
def test_criteria_are_met_by_what_is_known_only(priority: int, reached: int | None) -> None:
    rules = MajorSettings()
    found = criteria_met(case(priority, reached), rules)
    assert bool(found) == (priority <= rules.priority or (reached is not None and reached >= rules.people))
    assert criteria_met(case(priority, reached, kind="request"), rules) == ()


@pytest.mark.parametrize(
    ("criticality", "priority", "severity", "proposed"),
    [(1, 2, "critical", True), (1, 3, "critical", False), (1, 2, "warning", False), (2, 2, "critical", False),
     (None, 2, "critical", False)],
)  # fmt: skip
def test_a_grave_service_is_enough_where_the_house_says_so(
    criticality: int | None, priority: int, severity: str, proposed: bool
) -> None:
    plain = case(priority, None)
    found = plain.model_copy(
        update={"impact": plain.impact.model_copy(update={"criticality": criticality, "severity": severity})}
    )
    assert criteria_met(found, MajorSettings()) == ()
    assert bool(criteria_met(found, MajorSettings(criticality=1))) == proposed


@given(people, people, st.lists(people.filter(bool), max_size=3))
def test_nobody_has_two_roles(commander: str | None, news: str | None, specialists: list[str]) -> None:
    wanted = [one for one in (commander, news, *dict.fromkeys(specialists)) if one]
    if len(wanted) != len(set(wanted)):
        with pytest.raises(BadInput, match="two roles"):
            with_roles(major(), commander=commander, communications=news, specialists=specialists)
        return
    made = with_roles(major(), commander=commander, communications=news, specialists=specialists)
    assert filled(made) == bool(commander and news and specialists)


@given(st.lists(st.tuples(st.integers(1, 90), st.one_of(st.none(), st.integers(5, 60))), min_size=1, max_size=12))
def test_each_update_is_late_by_what_it_is_late(steps: list[tuple[int, int | None]]) -> None:
    found, at = major(next_update_at=NOW + 15 * MINUTE), NOW
    for wait, minutes in steps:
        promised = found.next_update_at
        at += wait * MINUTE
        assert found.overdue(at) == (promised is not None and promised < at)
        found = with_update(found, "news", by="bo", now=at, minutes=minutes)
        assert promised is not None
        assert found.updates[-1].late == max(0.0, (at - promised).total_seconds())
    kept, of = in_time(found, until=at)
    assert kept <= of == len(steps)
    assert with_update(found, "over", by="bo", now=at, minutes=None, over=True).next_update_at is None


@given(st.integers(0, 10_000), st.sampled_from(["shop", "api", "db", "mail", None]))
def test_a_rehearsal_is_the_same_for_the_same_seed_and_comes_bit_by_bit(seed: int, service: str | None) -> None:
    played = play(WORLD, service=service, seed=seed, at=NOW)
    assert played == play(WORLD, service=service, seed=seed, at=NOW)
    assert played.alerts
    assert {one.service for one in played.alerts} <= set(WORLD.services)
    assert list(played.alerts) == sorted(played.alerts, key=lambda one: one.at)
    assert seen_by(played, NOW + dt.timedelta(hours=1)) == played.alerts
    assert len(seen_by(played, NOW)) <= len(played.alerts)


@given(st.integers(0, 200), st.integers(0, 200), st.sampled_from(["db", "api", ""]))
def test_sooner_is_never_worse_and_the_score_stays_in_its_bounds(soon: int, more: int, cause: str) -> None:
    def points(minutes: int) -> int:
        at = NOW + minutes * MINUTE
        done = major(rehearsal=play(WORLD, service="db", seed=1, at=NOW), declared_at=at, owner="ada", communications="bo",
                     specialists=("cy",), roles_filled_at=at, cause=cause, cause_named_at=at if cause else None,
                     stood_down_at=at)  # fmt: skip
        parts = score(done, now=at)
        assert all(part.points <= part.of for part in parts)
        return total(parts)

    assert 0 <= points(soon + more) <= points(soon) <= 100


def test_a_perfect_bridge_has_full_points() -> None:
    played = play(WORLD, service="db", seed=1, at=NOW)
    done = with_update(major(rehearsal=played, next_update_at=NOW + 15 * MINUTE), "we know", by="bo", now=NOW + 3 * MINUTE,
                       minutes=None)  # fmt: skip
    done = with_update(done, "over", by="bo", now=NOW + 20 * MINUTE, minutes=None, over=True)
    done = done.model_copy(
        update={
            "owner": "ada",
            "communications": "bo",
            "specialists": ("cy",),
            "roles_filled_at": NOW,
            "cause": "db",
            "cause_named_at": NOW + 9 * MINUTE,
            "stood_down_at": NOW + 20 * MINUTE,
        }
    )
    assert total(score(done, now=NOW)) == 100


def test_words_to_begin_with() -> None:
    assert "Next news at 09:30 UTC" in update_template(major(service="shop"), world=WORLD, now=NOW)
    text = review_draft(
        major(service="shop", owner="ada"), world=WORLD, opened_at=NOW - 9 * MINUTE, names={"ada": "Ada"}
    )
    assert "9 minutes later" in text
    assert "Led by Ada" in text
