"""Storms become groups of one cause: nothing is lost, every join says why, what is apart stays apart."""

from __future__ import annotations

import datetime as dt
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.stages.correlate.grouping.alarm import Alarm, Grouped
from tickless.stages.correlate.grouping.grouper import COMES_AND_GOES, OPEN, Grouper
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.storms import Storms

PARTS = ("a", "b", "c")
NEEDS = [(f"{part}-{who}", f"{part}-{what}") for part in PARTS for who, what in
         [("web", "api"), ("web", "auth"), ("api", "db"), ("auth", "db"), ("api", "queue")]]  # fmt: skip
NODES = sorted({node for edge in NEEDS for node in edge} | {f"lone{n}" for n in range(30)})
WORDS = [
    "connection refused",
    "p99 is 900 ms",
    "no space left on device /data",
    "calling a-db",
    "calling b-db",
    "build 7.1.2 fails",
]


def grouper() -> Grouper:
    return Grouper(Reach(dict.fromkeys(NEEDS, 0.6), NODES))


def alarm(key: str, second: float, node: str | None, text: str = "it hurts", *, planned: bool = False) -> Alarm:
    return Alarm(key, NOW + dt.timedelta(seconds=second), node, text, planned=planned)


alarms = st.lists(
    st.builds(
        alarm,
        st.integers(0, 12).map("k{}".format),
        st.floats(0, 20_000),
        st.none() | st.sampled_from([*NODES, "nobody-knows"]),
        st.sampled_from(WORDS),
        planned=st.booleans(),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(arriving=alarms)
def test_nothing_is_lost_and_everything_is_explained(arriving: list[Alarm]) -> None:
    method = grouper()
    gone: set[str] = set()
    for one in arriving:
        placed = method.place(one)
        assert placed.group or placed.how == "apart"
        assert placed.group not in gone
        assert placed.reasons
        assert all(reason.words and math.isfinite(reason.weight) for reason in placed.reasons)
        assert 0 <= placed.sure <= 1
        for name, why in placed.merged:
            assert why
            assert name != placed.group
            gone.add(name)


@settings(max_examples=30)
@given(arriving=alarms)
def test_what_comes_later_changes_no_earlier_answer(arriving: list[Alarm]) -> None:
    whole, half = grouper(), grouper()
    assert [whole.place(one) for one in arriving][: len(arriving) // 2] == [
        half.place(one) for one in arriving[: len(arriving) // 2]
    ]


@settings(max_examples=30)
@given(order=st.permutations([(f"k{n}", node) for n, node in enumerate(["a-db", "a-api", "a-web", "a-auth"])]))
def test_in_whatever_order_a_cascade_is_heard_it_is_one_group(order: list[tuple[str, str]]) -> None:
    method = grouper()
    placed = [method.place(alarm(key, 20.0 * turn, node)) for turn, (key, node) in enumerate(order)]
    assert len(finally_in(placed)) == 1


@given(first=st.sampled_from(NODES), seconds=st.floats(0, 2_000))
def test_the_same_alert_again_stays_where_it_is(first: str, seconds: float) -> None:
    method = grouper()
    once, again = method.place(alarm("k", 0, first)), method.place(alarm("k", seconds, first))
    assert (again.group, again.how, again.merged) == (once.group, "repeat", ())


def test_two_parts_of_the_map_are_two_groups_at_the_same_time() -> None:
    method = grouper()
    for turn, node in enumerate(["db", "api", "web", "auth"]):
        one = method.place(alarm(f"a{turn}", 30.0 * turn, f"a-{node}"))
        other = method.place(alarm(f"b{turn}", 30.0 * turn + 5, f"b-{node}"))
    assert one.group != other.group
    assert method.roots(one.group)[0].node == "a-db"
    assert method.roots(other.group)[0].node == "b-db"


def test_unrelated_noise_stays_alone() -> None:
    method = grouper()
    placed = [method.place(alarm(f"k{n}", 4_000.0 * n, f"lone{n}")) for n in range(30)]
    assert {one.how for one in placed} == {"open"}
    assert len({one.group for one in placed}) == 30


def test_what_a_text_blames_joins_where_the_map_has_no_way() -> None:
    method = grouper()
    method.place(alarm("k1", 0, "a-db"))
    method.place(alarm("k2", 20, "a-api", "timeout calling a-db"))
    joined = method.place(alarm("k3", 40, "lone1", "timeout calling a-db"))
    assert joined.how == "join"
    assert "names a-db" in joined.why


def test_long_after_it_is_something_new() -> None:
    method = grouper()
    method.place(alarm("k1", 0, "a-db"))
    assert method.place(alarm("k2", 20_000, "a-api")).how == "open"


def test_maintenance_and_what_comes_and_goes_are_apart() -> None:
    method = grouper()
    assert method.place(alarm("m", 0, "a-db", planned=True)).how == "apart"
    turns = [method.place(alarm("f", 10_000.0 * turn, "lone1")) for turn in range(COMES_AND_GOES + 3)]
    assert [one.how for one in turns] == ["open"] * (COMES_AND_GOES + 1) + ["apart"] * 2


def test_open_groups_are_bounded() -> None:
    method = Grouper(Reach({}, [f"n{n}" for n in range(500)]))
    for n in range(OPEN * 3):
        method.place(alarm(f"k{n}", 100.0 * n, f"n{n}"))
    closed = method.take_closed()
    method.close_all()
    assert len(method.take_closed()) <= OPEN
    assert len(closed) >= OPEN


def test_a_call_seen_for_the_first_time_counts_with_the_next_alarm() -> None:
    def of(*calls: tuple[str, str]) -> set[str | None]:
        method = Storms(nodes=["till", "ledger"], needs=[])
        for caller, callee in calls:
            method.saw_call(caller, callee, at=NOW)
        placed = [
            method.place(alarm("k1", 0, "ledger", "disk is full")),
            method.place(alarm("k2", 20, "till", "errors")),
        ]
        return {one.group for one in placed}

    assert len(of()) == 2
    assert len(of(("till", "ledger"))) == 1


def test_a_missing_edge_is_learnt_from_alerting_together() -> None:
    method = Storms(nodes=NODES, needs=NEEDS)
    for day in range(8):
        start = 40_000.0 * day
        for turn, node in enumerate(["a-db", "a-api", "a-web", "lone3"]):
            method.place(alarm(f"{day}-{node}", start + 25 * turn, node))
        for n in range(10, 14):
            method.place(alarm(f"{day}-{n}", start + 9_000 + 4_000 * (n - 9), f"lone{n}"))
    method.finish()
    learnt = {frozenset((e.service, e.needs)): e for e in method.book.edges() if "map" not in e.told}
    ours = [edge for pair, edge in learnt.items() if "lone3" in pair]
    assert ours
    assert all(edge.source == "together" and edge.last_seen > 0 for edge in ours)
    assert not [pair for pair in learnt if pair & {f"lone{n}" for n in range(10, 14)}]


def finally_in(placed: list[Grouped]) -> set[str]:
    moved = {gone: one.group for one in placed for gone, _ in one.merged}
    found = set()
    for one in placed:
        group = one.group
        while group in moved:
            group = moved[group]
        found.add(group)
    return found
