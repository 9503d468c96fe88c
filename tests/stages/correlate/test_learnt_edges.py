"""Edges tell from where they are known; one that ought to have passed trouble and never did is believed less and less."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.correlate.edges.book import KEPT, EdgeBook
from tickless.stages.correlate.edges.together import Together


def test_a_wrong_edge_loses_confidence_and_a_right_one_keeps_it() -> None:
    book = EdgeBook([("web", "db"), ("web", "printer")])
    for turn in range(8):
        book.saw_group({"db": 1_000.0 * turn, "web": 1_000.0 * turn + 30})
        book.saw_group({"printer": 1_000.0 * turn + 500})
    right, wrong = (next(e for e in book.edges() if e.needs == needs) for needs in ("db", "printer"))
    assert right.confidence > 0.9
    assert wrong.confidence < KEPT
    assert ("web", "printer") not in book.chances()
    assert right.last_seen == 7_030


def test_what_is_seen_to_call_needs_no_other_sign() -> None:
    book = EdgeBook()
    book.saw_call("web", "api", at=5.0)
    for turn in range(20):
        book.saw_group({"api": float(turn)})
    (edge,) = book.edges()
    assert edge.source == "trace"
    assert edge.confidence > 0.9
    assert edge.chance < 0.2


def test_one_text_is_a_rumour_and_three_are_news() -> None:
    book = EdgeBook()
    book.saw_blame("web", "db", at=1.0)
    (edge,) = book.edges()
    once = edge.confidence
    book.saw_blame("web", "db", at=2.0)
    book.saw_blame("web", "db", at=3.0)
    assert once <= 0.5 < 0.8 < edge.confidence


def test_a_text_does_not_turn_a_known_edge_round() -> None:
    book = EdgeBook([("web", "db")])
    book.saw_blame("db", "web", at=1.0)
    assert [(e.service, e.needs) for e in book.edges()] == [("web", "db")]


def test_a_map_that_lacks_what_is_seen_is_trusted_less() -> None:
    whole, holes = EdgeBook([(f"s{n}", "db") for n in range(40)]), EdgeBook()
    for n in range(40):
        whole.saw_call(f"s{n}", "db", at=1.0)
        holes.saw_call(f"s{n}", "db", at=1.0)
    assert whole.leak < holes.leak


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 1e6)), max_size=60))
def test_confidence_and_chance_are_shares_whatever_was_seen(seen: list[tuple[str, float]]) -> None:
    book = EdgeBook([("a", "b"), ("b", "c")])
    for node, at in sorted(seen, key=lambda one: one[1]):
        book.saw_alert(node, at=at)
        book.saw_group({node: at})
    book.learn()
    for edge in book.edges():
        assert 0 <= edge.confidence <= 1
        assert 0 < edge.chance < 1
    assert 0 < book.leak < 1


def test_coincidence_is_no_link_and_regularity_is() -> None:
    together = Together(lambda one, other: False)
    for turn in range(12):
        together.saw("db", 50_000.0 * turn)
        together.saw("shop", 50_000.0 * turn + 40)
        together.saw(f"other{turn}", 50_000.0 * turn + 60)
    links = {(pair.service, pair.needs) for pair in together.linked()}
    assert links == {("shop", "db")}
