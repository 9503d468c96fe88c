"""Impact by belief and by the hour: monotone in criticality and reach, unknown is no number, night lowers only hours."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.case import Case, Impact
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.service import SILENT, Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.impact import ORDINARY, impact, reassessed

DAY = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 3, 2, 23, 0, tzinfo=dt.UTC)
HOURS = "Mon-Fri 08:00-18:00"
LEVELS = st.sampled_from([None, 1, 2, 3, 4])
SEVERITY = st.sampled_from([None, "critical", "warning"])


@st.composite
def worlds(draw: st.DrawFn, hours: bool = True) -> World:
    services = [
        Service(id=f"s{n}", name=f"S{n}", criticality=draw(LEVELS), users=draw(st.sampled_from([(), ("g",)])),
                hours=draw(st.sampled_from([None, HOURS])) if hours else None,
                lifecycle=draw(st.sampled_from(["live", "live", "retired"])))
        for n in range(5)
    ]  # fmt: skip
    pairs = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0, 1)), max_size=9))
    people = [Person(id=f"p{n}", username=f"u{n}", name="n", email=f"{n}@x", department="d", groups=("g",))
              for n in range(draw(st.sampled_from([0, 60])))]  # fmt: skip
    edges = {
        (a, b): Dependency(service=f"s{a}", needs=f"s{b}", source="t", confidence=sure, last_seen=DAY)
        for a, b, sure in pairs
    }
    return World.of(services=services, people=people, dependencies=edges.values())


def of(world: World, at: dt.datetime | None = DAY, severity: str | None = None) -> Impact:
    return impact(kind="incident", service="s0", severity=severity, world=world, at=at)  # type: ignore[arg-type]


def with_service(world: World, **change: object) -> World:
    name = str(change.pop("id"))
    changed = world.services[name].model_copy(update=change)
    return World.of(services=[{**world.services, name: changed}[key] for key in world.services], people=world.people.values(),
                    dependencies=world.dependencies)  # fmt: skip


@given(worlds(), st.sampled_from([f"s{n}" for n in range(5)]), SEVERITY, st.sampled_from([DAY, NIGHT]))
def test_more_critical_is_never_less_urgent(world: World, name: str, severity: str | None, at: dt.datetime) -> None:
    level = world.services[name].criticality
    if level is not None and level > 1:
        assert (
            of(with_service(world, id=name, criticality=level - 1), at, severity).priority
            <= of(world, at, severity).priority
        )


@given(worlds(), st.floats(0, 1), SEVERITY, st.sampled_from([DAY, NIGHT]))
def test_more_reach_is_never_less_urgent_where_criticality_is_known(
    world: World, sure: float, severity: str | None, at: dt.datetime
) -> None:
    more = Dependency(service="s4", needs="s0", source="t", confidence=sure, last_seen=DAY)
    further = World.of(
        services=world.services.values(), people=world.people.values(), dependencies=[*world.dependencies, more]
    )
    before, after = of(world, at, severity), of(further, at, severity)
    assert set(before.services) <= set(after.services)
    if before.criticality is not None:
        assert after.priority <= before.priority


@given(worlds(), SEVERITY)
def test_night_lowers_only_what_has_hours(world: World, severity: str | None) -> None:
    day, night = of(world, DAY, severity), of(world, NIGHT, severity)
    assert day.priority <= night.priority <= day.priority + 2
    for name, service in world.services.items():
        if service.hours is None and service.criticality is not None and name in night.services:
            alone = with_service(world, id=name, hours=None)
            assert of(alone, NIGHT, severity).priority == night.priority
    without = World.of(services=[one.model_copy(update={"hours": None}) for one in world.services.values()],
                       people=world.people.values(), dependencies=world.dependencies)  # fmt: skip
    assert of(without, NIGHT, severity).model_copy(update={"assessed_at": DAY}) == of(without, DAY, severity)


@given(worlds(), st.sampled_from([DAY, NIGHT]))
def test_what_nobody_said_is_no_number(world: World, at: dt.datetime) -> None:
    silent = World.of(services=[one.model_copy(update={"criticality": None, "users": ()}) for one in world.services.values()],
                      people=world.people.values(), dependencies=world.dependencies)  # fmt: skip
    found = of(silent, at)
    assert (found.criticality, found.people, found.confidence, found.priority) == (None, None, None, ORDINARY)
    assert "nobody has said" in found.reason


@given(worlds())
def test_belief_is_followed_as_far_as_it_carries(world: World) -> None:
    found = of(world)
    sure = world.sufferers_of("s0")
    assert set(found.services) - {"s0"} == {one for one in sure if world.services[one].lifecycle != "retired"}
    assert all(SILENT <= one <= 1 for one in sure.values())
    if found.confidence is not None:
        assert SILENT <= found.confidence <= 1


def a_case(found: Impact) -> Case:
    return Case(id="case_1", number=1, kind="incident", need="service_down", title=Untrusted("t"), service="s0",
                door="machine", impact=found, opened_at=DAY, updated_at=DAY)  # fmt: skip


@given(worlds(), SEVERITY)
def test_a_repeat_changes_nothing_and_the_hour_what_it_should(world: World, severity: str | None) -> None:
    case = a_case(of(world, DAY, severity))
    assert reassessed(case, world, DAY + dt.timedelta(minutes=30)) is None
    later = reassessed(case, world, NIGHT)
    assert (later or case.impact).priority == of(world, NIGHT, severity).priority


def test_peoples_words_stay_when_the_hour_changes() -> None:
    world = World.of(services=[Service(id="s0", name="S", criticality=3, hours=HOURS)])
    told = of(world).model_copy(update={"priority": 2, "steps": 1, "said": "The person says that many are hit."})
    night = reassessed(a_case(told), world, NIGHT)
    assert night is not None
    assert (night.priority, night.steps) == (3, 1)
    assert night.reason.endswith("The person says that many are hit.")
    assert reassessed(a_case(Impact(priority=3, reason="One person.")), world, NIGHT) is None
