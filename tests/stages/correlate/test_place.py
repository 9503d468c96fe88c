"""Which case an alert belongs to: the same trouble is one case, a symptom follows its cause, nothing else is put together."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.case import Case
from tickless.domain.finding import OUTAGES
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.core import AT_IT, CAUSES, SYMPTOMS, WINDOW, Trouble, is_symptom, place
from tickless.stages.correlate.nearby import HOPS

NAMES = ["web", "api", "db", "bus", "mail"]
NEEDS = [*sorted(SYMPTOMS)[:2], *sorted(CAUSES)[:2], "account_lockout"]
MINUTE = dt.timedelta(minutes=1)


def world(*edges: tuple[str, str]) -> World:
    return World.of(services=[Service(id=name, name=name.title()) for name in NAMES],
                    dependencies=[Dependency(service=a, needs=b, source="t", last_seen=NOW) for a, b in edges])  # fmt: skip


def trouble(need: str, service: str | None, at: dt.datetime = NOW) -> Trouble:
    return Trouble(need=need, subject=f"service:{service}", service=service, fingerprint="f", at=at)


def about(number: int, need: str, service: str | None, **given: object) -> Case:
    return case(
        number, need=need, subject=f"service:{service}", service=service, opened_at=NOW, updated_at=NOW, **given
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Trouble, list[Case], Case | None, World]:
    edges = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=6))
    services = st.none() | st.sampled_from([*NAMES, "unknown"])
    at = NOW + draw(st.integers(-40, 40)) * MINUTE
    cases = [about(number, draw(st.sampled_from(NEEDS)), draw(services), door=draw(st.sampled_from(["machine", "human"])),
                   state=draw(st.sampled_from(["open", "acting", "verifying"])),
                   kind=draw(st.sampled_from(["incident", "risk"])))
             for number in range(1, draw(st.integers(0, 4)) + 1)]  # fmt: skip
    one = trouble(draw(st.sampled_from(NEEDS)), draw(services), at)
    last = draw(st.none() | st.sampled_from(["resolved", "handed_off", "open"]))
    hold = draw(st.none() | st.integers(-30, 30))
    ended = None if last is None else case(9, need=one.need, subject=one.subject, state=last,
                                           hold_until=None if hold is None else NOW + hold * MINUTE)  # fmt: skip
    return one, cases, ended, world(*edges)


@given(scene=scenes())
def test_the_promises_of_every_placing(scene: tuple[Trouble, list[Case], Case | None, World]) -> None:
    one, live, last, known = scene
    placed = place(one, live, last, known)
    assert place(one, live, last, known) == placed
    assert placed.why
    assert (placed.case is None) is (placed.how == "open")
    same = [c for c in live if c.door == "machine" and (c.subject, c.need) == (one.subject, one.need)]
    if same:
        assert (placed.how, placed.case) == ("join", same[0])
        return
    if placed.how == "reopen":
        assert placed.case == last
        assert last is not None
        assert not last.live
        assert last.hold_until is not None
        assert one.at <= last.hold_until
    if placed.how == "join" and placed.case == last:
        assert last is not None
        assert last.state == "handed_off" or last.resolved_at is not None
    elif placed.how == "join":
        assert placed.case in live
        assert placed.case is not None
        assert placed.case.door == "machine"
        assert one.service is not None
        assert min(abs(one.at - placed.case.updated_at), abs(one.at - placed.case.opened_at)) <= WINDOW
        mine = {one.service, *known.upstream_of(one.service, hops=HOPS)}
        theirs = {placed.case.service, *known.upstream_of(placed.case.service or "", hops=HOPS)}
        assert mine & theirs, "only what hangs together on the map is put together"
    if placed.take_over:
        assert placed.case is not None
        deeper = one.service in known.upstream_of(placed.case.service or "", hops=HOPS)
        assert is_symptom(placed.case.need) or (placed.case.need in OUTAGES and deeper), (
            "a known cause is never replaced"
        )


@given(need=st.sampled_from([*SYMPTOMS, None]), other=st.sampled_from([*CAUSES, "account_lockout"]))
def test_what_is_a_symptom(need: str | None, other: str) -> None:
    assert is_symptom(need)
    assert not is_symptom(other)


def test_a_symptom_joins_the_cause_that_it_needs_the_nearest_first() -> None:
    known = world(("web", "api"), ("api", "db"))
    live = [about(1, "service_down", "db"), about(2, "service_down", "api"), about(3, "service_down", "mail")]
    placed = place(trouble("http_errors", "web"), live, None, known)
    assert placed.case
    assert placed.case.number == 2
    assert "directly" in placed.why
    assert place(trouble("http_errors", "mail"), live[:2], None, known).how == "open"
    assert place(trouble("latency_high", "db"), live[1:], None, known).how == "open", (
        "a cause doesn't hurt what it needs"
    )


def test_a_cause_takes_over_the_symptoms_that_it_explains() -> None:
    known = world(("web", "api"), ("api", "db"))
    symptoms = about(1, "http_errors", "web")
    placed = place(trouble("service_down", "db"), [symptoms], None, known)
    assert (placed.how, placed.case, placed.take_over) == ("join", symptoms, True)
    acting = symptoms.model_copy(update={"state": "acting"})
    assert place(trouble("service_down", "db"), [acting], None, known).how == "open"
    assert place(trouble("service_down", "mail"), [symptoms], None, known).how == "open"


def test_what_comes_back_while_people_are_at_it_is_no_new_case() -> None:
    handed = about(1, "service_down", "web", state="handed_off")
    again = trouble("service_down", "web", NOW + AT_IT)
    assert (place(again, [], handed, world()).how, place(again, [], handed, world()).case) == ("join", handed)
    assert place(trouble("service_down", "web", NOW + AT_IT + MINUTE), [], handed, world()).how == "open"
    ended = handed.model_copy(update={"state": "resolved"})
    assert place(again, [], ended, world()).how == "open", "people say that it is over"


def test_two_causes_are_two_cases() -> None:
    known = world(("web", "api"), ("api", "db"))
    assert place(trouble("pool_exhausted", "web"), [about(1, "service_down", "db")], None, known).how == "open"
    assert place(trouble("service_down", "db"), [about(1, "pool_exhausted", "web")], None, known).how == "open"
    assert place(trouble("service_down", "mail"), [about(1, "service_down", "db")], None, known).how == "open"


def test_what_does_not_answer_is_hurt_by_what_it_needs_in_whatever_order_they_are_told() -> None:
    known = world(("web", "api"), ("api", "db"))
    for root in ("service_down", "pool_exhausted", "http_errors"):
        found = about(1, root, "db")
        after = place(trouble("service_down", "web"), [found], None, known)
        assert (after.how, after.case, after.take_over) == ("join", found, False)
        felt = about(2, "service_down", "web")
        before = place(trouble(found.need, "db"), [felt], None, known)
        assert (before.how, before.case, before.take_over) == ("join", felt, True)
        acting = felt.model_copy(update={"state": "acting"})
        assert not place(trouble(found.need, "db"), [acting], None, known).take_over, "what acts is not taken over"
    for other in ("latency_high", "unknown", "account_lockout"):
        assert place(trouble("service_down", "web"), [about(1, other, "db")], None, known).how == "open", other


def test_old_trouble_takes_nothing_in() -> None:
    known = world(("web", "db"))
    late = trouble("http_errors", "web", NOW + WINDOW + MINUTE)
    assert place(late, [about(1, "service_down", "db")], None, known).how == "open"


def test_a_loop_in_the_map_ends() -> None:
    known = world(("web", "api"), ("api", "web"), ("web", "web"))
    placed = place(trouble("http_errors", "web"), [about(1, "service_down", "api")], None, known)
    assert placed.how == "join"
