"""What is drawn of the map: filters leave nothing out that fits, groups hide nothing, and columns stay few."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.service import Dependency, Service
from tickless.doors.console.layers import columns_of, crossings, layer, pressed, without_circles
from tickless.doors.console.map import BOX_HEIGHT, BOX_WIDTH, lay_out
from tickless.doors.console.map_view import READABLE, Facts, Filter, chosen, neighbourhood, see

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
TEAMS = st.sampled_from([None, "web", "data"])
SERVICES = st.lists(
    st.builds(Service, id=st.integers(0, 30).map(lambda n: f"s{n}"), name=st.sampled_from(["Shop", "Mail"]), team=TEAMS,
              system=TEAMS, criticality=st.sampled_from([None, 1, 4])),
    max_size=12, unique_by=lambda one: one.id,
)  # fmt: skip


def edges_among(services: list[Service], pairs: list[tuple[int, int]]) -> list[Dependency]:
    ids = [one.id for one in services]
    return [Dependency(service=ids[a % len(ids)], needs=ids[b % len(ids)], source="t", confidence=0.5, last_seen=NOW)
            for a, b in pairs if ids and a % len(ids) != b % len(ids)]  # fmt: skip


PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=25)


@given(
    SERVICES,
    PAIRS,
    st.sampled_from(["none", "team", "system", "kind"]),
    st.sampled_from([(), ("web",), ("others", "data")]),
)
def test_groups_hide_nothing(
    services: list[Service], pairs: list[tuple[int, int]], fold: str, opened: tuple[str, ...]
) -> None:
    edges = edges_among(services, pairs)
    view = see(services, edges, Filter(), Facts(), fold=fold, opened=opened)  # type: ignore[arg-type]
    assert sum(node.count for node in view.nodes.values()) == len(services)
    assert view.hidden == 0
    inside = sum(arrow.count for arrow in view.arrows.values())
    assert inside <= len(edges)
    if fold == "none":
        assert inside == len(edges)
    assert all({arrow.service, arrow.needs} <= set(view.nodes) for arrow in view.arrows.values())


@given(
    SERVICES, PAIRS, st.sampled_from(["", "web"]), st.sampled_from(["", "1", "unknown"]), st.sampled_from(["", "sho"])
)
def test_a_filter_keeps_exactly_what_fits(
    services: list[Service], pairs: list[tuple[int, int]], team: str, criticality: str, text: str
) -> None:
    choice = Filter(text=text, team=team, criticality=criticality)
    view = see(services, edges_among(services, pairs), choice, Facts(), fold="none")
    kept = {one.id for one in view.services}
    assert kept == {
        one.id for one in services
        if team in {"", one.team} and criticality in {"", str(one.criticality or "unknown")}
        and (not text or text in one.name.casefold() or text in one.id)
    }  # fmt: skip
    assert view.hidden == len(services) - len(kept)


def test_a_large_map_is_folded_by_what_most_have() -> None:
    many = [Service(id=f"s{n}", name=f"S{n}", team="web" if n % 4 else None) for n in range(READABLE + 1)]
    assert chosen(many) == "team"
    assert chosen(many[:READABLE]) == "none"
    assert chosen([one.model_copy(update={"team": None}) for one in many]) == "kind"


@given(PAIRS, st.integers(0, 30), st.integers(1, 4))
def test_a_neighbourhood_has_no_more_than_its_hops(pairs: list[tuple[int, int]], focus: int, hops: int) -> None:
    edges = [(str(a), str(b)) for a, b in pairs]
    found = neighbourhood(str(focus), edges, hops)
    assert found[str(focus)] == 0
    assert all(0 <= steps <= hops for steps in found.values())
    wider = neighbourhood(str(focus), edges, hops + 1)
    assert set(found) <= set(wider)


@given(st.integers(1, 60), st.integers(1, 9))
def test_pressed_columns_are_few_and_keep_their_order(count: int, most: int) -> None:
    column = {f"n{n:02}": n for n in range(count)}
    found = pressed(column, most)
    assert set(found) == set(column)
    assert max(found.values()) < most
    assert set(found.values()) == set(range(max(found.values()) + 1))
    assert all(found[f"n{n:02}"] <= found[f"n{n + 1:02}"] for n in range(count - 1))


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_deep_map_still_fits_and_shows_every_edge(pairs: list[tuple[int, int]]) -> None:
    names = [f"s{n:02}" for n in range(26)]
    chain = [(names[n], names[n + 1]) for n in range(25)]
    edges = list(dict.fromkeys([*chain, *((names[min(a, b)], names[max(a, b)]) for a, b in pairs if a != b)]))
    picture = lay_out(names, edges)
    assert {(line.service, line.needs) for line in picture.lines} == set(edges)
    assert len({box.column for box in picture.boxes}) <= 8
    for box in picture.boxes:
        assert 0 <= box.x <= picture.width - BOX_WIDTH
        assert 0 <= box.y <= picture.height - BOX_HEIGHT
        for other in picture.boxes:
            assert other is box or other.column != box.column or abs(other.y - box.y) >= BOX_HEIGHT


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_crossings_are_counted_rightly(pairs: list[tuple[int, int]]) -> None:
    names = [f"{n}" for n in range(31)]
    kept = without_circles(names, [(str(a), str(b)) for a, b in pairs])
    assert columns_of(names, kept).keys() == set(names)
    layers = layer(names, kept)
    rank = {place: (index, at) for index, column in enumerate(layers.columns) for at, place in enumerate(column)}
    pieces = [(rank[a], rank[b]) for way in layers.ways.values() for a, b in itertools.pairwise(way)]
    slow = sum(
        one[0][0] == other[0][0] and (one[0][1] - other[0][1]) * (one[1][1] - other[1][1]) < 0
        for index, one in enumerate(pieces) for other in pieces[index + 1 :]
    )  # fmt: skip
    assert crossings(layers) == slow
