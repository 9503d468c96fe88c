"""Whose need it is and where it goes: never a guess about the person, never a second case for the same need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.finding import Entity, Finding
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.people import beneficiary, place_need, subject_of

WORLD = World.of(
    people=[Person(id=one, username=one, name=one, email=f"{one}@x", department="d", manager=manager)
            for one, manager in (("p1", "p2"), ("p2", None), ("p3", "p2"))],
    services=[Service(id="shop", name="Shop"), Service(id="db", name="Database"), Service(id="mail", name="Mail")],
    dependencies=[Dependency(service="shop", needs="db", source="t", last_seen=NOW)],
)  # fmt: skip


def finding(**given: object) -> Finding:
    values = {"id": "fin_1", "signal": "sig_1", "kind": "request", "need": "access_request", "confidence": 1.0,
              "brain": "rules", "made_at": NOW}  # fmt: skip
    return Finding(**{**values, **given})


@given(writer=st.sampled_from([None, "p1", "p2", "stranger"]),
       said=st.sampled_from([None, "p1", "p3", "role:manager", "somebody", "role:boss", ""]),
       named=st.sampled_from([None, "p1", "p3"]), others=st.sampled_from([(), ("p1", "p3")]))  # fmt: skip
def test_a_person_is_known_or_asked_for_never_guessed(
    writer: str | None, said: str | None, named: str | None, others: tuple[str, ...]
) -> None:
    entity = Entity(kind="person", text=Untrusted("tom"), ref=named, confidence=0.5, alternatives=others)
    whom = beneficiary(finding(slots={} if said is None else {"for": said}, entities=(entity,)), writer, WORLD)
    if said is None:
        assert whom.person == (named if writer is None else writer)
    elif said == "role:manager":
        assert whom.person == {"p1": "p2"}.get(writer or "")
    elif said in WORLD.people:
        assert whom.person == said
    else:
        assert whom.person is None
        assert whom.choices == others
    if said is not None and whom.person is None:
        assert whom.unknown, "meant for somebody else is never taken for the writer's own"


def test_the_same_need_of_the_same_person_is_one_case() -> None:
    one = finding(slots={"app": "crm"})
    subject = subject_of(one, "p1")
    assert subject == "person:p1/crm"
    assert subject_of(finding(), None) == "signal:sig_1", "without a person nothing is shared"
    assert subject_of(finding(need="incident_report", slots={"service": "shop"}), "p1") == "service:shop"
    held = case(1, kind="request", need="access_request", subject=subject, door="human")
    assert place_need(one, subject=subject, live=[held], world=WORLD).how == "again"
    assert place_need(one, subject="person:p3/crm", live=[held], world=WORLD).how == "open"
    assert place_need(finding(need="password_reset"), subject=subject, live=[held], world=WORLD).how == "open"


def test_a_report_joins_the_incident_that_explains_it_and_a_request_never_does() -> None:
    report = finding(kind="incident", need="incident_report", slots={"service": "shop"})
    live = [case(3, subject="service:mail", service="mail"), case(2, subject="service:db", service="db"),
            case(1, subject="person:p9", service="shop", door="human")]  # fmt: skip
    placed = place_need(report, subject="service:shop", live=live, world=WORLD)
    assert placed.case
    assert (placed.how, placed.case.number) == ("join", 2)
    nearer = [*live, case(4, subject="service:shop", service="shop", need="http_errors")]
    assert place_need(report, subject="service:shop", live=nearer, world=WORLD).case == nearer[-1]
    asked = finding(slots={"service": "shop"})
    assert place_need(asked, subject="person:p1", live=nearer, world=WORLD).how == "open"
    assert place_need(report, subject="service:shop", live=live[:1], world=WORLD).how == "open"
