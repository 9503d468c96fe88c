"""The service map: nothing overlaps, arrows go right, and the same company always looks the same."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.doors.console.layers import columns_of, crossings, layer, without_circles
from tickless.doors.console.map import BOX_HEIGHT, BOX_WIDTH, lay_out, reach
from tickless.sample.company import make_company

_NAMES = [f"s{number}" for number in range(12)]
_EDGES = st.lists(st.tuples(st.sampled_from([*_NAMES, "unknown"]), st.sampled_from(_NAMES)), max_size=30)


@given(_EDGES)
@settings(max_examples=60, deadline=None)
def test_boxes_never_overlap_and_stay_inside(edges: list[tuple[str, str]]) -> None:
    picture = lay_out(_NAMES, edges)
    assert sorted(box.id for box in picture.boxes) == sorted(_NAMES)
    for box in picture.boxes:
        assert 0 <= box.x <= picture.width - BOX_WIDTH
        assert 0 <= box.y <= picture.height - BOX_HEIGHT
        for other in picture.boxes:
            if other.id != box.id and other.column == box.column:
                assert abs(other.y - box.y) >= BOX_HEIGHT


@given(_EDGES)
@settings(max_examples=60, deadline=None)
def test_what_is_needed_stands_to_the_right(edges: list[tuple[str, str]]) -> None:
    kept = without_circles(_NAMES, edges)
    column = columns_of(_NAMES, kept)
    assert all(column[service] < column[need] for service, need in kept)


@given(_EDGES)
@settings(max_examples=60, deadline=None)
def test_only_edges_that_close_a_circle_are_left_out(edges: list[tuple[str, str]]) -> None:
    kept = without_circles(_NAMES, edges)
    assert len(kept) == len(set(kept))
    for service, need in edges:
        if service in _NAMES and service != need and (service, need) not in kept:
            assert service in reach(need, kept)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_without_circles_every_edge_is_drawn(pairs: list[tuple[int, int]]) -> None:
    edges = [(f"s{min(a, b)}", f"s{max(a, b)}") for a, b in pairs if a != b]
    drawn = {(line.service, line.needs) for line in lay_out(_NAMES, edges).lines}
    assert drawn == set(edges)


def test_the_sample_company_fits_a_screen_and_is_the_same_every_time() -> None:
    company = make_company()
    services = [service.id for service in company.services]
    edges = [(found.service, found.needs) for found in company.dependencies]
    picture = lay_out(services, edges)
    assert picture == lay_out(services, edges)
    assert len(picture.boxes) == len(services)
    assert picture.width < 1_500
    assert picture.height < 1_000


def test_sorting_takes_crossings_away() -> None:
    company = make_company()
    services = [service.id for service in company.services]
    edges = [(found.service, found.needs) for found in company.dependencies]
    shuffled = services.copy()
    random.Random(3).shuffle(shuffled)  # an order that nobody chose
    sorted_layers = layer(shuffled, edges)
    worst = sorted_layers.__class__(
        tuple(tuple(sorted(column, key=str)) for column in sorted_layers.columns), sorted_layers.ways
    )
    assert crossings(sorted_layers) < crossings(worst) / 2


def test_reach_counts_steps_both_ways() -> None:
    edges = [("shop", "orders"), ("orders", "db"), ("till", "orders")]
    assert reach("shop", edges) == {"orders": 1, "db": 2}
    assert reach("db", edges, against=True) == {"orders": 1, "shop": 2, "till": 2}
    assert reach("db", edges) == {}


def test_an_empty_map_is_a_picture_too() -> None:
    assert lay_out([], []).boxes == ()
