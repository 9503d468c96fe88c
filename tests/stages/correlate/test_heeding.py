"""What people put right is heeded by grouping and rules; a weak edge explains less; a bad map merges nothing wholesale."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.core import TRUSTED, Placed, Trouble, place
from tickless.stages.correlate.corrected import allowed, together
from tickless.stages.correlate.grouping.alarm import Alarm
from tickless.stages.correlate.grouping.corrections import ANY, CAP, AlarmKind, Correction, Corrections
from tickless.stages.correlate.storms import Storms

A, B = AlarmKind("latency_high", "s1"), AlarmKind("http_errors", "s7")
kinds = st.builds(AlarmKind, st.sampled_from(["x", "y", ANY]), st.sampled_from(["s1", "s2", ANY]))
verdicts = st.sampled_from(["join", "part"])


@given(verdict=verdicts, one=kinds, other=kinds, weight=st.floats(-10, 100))
def test_a_correction_says_the_same_of_both_orders_and_never_more_than_it_may(
    verdict: str, one: AlarmKind, other: AlarmKind, weight: float
) -> None:
    said = Correction(verdict, one, other, weight, "w")  # type: ignore[arg-type]
    book = Corrections((said,))
    assert book.between(one, other) == book.between(other, one) == said
    assert abs(said.signed) <= CAP
    assert (said.signed >= 0) is (verdict == "join") or said.signed == 0


def alarm(number: int, node: str, kind: AlarmKind, second: float, text: str) -> Alarm:
    return Alarm(key=str(number), at=NOW + dt.timedelta(seconds=second), node=node, text=text, kind=kind)


def groups(corrections: Corrections, *, needs: list[tuple[str, str]]) -> tuple[str, str]:
    storms = Storms(nodes=[f"s{n}" for n in range(30)], needs=needs)
    storms.correct(corrections)
    first = storms.place(alarm(1, "s1", A, 0, "slow answers"))
    second = storms.place(alarm(2, "s7", B, 20, "requests fail"))
    return first.group, second.group


def test_grouping_heeds_people_both_ways_and_says_so() -> None:
    apart, linked = [("s2", "s3")], [("s1", "s7")]
    assert len(set(groups(Corrections(), needs=apart))) == 2
    assert len(set(groups(Corrections((Correction("join", A, B, CAP, "w"),)), needs=apart))) == 1
    assert len(set(groups(Corrections(), needs=linked))) == 1
    assert len(set(groups(Corrections((Correction("part", A, B, CAP, "w"),)), needs=linked))) == 2


def test_the_rules_heed_people_too_but_the_same_trouble_stays_the_same() -> None:
    one = Trouble(need=A.need, subject="service:s1", service="s1", fingerprint="f", at=NOW)
    other = case(1, need=B.need, subject="service:s7", service="s7", door="machine", kind="incident",
                 opened_at=NOW, updated_at=NOW)  # fmt: skip
    same = other.model_copy(update={"id": "c2", "number": 2, "need": A.need, "subject": "service:s1", "service": "s1"})
    part = Corrections((Correction("part", A, B, 4.0, "w"), Correction("part", A, A, 4.0, "w")))
    assert allowed(one, [other, same], part) == [same]
    alone = Placed("open", None, "alone")
    join = Corrections((Correction("join", A, B, 4.0, "Ada merged such cases."),))
    assert together(alone, one, [other], join).case == other
    assert "Ada" in together(alone, one, [other], join).why
    weak = Corrections((Correction("join", A, B, 1.0, "w"),))
    assert together(alone, one, [other], weak) == alone


def world(*edges: tuple[str, str, float]) -> World:
    return World.of(
        services=[Service(id=f"s{n}", name=f"s{n}") for n in range(12)],
        dependencies=[
            Dependency(service=a, needs=b, source="t", confidence=sure, last_seen=NOW) for a, b, sure in edges
        ],
    )


def test_of_two_causes_the_one_over_the_surer_way_explains_a_symptom() -> None:
    def down(number: int, service: str) -> object:
        return case(number, need="service_down", subject=f"service:{service}", service=service, door="machine",
                    kind="incident", opened_at=NOW, updated_at=NOW)  # fmt: skip

    one = Trouble(need="http_errors", subject="service:s0", service="s0", fingerprint="f", at=NOW)
    known = world(("s0", "s1", TRUSTED + 0.05), ("s0", "s2", 0.9), ("s2", "s3", 0.95))
    placed = place(one, [down(1, "s1"), down(2, "s3")], None, known)  # type: ignore[list-item]
    assert placed.case is not None
    assert placed.case.service == "s3", "two sure steps beat a doubtful one"
    assert [other.service for other in placed.others] == ["s1"]
    assert place(one, [down(1, "s1")], None, world(("s0", "s1", TRUSTED - 0.1))).case is None  # type: ignore[list-item]


edges = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=4)


@settings(max_examples=40, deadline=None)
@given(wrong=edges, order=st.permutations(range(16)))
def test_a_few_wrong_edges_never_put_two_parts_of_the_map_together_wholesale(
    wrong: list[tuple[int, int]], order: list[int]
) -> None:
    """Two chains without any link break twenty minutes apart; each drawn edge is right, a few more are made up."""
    right = [(f"s{n + 1}", f"s{n}") for n in (*range(7), *range(10, 17))]
    made_up = [(f"s{a}", f"s{b}") for a, b in wrong if a != b]
    storms = Storms(nodes=[f"s{n}" for n in range(40)], needs=[*right, *made_up])
    found: dict[int, set[str]] = {0: set(), 1: set()}
    merged: dict[str, str] = {}
    for part, first in enumerate((0, 10)):
        for place_, n in enumerate(one for one in order if one < 8):
            at = 1_200.0 * part + 10 * place_
            put = storms.place(alarm(100 * part + n, f"s{first + n}", AlarmKind("x", f"s{first + n}"), at, "it hurts"))
            found[part].add(put.group)
            merged |= {gone: put.group for gone, _ in put.merged}
    ends = {part: {_end(merged, group) for group in of_it} for part, of_it in found.items()}
    assert not ends[0] & ends[1]


def _end(merged: dict[str, str], group: str) -> str:
    while group in merged:
        group = merged[group]
    return group


def test_calls_of_traces_make_an_edge_that_the_map_lacks() -> None:
    storms = Storms(nodes=[f"s{n}" for n in range(10)], needs=[])
    storms.saw_call("s1", "s0", at=NOW)
    edge = next(one for one in storms.book.edges() if (one.service, one.needs) == ("s1", "s0"))
    assert edge.source == "trace"
    assert edge.confidence > 0.9
    assert edge.last_seen == NOW.timestamp()
