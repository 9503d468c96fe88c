"""What is behind trouble: the thing that adds it of its own comes first; on quiet data nothing is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.stages.correlate.cause.metrics import Metrics
from tickless.stages.correlate.cause.order import Happened, causes_among
from tickless.stages.correlate.cause.ranking import rank_causes

NODES = ("front", "cart", "search", "db", "mail")
CALLS = [("front", "cart"), ("front", "search"), ("search", "db"), ("cart", "mail")]
BASE = {"front": 0.1, "cart": 0.03, "search": 0.02, "db": 0.005, "mail": 0.01}
UP = {"db": ("search", "front"), "search": ("front",), "cart": ("front",), "mail": ("cart", "front")}


def metrics(seed: int, rows: int, *, slow: str | None = None, by: float = 0.0, failing: str | None = None) -> Metrics:
    """Noise around usual values; `slow` is slower by so many seconds, as are those who wait for it, in the later rows."""
    rng = np.random.default_rng(seed)
    latency = np.array([[BASE[n] for n in NODES]] * rows) * rng.normal(1, 0.04, (rows, len(NODES)))
    errors = np.clip(rng.normal(0.001, 0.0005, (rows, len(NODES))), 0, 1)
    later = slice(rows // 2, rows)
    for name in (slow, *UP.get(slow or "", ())) if slow else ():
        latency[later, NODES.index(name)] += by
    for name in (failing, *UP.get(failing or "", ())) if failing else ():
        errors[later, NODES.index(name)] += 0.2
    return Metrics(NODES, latency, errors, np.full((rows, len(NODES)), 200.0))


@pytest.mark.parametrize("slow", ["db", "search", "cart", "mail"])
def test_who_is_slow_of_its_own_comes_first(slow: str) -> None:
    cause = rank_causes(
        CALLS, normal=metrics(1, 300), window=metrics(2, 6, slow=slow, by=0.1), target="front", symptom="latency"
    )
    assert cause.suspects[0].node == slow
    assert slow in cause.suspects[0].words


def test_the_front_itself_can_be_the_cause() -> None:
    cause = rank_causes(
        CALLS, normal=metrics(1, 300), window=metrics(2, 6, slow="front", by=0.1), target="front", symptom="latency"
    )
    assert cause.suspects[0].node == "front"


@pytest.mark.parametrize("failing", ["db", "cart"])
def test_who_fails_of_its_own_comes_first(failing: str) -> None:
    cause = rank_causes(
        CALLS, normal=metrics(1, 300), window=metrics(2, 6, failing=failing), target="front", symptom="errors"
    )
    assert cause.suspects[0].node == failing


def test_it_keeps_silent_on_quiet_days() -> None:
    normal = metrics(1, 300)
    silent = [
        rank_causes(CALLS, normal=normal, window=metrics(seed, 6), target="front", symptom="latency")
        for seed in range(10, 60)
    ]
    assert sum(one.abstains for one in silent) >= 40
    assert all(one.why for one in silent)


def test_nothing_is_known_of_an_unknown_target() -> None:
    cause = rank_causes(CALLS, normal=metrics(1, 30), window=metrics(2, 6), target="nobody", symptom="latency")
    assert cause.abstains


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), holes=st.floats(0, 0.9))
def test_holes_in_the_data_never_break_it(seed: int, holes: float) -> None:
    window = metrics(seed, 6, slow="db", by=0.05)
    blind = np.random.default_rng(seed).random(window.latency.shape) < holes
    window = Metrics(
        NODES, np.where(blind, np.nan, window.latency), window.errors, np.where(blind, np.nan, window.requests)
    )
    cause = rank_causes(CALLS, normal=metrics(1, 60), window=window, target="front", symptom="latency")
    assert all(0 <= one.score <= 1 and one.node in NODES for one in cause.suspects)
    assert [one.score for one in cause.suspects] == sorted((one.score for one in cause.suspects), reverse=True)


def test_what_comes_first_again_and_again_brings_the_other() -> None:
    rng = np.random.default_rng(3)
    alarms = []
    for start in rng.uniform(0, 3e6, 200):
        place = str(rng.integers(0, 5))
        alarms += [Happened("link", place, start), Happened("lost", place, start + rng.uniform(5, 100))]
    alarms += [Happened("noise", str(rng.integers(0, 5)), at) for at in rng.uniform(0, 3e6, 300)]
    found = causes_among(alarms)
    assert [(one.cause, one.effect) for one in found] == [("link", "lost")]
    assert "lost" in found[0].words


def test_an_effect_may_show_at_a_linked_place() -> None:
    alarms = [Happened(kind, place, 9_000.0 * n + late) for n in range(60) for kind, place, late in
              [("link", "north", 0.0), ("lost", "south", 30.0)]]  # fmt: skip
    assert causes_among(alarms) == ()
    assert [(one.cause, one.effect) for one in causes_among(alarms, links={"north": ["south"]})] == [("link", "lost")]


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(Happened, st.sampled_from("abcd"), st.sampled_from("xy"), st.integers(0, 3_000).map(float)),
        max_size=80,
    )
)
def test_no_circle_of_causes(alarms: list[Happened]) -> None:
    after: dict[str, set[str]] = {}
    for one in causes_among(alarms):
        after.setdefault(one.cause, set()).add(one.effect)
    for start in after:
        seen, queue = set[str](), [start]
        while queue:
            for other in after.get(queue.pop(), ()):
                assert other != start
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
