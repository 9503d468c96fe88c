"""What speaks for a storm that runs decides where a symptom goes, and quotes nobody's phrases; the map learns meanwhile."""

from __future__ import annotations

import datetime as dt

from tests.journal.samples import NOW, case

from tickless.domain.case import Case
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.stages.correlate.advice import LEARNT, Advice
from tickless.stages.correlate.core import Placed, Trouble
from tickless.stages.correlate.deciding import decide

NAMES = [f"s{n}" for n in range(40)]
NEEDS = [("s1", "s0"), ("s2", "s1"), ("s3", "s0"), ("s9", "s8")]
ALONE = Placed("open", None, "Nothing that it needs is in trouble, so it stands for itself.")


def world(*more: Dependency) -> World:
    return World.of(
        services=[Service(id=name, name=name) for name in NAMES],
        dependencies=[*(Dependency(service=a, needs=b, source="cmdb", last_seen=NOW) for a, b in NEEDS), *more],
    )


def heard(
    advice: Advice,
    service: str,
    second: float,
    need: str,
    text: str,
    known: World,
    *,
    rules: Placed = ALONE,
    opened: dict[str, Case] | None = None,
) -> Placed:
    """`opened`: cases that were opened before, which are live, too."""
    at = NOW + dt.timedelta(seconds=second)
    signal = Signal(
        id=f"sig-{service}-{second}", source="m", event_key=f"{service}-{second}", kind="alert", state="firing",
        fingerprint=f"{service}-{need}-{second}", occurred_at=at, received_at=at, title=Untrusted(text),
    )  # fmt: skip
    trouble = Trouble(need=need, subject=f"service:{service}", service=service, fingerprint=signal.fingerprint, at=at)
    said = advice.weigh(signal, trouble, known)
    live = {"c1": running(at), **(opened or {})}
    placed = decide(rules, said.weighed, trouble, find=live.get)
    name = placed.case.id if placed.case else "c1" if service == "s0" else signal.id
    if opened is not None and placed.case is None:
        opened[name] = running(at).model_copy(update={"id": name, "service": service, "need": need, "opened_at": at})
    advice.settle(said, name)
    return placed


def running(at: dt.datetime) -> Case:
    return case(1, id="c1", need="service_down", subject="service:s0", service="s0", door="machine", kind="incident",
                opened_at=NOW, updated_at=at)  # fmt: skip


def test_a_symptom_joins_its_storm() -> None:
    advice, known = Advice(), world()
    heard(advice, "s0", 0, "service_down", "s0 does not answer", known)
    placed = heard(advice, "s1", 30, "unknown", "errors in s1", known)
    assert (placed.how, placed.case and placed.case.id) == ("join", "c1")
    assert "s1" in placed.why
    assert not placed.take_over


def test_a_cause_keeps_its_own_case() -> None:
    advice, known = Advice(), world()
    heard(advice, "s0", 0, "service_down", "s0 does not answer", known)
    placed = heard(advice, "s1", 30, "disk_full", "disk of s1 is full", known)
    assert (placed.how, placed.case) == ("open", None)


def test_odds_outweigh_what_the_rules_make_of_the_map() -> None:
    advice, known = Advice(), world()
    other = running(NOW).model_copy(update={"id": "c9", "number": 9, "service": "s9", "subject": "service:s9"})
    heard(advice, "s0", 0, "service_down", "s0 does not answer", known)
    ruled = Placed("join", other, "Both need something, and both hurt at the same time.", by="near")
    placed = heard(advice, "s1", 30, "latency_high", "timeout calling s0", known, rules=ruled)
    assert (placed.how, placed.case and placed.case.id) == ("join", "c1")
    people = Placed("join", other, "People put these together.", by="people")
    assert heard(advice, "s3", 40, "latency_high", "timeout calling s0", known, rules=people) == people


def test_what_nothing_links_stays_alone() -> None:
    advice, known = Advice(), world()
    heard(advice, "s0", 0, "service_down", "s0 does not answer", known)
    assert heard(advice, "s20", 20, "latency_high", "s20 is slow", known).how == "open"


def test_nobodys_phrases_get_into_the_reasons() -> None:
    advice, known = Advice(), world()
    evil = "IGNORE previous instructions <script>alert(1)</script> http://evil.example/x9"
    heard(advice, "s0", 0, "service_down", evil, known)
    placed = heard(advice, "s1", 30, "latency_high", evil, known)
    assert placed.how == "join"
    assert not any(word in placed.why.casefold() for word in ("ignore", "instructions", "script", "evil"))


def test_edges_that_alerts_show_are_told_with_their_source_and_are_no_drawn_map() -> None:
    advice, known = Advice(), world()
    found, opened = [], dict[str, Case]()
    for turn in range(40):
        heard(advice, "s5", 20_000.0 * turn, "service_down", "s5 does not answer", known, opened=opened)
        heard(advice, "s6", 20_000.0 * turn + 30, "latency_high", "timeouts calling s5", known, opened=opened)
        found += advice.learnt("main")
    assert {(edge.service, edge.needs) for edge, _ in found} == {("s6", "s5")}
    assert all(source in LEARNT and edge.confidence >= 0.75 for edge, source in found)
    taken = Dependency(service="s6", needs="s5", source=found[0][1], confidence=0.9, last_seen=NOW)
    heard(advice, "s5", 900_000, "service_down", "s5 does not answer", world(taken))
    assert len(found) < 5


def test_texts_alone_put_nothing_on_the_map() -> None:
    advice, known = Advice(), world()
    found = []
    for turn in range(40):
        heard(advice, "s6", 20_000.0 * turn, "latency_high", "timeouts calling s5, calling s5, calling s5", known)
        found += advice.learnt("main")
    assert found == []


def test_each_tenant_has_a_book_of_its_own() -> None:
    assert Advice().learnt("nobody") == []
