"""Who calls whom, and what logs tell: whatever the order, and in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.sense.telemetry.calls import MOST_EDGES, MOST_WAITING, Calls, calls_of
from tickless.stages.sense.telemetry.logs import MOST_OPEN, MOST_STREAMS, WARM_LINES, LogNews, Logs, is_error
from tickless.stages.sense.telemetry.records import CLIENT, LogLine, Span
from tickless.stages.sense.telemetry.told import number

SERVICES = ("web", "shop", "payment", "db")


def span(number: int, parent: int | None, service: str, seconds: float = 0.1, failed: bool = False) -> Span:
    return Span(
        service, b"t%d" % number, b"" if parent is None else b"t%d" % parent, "op", 2, seconds, failed, at=float(number)
    )


trees = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(SERVICES), st.booleans()), min_size=1, max_size=30).map(
    lambda rows: [span(place, None if place == 0 else min(parent, place - 1), service, failed=failed)
                  for place, (parent, service, failed) in enumerate(rows)]
)  # fmt: skip


@given(trees, st.randoms(use_true_random=False))
def test_edges_do_not_depend_on_the_order_in_which_spans_arrive(spans: list[Span], random: object) -> None:
    wanted: dict[tuple[str, str], tuple[int, int]] = {}
    by_identity = {one.identity: one.service for one in spans}
    children: dict[bytes, int] = {}
    for one in spans:
        children[one.parent] = children.get(one.parent, 0) + 1
        caller = by_identity.get(one.parent)
        if caller is not None and caller != one.service:
            count, errors = wanted.get((caller, one.service), (0, 0))
            wanted[caller, one.service] = count + 1, errors + one.failed
    shuffled = list(spans)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    if max(children.values()) <= 8:  # more wait for one parent only so long
        assert {(one.caller, one.callee): (one.count, one.errors) for one in calls_of(shuffled)} == wanted
    assert {(one.caller, one.callee): (one.count, one.errors) for one in calls_of(spans)} == wanted


def test_latency_is_told_within_its_class_and_a_client_may_name_whom_it_calls() -> None:
    spans = [span(place, 0 if place else None, "shop" if place else "web", seconds=place / 100) for place in range(101)]
    found = calls_of([spans[0], *spans[1:]])
    assert 0.4 < found[0].p50 < 0.6
    asks = Span("shop", b"x", b"", "SELECT", CLIENT, 0.01, False, peer="postgresql", at=1.0)
    assert [(one.caller, one.callee) for one in calls_of([asks])] == [("shop", "postgresql")]


def test_calls_are_bounded_and_survive_being_stored() -> None:
    calls = Calls()
    calls.take(span(place, place + 1_000_000, "a") for place in range(MOST_WAITING + 500))
    assert len(calls._waiting) <= MOST_WAITING
    for place in range(MOST_EDGES + 10):
        calls.take([Span("s", b"%d" % place, b"", "q", CLIENT, 0.1, False, peer=f"db-{place}", at=1.0)])
    assert len(calls.calls()) == MOST_EDGES
    assert Calls.load(calls.dump()).calls() == calls.calls()


def learnt(minutes: int = 40) -> tuple[Logs, float]:
    logs, now = Logs(), 1_770_000_000.0
    for minute in range(minutes):
        now += 60
        lines = [LogLine("shop", 9, f"order {minute} placed by hand")] * (WARM_LINES // minutes + 1)
        assert logs.take([*lines, LogLine("shop", 17, "payment 7 failed")], source="one", now=now) == []
    return logs, now


def test_a_new_error_is_news_once_and_a_new_piece_of_information_is_none() -> None:
    logs, now = learnt()
    assert logs.take([LogLine("shop", 9, "a new feature is on")], source="one", now=now) == []
    said = [LogLine("shop", 17, f"cannot reach 10.0.0.{number}: connection refused") for number in range(5)]
    found = logs.take(said, source="one", now=now)
    assert [(one.why, one.firing, one.example) for one in found] == [("new", True, said[0].text)]
    assert logs.look(now + 60) == []
    assert [(one.why, one.firing) for one in logs.look(now + 3_600)] == [("new", False)]


def test_a_release_that_rewords_its_errors_is_little_news() -> None:
    logs, now = learnt()
    words = ("alpha", "beta", "gamma", "delta", "iota", "kappa", "lambda", "sigma", "omega", "zeta")
    said = [LogLine("shop", 17, " ".join([word] * (3 + place))) for place, word in enumerate(words)]
    assert len(logs.take(said, source="one", now=now)) == MOST_OPEN


def test_a_burst_of_a_known_error_is_news_and_so_is_its_end() -> None:
    logs, now = learnt()
    found: list[LogNews] = []
    for turn in range(200):
        found += logs.take([LogLine("shop", 17, f"payment {turn} failed")], source="one", now=now + 60 + turn / 10)
    assert [(one.why, one.firing) for one in found] == [("burst", True)]
    assert [(one.why, one.firing) for one in logs.look(now + 300)] == [("burst", False)]


def test_streams_are_bounded_and_what_is_beyond_is_counted() -> None:
    logs = Logs()
    for place in range(MOST_STREAMS + 5):
        logs.take([LogLine(f"service-{place}", 0, "hello")], source="one", now=1.0)
    assert (len(logs.streams), logs.passed["one"]) == (MOST_STREAMS, 5)


def test_an_error_is_known_by_severity_else_by_its_words() -> None:
    assert is_error(LogLine("a", 17, "fine"))
    assert not is_error(LogLine("a", 9, "error"))
    assert is_error(LogLine("a", 0, "Connection refused"))
    assert not is_error(LogLine("a", 0, "errorless day"))


def test_numbers_are_said_as_people_say_them() -> None:
    said = [number(value) for value in (0.0, 181.0, 49.64, 0.00123, 5_000.0, 12_345_678.0, -0.5, float("nan"))]
    assert said == ["0", "181", "49.6", "0.00123", "5,000", "1.23e+07", "-0.5", "nothing"]
