"""Impact: unknown stays unknown, more reach never lowers a priority, requests are ordinary."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.person import Person
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.impact import impact

KINDS = st.sampled_from(["incident", "risk"])
SEVERITIES = st.sampled_from([None, "critical", "error", "warning", "info"])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    levels = st.sampled_from([1, 2, 3, 4])
    services = [Service(id=f"s{n}", name=f"S{n}", criticality=draw(levels), users=draw(st.sampled_from([(), ("g",)])))
                for n in range(5)]  # fmt: skip
    pairs = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
    people = [Person(id=f"p{n}", username=f"u{n}", name="n", email=f"{n}@x", department="d", groups=("g",))
              for n in range(draw(st.sampled_from([0, 3, 60])))]  # fmt: skip
    edges = [Dependency(service=f"s{a}", needs=f"s{b}", source="t", last_seen=NOW) for a, b in pairs]
    return World.of(services=services, people=people, dependencies=edges)


@given(known=worlds(), kind=KINDS, severity=SEVERITIES, service=st.sampled_from(["s0", "s3"]))
def test_the_most_critical_that_suffers_decides(known: World, kind: str, severity: str | None, service: str) -> None:
    found = impact(kind=kind, service=service, severity=severity, world=known)
    hurt = {service, *known.dependents_of(service)}
    worst = min(known.services[one].criticality for one in hurt)
    assert {*found.services} == hurt
    assert found.criticality == worst
    assert worst - 1 <= found.priority <= worst + 1
    assert found.people == known.users_of(hurt)
    assert known.services[service].name in found.reason
    threatened = impact(kind="risk", service=service, severity=severity, world=known)
    assert threatened.priority >= found.priority


@given(known=worlds(), severity=SEVERITIES)
def test_one_more_dependent_never_makes_it_less_urgent(known: World, severity: str | None) -> None:
    more = World(known.people, known.apps, known.devices, known.services, known.items,
                 (*known.dependencies, Dependency(service="s4", needs="s0", source="t", last_seen=NOW)))  # fmt: skip
    before, after = (impact(kind="incident", service="s0", severity=severity, world=one) for one in (known, more))
    assert after.priority <= before.priority


@given(known=worlds(), service=st.sampled_from([None, "nowhere"]), severity=SEVERITIES)
def test_unknown_stays_unknown(known: World, service: str | None, severity: str | None) -> None:
    found = impact(kind="incident", service=service, severity=severity, world=known)
    assert (found.service, found.criticality, found.people, found.services) == (None, None, None, ())
    assert "unknown" in found.reason


@given(known=worlds(), kind=st.sampled_from(["request", "question"]))
def test_a_request_is_one_persons(known: World, kind: str) -> None:
    found = impact(kind=kind, service="s0", severity="critical", world=known)
    assert (found.priority, found.people) == (4, 1)
