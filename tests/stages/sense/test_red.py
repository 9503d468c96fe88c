"""Rate, errors and duration by the minute: counted where a service is entered, bounded, and late news is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.sense.telemetry.calls import Calls
from tickless.stages.sense.telemetry.records import Span
from tickless.stages.sense.telemetry.red import MINUTES, MOST, Red

NOW = 1_800_000_000.0
SERVER, CLIENT = 2, 3


def span(
    service: str, at: float, *, kind: int = SERVER, seconds: float = 0.5, failed: bool = False, n: int = 0
) -> Span:
    identity = f"{service}{at}{n}".encode()
    return Span(service, identity, b"parent", "op", kind, seconds, failed, at=at)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 2 * MINUTES), st.booleans(), st.sampled_from([0.25, 1.0])),
        max_size=60,
    )
)
def test_what_was_seen_is_told_by_the_minute(seen: list[tuple[str, int, bool, float]]) -> None:
    red = Red()
    ordered = sorted(seen, key=lambda one: -one[1])  # the oldest first: `ago` counts back
    for service, ago, failed, seconds in ordered:
        red.entered(span(service, NOW - 60 * ago, failed=failed, seconds=seconds))
    told = red.traffic(NOW)
    for service in "abc":
        mine = [one for one in ordered if one[0] == service and one[1] < MINUTES]
        if not any(one[0] == service for one in ordered):
            assert ("", service) not in told.keys
            continue
        row = told.keys.index(("", service))
        assert told.count[row].sum() == len(mine)
        assert told.errors[row].sum() == sum(failed for _, _, failed, _ in mine)
        assert told.seconds[row].sum() == sum(seconds for *_, seconds in mine)
        for _, ago, _, _ in mine:
            assert told.count[row][MINUTES - 1 - ago] >= 1


def test_only_where_a_service_is_entered_counts_and_calls_count_by_both_ends() -> None:
    calls = Calls()
    parent = Span("web", b"1", b"", "GET /", SERVER, 0.9, False, at=NOW)
    inner = Span("web", b"2", b"1", "render", 1, 0.1, False, at=NOW)
    child = Span("api", b"3", b"1", "GET /x", SERVER, 0.4, True, at=NOW)
    query = Span("api", b"4", b"3", "SELECT", CLIENT, 0.2, False, peer="orders-db", at=NOW)
    calls.take([child, query, inner, parent])
    told = calls.red.traffic(NOW)
    seen = {key: (told.count[row].sum(), told.errors[row].sum()) for row, key in enumerate(told.keys)}
    assert seen == {("", "web"): (1, 0), ("", "api"): (1, 1), ("web", "api"): (1, 1), ("api", "orders-db"): (1, 0)}


def test_memory_is_bounded_and_what_was_seen_least_lately_goes_first() -> None:
    red = Red()
    for n in range(MOST + 10):
        red.called("web", f"s{n}", span("web", NOW))
    told = red.traffic(NOW)
    assert len(told.keys) == MOST
    assert ("web", "s9") not in told.keys
    assert ("web", "s10") in told.keys
    assert told.count.sum() == MOST


def test_what_comes_more_than_a_round_late_disturbs_nothing() -> None:
    red = Red()
    red.entered(span("a", NOW))
    red.entered(span("a", NOW - 60 * MINUTES))
    assert red.traffic(NOW).count.sum() == 1
