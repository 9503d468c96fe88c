"""What is behind a case: every source speaks, the order of what is given says nothing, and too little names nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.stages.correlate.cause.ranking import Cause, Suspect
from tickless.stages.correlate.cause.traffic import Minutes, Traffic, cause_in
from tickless.stages.correlate.cause.weighing import NAMED, Changed, Known, same_but_for_time, weigh_causes
from tickless.stages.correlate.grouping.roots import Root

NODES = [f"s{n}" for n in range(5)]
MINUTE = dt.timedelta(minutes=1)
roots = st.lists(st.sampled_from(NODES), unique=True, max_size=4).flatmap(
    lambda nodes: st.tuples(*(st.builds(Root, st.just(node), st.floats(0, 1 / 5), st.just("w")) for node in nodes))
)
changes = st.lists(
    st.builds(
        Changed,
        st.sampled_from(NODES),
        st.integers(0, 120).map(lambda n: n * MINUTE),
        st.just("It was changed."),
        st.sampled_from("ab"),
    ),
    max_size=3,
)
traced = st.none() | st.lists(st.sampled_from(NODES), unique=True, max_size=3).map(
    lambda nodes: Cause(tuple(Suspect(node, 0.7, 0.8, 0.9, 6.0) for node in nodes), "w")
)
broken = st.lists(st.tuples(st.sampled_from(NODES), st.just("It says so itself."), st.sampled_from("xy")), max_size=2)


@given(roots=roots, changes=changes, traced=traced, broken=broken)
def test_the_promises_of_every_weighing(
    roots: tuple[Root, ...], changes: list[Changed], traced: Cause | None, broken: list[tuple[str, str, str]]
) -> None:
    known = Known(roots=roots, broken=broken, traced=traced, changes=changes, alerts=3)
    found = weigh_causes(known, name=str.upper, at=NOW)
    turned = Known(roots=roots[::-1], broken=broken[::-1], traced=traced, changes=changes[::-1], alerts=3)
    assert same_but_for_time(found, weigh_causes(turned, name=str.upper, at=NOW))
    chances = [one.chance for one in found.suspects]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) < 1, "something else is always possible"
    assert found.named is bool(chances and chances[0] >= NAMED)
    assert found.why
    assert all(one.because for one in found.suspects)
    named = {one.node for one in (*roots, *(traced.suspects if traced else ()))} | {node for node, _, _ in broken}
    assert {one.node for one in found.suspects} <= named, "a change alone accuses nothing"


@given(roots=roots.filter(bool), changes=changes)
def test_what_speaks_for_a_suspect_never_makes_it_less_likely(roots: tuple[Root, ...], changes: list[Changed]) -> None:
    def chance(**more: object) -> float:
        told = Known(**{"roots": roots, "changes": changes, **more})  # type: ignore[arg-type]
        found = weigh_causes(told, name=str, at=NOW)
        return next((one.chance for one in found.suspects if one.node == roots[0].node), 0.0)

    before = chance()
    assert chance(broken=[(roots[0].node, "It says so itself.", "x")]) >= before
    assert chance(changes=[*changes, Changed(roots[0].node, MINUTE, "It was deployed.", "c")]) >= before
    assert chance(traced=Cause((Suspect(roots[0].node, 0.9, 1.0, 1.0, 9.0),), "w")) >= before


def test_nothing_known_names_nothing() -> None:
    found = weigh_causes(Known(), name=str, at=NOW)
    assert (found.named, found.suspects) == (False, ())
    even = weigh_causes(Known(roots=[Root(node, 0.2, "w") for node in NODES]), name=str, at=NOW)
    assert not even.named
    assert "Not enough to say" in even.why


def _traffic(bad: str | None, *, at: dt.datetime = NOW) -> Traffic:
    """Front calls api calls db, for an hour; since ten minutes `bad` fails, and whoever calls it with it."""
    minutes, rng = 90, np.random.default_rng(7)
    behind = {"front": ["front", "api", "db"], "api": ["api", "db"], "db": ["db"]}
    made = {}
    for service, chain in behind.items():
        count = np.full(minutes, 100.0)
        errors = np.round(rng.uniform(0, 1, minutes))
        seconds = count * (0.05 + 0.02 * rng.uniform(0, 1, minutes)) * len(chain)
        if bad in chain:
            errors[-10:] += 40
        made[service] = Minutes(count, errors, seconds)
    return Traffic(at, made, {("front", "api"): made["api"], ("api", "db"): made["db"]})


def test_traces_name_what_fails_of_itself_and_keep_silent_when_nothing_does() -> None:
    began = NOW - 8 * MINUTE
    for bad in ("db", "api", "front"):
        found = cause_in(_traffic(bad), target="front", began=began)
        assert found.suspects
        assert found.suspects[0].node == bad
    assert cause_in(_traffic(None), target="front", began=began).abstains
    assert cause_in(_traffic("db"), target="unseen", began=began).abstains
    assert cause_in(_traffic("db"), target="front", began=NOW - 85 * MINUTE).abstains, "too little is known before"


def test_of_two_that_say_to_be_broken_the_deeper_one_is_suspected() -> None:
    both = [("s0", "It says so itself.", "x"), ("s1", "It says so itself.", "y")]
    even = [Root("s0", 0.4, "w"), Root("s1", 0.5, "w")]
    found = weigh_causes(Known(roots=even, broken=both, felt={"s1": "S0"}), name=str.upper, at=NOW)
    assert [one.node for one in found.suspects] == ["s0", "s1"]
    assert any("needs S0" in why.text for why in found.suspects[1].because)


def test_what_says_itself_to_be_broken_is_before_what_complained_first() -> None:
    loud = (Root("s1", 0.98, "Its first alert came 0 s after the very first."), Root("s0", 0.02, "It alerted late."))
    known = Known(roots=loud, broken=[("s0", "It says so itself: service down.", "sig")], felt={"s1": "S0"})
    found = weigh_causes(known, name=str.upper, at=NOW)
    assert found.suspects[0].node == "s0"
    assert found.named
