"""Where an alert goes in the end: people's word before odds, odds before rules, nothing by time alone."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.case import Case
from tickless.stages.correlate.core import CAUSES, HARMLESS, SYMPTOMS, Placed, Trouble, is_symptom
from tickless.stages.correlate.deciding import YOUNG, decide, union_of
from tickless.stages.correlate.grouping.alarm import Fit, Reason, Said, Weighed

NEEDS = [*sorted(SYMPTOMS)[:2], *sorted(CAUSES)[:3], *sorted(HARMLESS)[:2], "never_heard_of"]
STATES = ["open", "acting", "verifying", "handed_off", "resolved", "merged"]


def about(number: int, need: str, service: str, **given: object) -> Case:
    known: dict[str, object] = {"door": "machine", "kind": "incident", "opened_at": NOW, "updated_at": NOW, **given}
    return case(number, id=f"c{number}", need=need, subject=f"service:{service}", service=service, **known)


kinds = st.sampled_from(["map", "time", "text", "blame", "label", "person"])
reasons = st.builds(Reason, kinds, st.floats(-8, 8), st.just("because."))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Placed, Weighed, Trouble, dict[str, Case]]:
    cases = {
        f"c{number}": about(number, draw(st.sampled_from(NEEDS)), f"s{number}", state=draw(st.sampled_from(STATES)))
        for number in range(1, draw(st.integers(0, 4)) + 1)
    }
    fits = []
    for name in cases:
        why = tuple(draw(st.lists(reasons, min_size=1, max_size=4)))
        fits.append(Fit(name, sum(one.weight for one in why), why))
    fits.sort(key=lambda fit: (-fit.weight, fit.group))
    weighed = Weighed(
        draw(st.sampled_from(["weighed", "apart"])) if fits else "weighed",
        tuple(fits),
        Said(0.0, frozenset(), frozenset()),
    )
    trouble = Trouble(need=draw(st.sampled_from(NEEDS)), subject="service:s9", service="s9", fingerprint="f", at=NOW)
    stand = [one for one in cases.values() if one.live or one.state == "handed_off"]
    ruled = draw(st.none() | st.sampled_from(stand)) if stand else None
    by = draw(st.sampled_from(["before", "same", "past", "map", "near", "people"]))
    rules = Placed("open", None, "Alone.") if ruled is None else Placed("join", ruled, "It needs it.", by=by)
    return rules, weighed, trouble, cases


@given(scene=scenes())
def test_the_promises_of_every_decision(scene: tuple[Placed, Weighed, Trouble, dict[str, Case]]) -> None:
    rules, weighed, trouble, cases = scene
    placed = decide(rules, weighed, trouble, find=cases.get)
    assert decide(rules, weighed, trouble, find=cases.get) == placed
    assert placed.why
    assert (placed.case is None) is (placed.how == "open")
    if rules.case is not None and rules.by in {"before", "same", "people"}:
        assert placed == rules
    if placed.case is not None and placed.case != rules.case:
        fit = next(one for one in weighed.fits if one.group == placed.case.id)
        assert placed.case.live or placed.case.state == "handed_off"
        assert placed.case.need not in HARMLESS
        assert any(one.kind != "time" and one.weight > 0 for one in fit.reasons), "never by time alone"
        assert trouble.need not in HARMLESS
    if placed.take_over and placed != rules:
        assert placed.case is not None
        assert is_symptom(placed.case.need)
        assert placed.case.state == "open"


def test_where_an_alert_stood_in_what_is_over_now_says_nothing() -> None:
    """The shop failed with the search, which was repaired; now it fails with the database."""
    over, runs = (
        about(1, "service_down", "search", state="resolved"),
        about(2, "service_down", "database", state="open"),
    )
    again = Fit("c1", 9.0, (Reason("repeat", 0.0, "The same alert again."),))
    trouble = Trouble(need="http_errors", subject="service:shop", service="shop", fingerprint="f", at=NOW)
    for how in ("repeat", "follows"):
        weighed = Weighed(how, (again,), Said(0.0, frozenset(), frozenset()))
        rules = Placed("join", runs, "It needs the database.", by="map")
        assert decide(rules, weighed, trouble, find={"c1": None, "c2": runs}.get) == rules
        assert decide(rules, weighed, trouble, find={"c1": over, "c2": runs}.get) == rules


@given(
    one=st.sampled_from(NEEDS), two=st.sampled_from(NEEDS), states=st.tuples(st.sampled_from(STATES), st.sampled_from(STATES)),
    minutes=st.integers(0, 60),
)  # fmt: skip
def test_the_house_puts_together_what_is_young_and_only_hurt(
    one: str, two: str, states: tuple[str, str], minutes: int
) -> None:
    now = NOW + dt.timedelta(minutes=minutes)
    cases = [about(1, one, "s1", state=states[0]), about(2, two, "s2", state=states[1])]
    union = union_of(cases[0], cases[1], "Both can come from s1.", now=now)
    swapped = union_of(cases[1], cases[0], "Both can come from s1.", now=now)
    assert union == swapped, "the order says nothing"
    if union is None:
        return
    part = next(case for case in cases if case.id == union.gone)
    assert part.state in {"open", "handed_off"}
    assert now - part.opened_at <= YOUNG
    assert is_symptom(part.need) or part.need == "service_down"
    assert {union.into, union.gone} == {"c1", "c2"}


def test_a_symptom_that_many_storms_could_have_made_joins_the_likeliest() -> None:
    cases = {"c1": about(1, "service_down", "s1"), "c2": about(2, "service_down", "s2")}
    fits = tuple(
        Fit(name, weight, (Reason("map", weight, f"It needs {name}."),)) for name, weight in (("c2", 2.0), ("c1", 1.0))
    )
    said = Weighed("weighed", fits, Said(0.0, frozenset(), frozenset()))
    hurt = Trouble(need="latency_high", subject="service:s9", service="s9", fingerprint="f", at=NOW)
    assert decide(Placed("open", None, "Alone."), said, hurt, find=cases.get).case == cases["c2"]
    ruled = Placed("join", cases["c1"], "It needs s1.")
    assert decide(ruled, said, hurt, find=cases.get) == ruled, "what the rules say is a reason, too"


def test_what_is_broken_explains_symptoms_that_people_have_already() -> None:
    cases = {"c1": about(1, "latency_high", "s1", state="handed_off")}
    said = Weighed(
        "weighed", (Fit("c1", 3.0, (Reason("map", 3.0, "It is needed."),)),), Said(0.0, frozenset(), frozenset())
    )
    down = Trouble(need="service_down", subject="service:s9", service="s9", fingerprint="f", at=NOW)
    placed = decide(Placed("open", None, "A new trouble."), said, down, find=cases.get)
    assert (placed.how, placed.explained) == ("open", (cases["c1"],))
