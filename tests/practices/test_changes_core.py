"""Changes: the risk with its parts, collisions, and an outcome by what happened after."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.brake import ChangeRule
from tickless.domain.change import Change, ChangeResult
from tickless.domain.change_event import ChangeEvent
from tickless.domain.known import Maintenance
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.practices.changes.collisions import collisions_of, overlap
from tickless.practices.changes.core import WEIGHTS, Asked, bodies_for, failure_bound, loses_authority, risk_of
from tickless.practices.changes.from_events import change_of
from tickless.practices.changes.outcomes import WATCH, Facts, Trouble, at_least, outcome_of

NOW = dt.datetime(2026, 3, 2, 20, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
RESULTS: tuple[ChangeResult, ...] = ("success", "degraded", "backed_out", "failed", "unknown")
WORLD = World.of(
    services=[
        Service(id="shop", name="Shop", criticality=1, hours="daily 06:00-22:00", users=("everyone",)),
        Service(id="db", name="Database", criticality=2),
        Service(id="wiki", name="Wiki", criticality=4, hours="Mon-Fri 08:00-18:00"),
    ],
    dependencies=[Dependency(service="shop", needs="db", source="cmdb", last_seen=NOW)],
)


def change(**values: object) -> Change:
    plain = {"id": "chg-1", "title": "New disks", "service": "db", "services": ("db",), "starts_at": NOW,
             "ends_at": NOW + HOUR, "made_by": "ada", "made_at": NOW, "state": "watched", "said": "done"}  # fmt: skip
    return Change.model_validate({**plain, **values})


def asked(**values: object) -> Asked:
    return replace(Asked(services=("db",), starts_at=NOW, ends_at=NOW + HOUR, backout="written"), **values)  # type: ignore[arg-type]


outcomes = st.lists(st.sampled_from(RESULTS), max_size=30)


@given(st.sampled_from(["db", "shop", "wiki", "nobody-knows"]), st.sampled_from(["none", "written", "tested"]), outcomes,
       st.integers(0, 24 * 7), st.integers(1, 40), st.booleans())  # fmt: skip
def test_the_score_is_the_sum_of_its_parts(
    service: str, backout: str, past: list[ChangeResult], later: int, hours: int, frozen: bool
) -> None:
    at = NOW + later * HOUR
    found = risk_of(
        asked(
            services=(service,),
            backout=backout,
            past=tuple(past),
            starts_at=at,
            ends_at=at + hours * HOUR,
            frozen=frozen,
        ),
        WORLD,
    )
    assert {part.name for part in found.parts} == set(WEIGHTS)
    assert found.score == min(100, round(sum(part.points for part in found.parts)))
    assert all(part.words for part in found.parts)


@given(outcomes)
def test_a_better_way_back_never_raises_the_risk_and_a_freeze_never_lowers_it(past: list[ChangeResult]) -> None:
    scores = [risk_of(asked(backout=way, past=tuple(past)), WORLD).score for way in ("none", "written", "tested")]
    assert scores == sorted(scores, reverse=True)
    assert risk_of(asked(frozen=True, past=tuple(past)), WORLD).score >= risk_of(asked(past=tuple(past)), WORLD).score


@given(st.integers(0, 50), st.integers(0, 50))
def test_one_more_failure_is_never_better(bad: int, good: int) -> None:
    total = bad + good
    assert 0 <= failure_bound(bad, total) <= 1
    assert failure_bound(bad + 1, total + 1) >= failure_bound(bad, total + 1)


def test_a_place_that_much_depends_on_is_riskier_than_one_on_which_nothing_does() -> None:
    assert risk_of(asked(services=("db",)), WORLD).score > risk_of(asked(services=("wiki",)), WORLD).score
    timing = {part.name: part for part in risk_of(asked(services=("shop",)), WORLD).parts}["timing"]
    assert "Shop has to work" in timing.words


def test_whose_yes_it_takes() -> None:
    low = risk_of(asked(services=("wiki",), backout="tested", past=("success",) * 30), WORLD)
    assert low.level == "low"
    assert bodies_for("normal", low) == ("service_owner",)
    assert bodies_for("standard", low) == ()
    assert bodies_for("emergency", low) == ("role:approver:1",)
    high = risk_of(asked(services=("shop",), backout="none", frozen=True), WORLD)
    assert high.level == "high"
    assert bodies_for("normal", high) == ("service_owner", "role:approver:2")


def test_a_standard_change_loses_its_authority_by_its_outcomes() -> None:
    assert loses_authority(("failed", "degraded")) != ""
    assert loses_authority(("failed", "success", "success")) == ""
    assert loses_authority(("success", "degraded", "failed", "success", "success")) != ""
    assert loses_authority(("unknown",) * 9) == ""


def test_quiet_counts_as_success_only_where_something_watches() -> None:
    assert outcome_of(change(), Facts(watched=True), now=NOW + 9 * HOUR).result == "success"
    assert outcome_of(change(), Facts(), now=NOW + 9 * HOUR).result == "unknown"
    assert outcome_of(change(checked="passed"), Facts(), now=NOW + 9 * HOUR).result == "success"


def trouble(**values: object) -> Trouble:
    return replace(Trouble(7, "Shop is slow", 3, NOW + HOUR), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        (Facts(watched=True, troubles=(trouble(),)), "degraded"),
        (Facts(watched=True, troubles=(trouble(priority=1),)), "failed"),
        (Facts(watched=True, troubles=(trouble(priority=1, elsewhere=True),)), "success"),
        (Facts(watched=True, troubles=(trouble(priority=1, elsewhere=True, blamed=True),)), "failed"),
        (Facts(watched=True, troubles=(trouble(priority=1, distance=2),)), "success"),
        (Facts(watched=True, alerts=5), "degraded"),
        (Facts(watched=True, alerts=5, usual=1_000), "success"),
        (Facts(watched=True, rollbacks=(("sig-1", "rollback of db 2.1", NOW + HOUR),)), "backed_out"),
        (Facts(watched=True, checks=(("9", "it did not hold", False, NOW + HOUR),)), "failed"),
    ],
)
def test_what_happened_after_decides(facts: Facts, result: ChangeResult) -> None:
    found = outcome_of(change(), facts, now=NOW + 9 * HOUR)
    assert found.result == result
    if result != "success":
        assert any(one.speaks == "against" for one in found.evidence)


@given(st.sampled_from(["done", "failed", "backed_out", None]), st.booleans(), st.integers(0, 9))
def test_what_is_said_alone_never_makes_a_success(said: str | None, watched: bool, alerts: int) -> None:
    found = outcome_of(change(said=said), Facts(watched=watched, alerts=alerts), now=NOW + 9 * HOUR)
    if found.result == "success":
        assert watched
        assert said in {"done", None}
    assert found.until == NOW + HOUR + WATCH


@given(st.integers(0, 60), st.floats(0, 60, allow_nan=False))
def test_the_chance_of_as_many_falls_with_their_number(count: int, expected: float) -> None:
    assert 0 <= at_least(count + 1, expected) <= at_least(count, expected) + 1e-9


moments = st.integers(0, 100).map(lambda hours: NOW + hours * HOUR)


@given(moments, moments, moments, moments)
def test_two_spans_overlap_one_another(a: dt.datetime, b: dt.datetime, c: dt.datetime, d: dt.datetime) -> None:
    one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == (one[0] < one[1])


def test_collisions_are_found_over_the_map_and_a_freeze_forbids() -> None:
    other = change(id="chg-2", title="Schema", service="shop", services=("shop",), state="approved")
    window = Maintenance(id="mnt_1", service="db", title="Patches", starts_at=NOW, ends_at=NOW + HOUR)
    freeze = ChangeRule(id="r", kind="freeze", title="Year end", starts_at=NOW, by="ada", made_at=NOW)
    rules = [freeze]
    found = collisions_of(change(), others=[other, change()], windows=[window], rules=rules, world=WORLD)
    assert [(one.kind, one.hard) for one in found] == [("freeze", True), ("change", False), ("maintenance", False)]
    assert "Shop needs Database" in found[1].words
    emergency = collisions_of(change(kind="emergency"), others=[], windows=[], rules=rules, world=WORLD)
    assert emergency == ()
    own = window.model_copy(update={"change": "chg-1"})
    assert collisions_of(change(), others=[], windows=[own], rules=(), world=WORLD) == ()


def test_a_deployment_becomes_the_same_change_each_time() -> None:
    event = ChangeEvent(
        id="sig_1", source="ci", kind="deploy", service="shop", occurred_at=NOW, title=Untrusted("shop 2.4")
    )
    made = change_of(event, models={"shop": "mod-1"})
    assert made is not None
    assert made == change_of(event, models={"shop": "mod-1"})
    assert (made.kind, made.state, made.event) == ("standard", "watched", "sig_1")
    bare = change_of(event, models={})
    assert bare is not None
    assert "No approval is on record" in bare.story[0].text
    assert change_of(event.model_copy(update={"service": None}), models={}) is None
