"""Repeats: only what says again what was said last is dropped, and forgetting costs work, never a signal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.sense.core import Repeats, message_fingerprint

SAID = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["f1", "f2"]), st.sampled_from(["firing", "resolved"]))
)


def item(fingerprint: str, state: str) -> bytes:
    return f"{fingerprint}:{state}".encode()


def known(repeats: Repeats, source: str, raw: bytes) -> bool:
    return not repeats.fresh(source, [raw])


def remember(repeats: Repeats, source: str, raw: bytes, *, fingerprint: str, event_key: str) -> None:
    """As the room does: with the mark that a fresh item came with."""
    ((mark, _),) = Repeats().fresh(source, [raw])
    repeats.remember(source, [(mark, fingerprint, event_key)])


def test_firing_resolved_firing_are_three() -> None:
    repeats = Repeats()
    fresh = []
    for number, state in enumerate(["firing", "firing", "resolved", "resolved", "firing", "firing"]):
        fresh.append(not known(repeats, "s", item("f", state)))
        remember(repeats, "s", item("f", state), fingerprint="f", event_key=str(number))
    assert fresh == [True, False, True, False, True, False]
    assert not known(repeats, "another", item("f", "firing"))


@given(said=SAID)
def test_known_is_exactly_what_was_said_last(said: list[tuple[str, str, str]]) -> None:
    repeats = Repeats()
    last: dict[tuple[str, str], str] = {}
    for source, fingerprint, state in said:
        assert known(repeats, source, item(fingerprint, state)) is (last.get((source, fingerprint)) == state)
        remember(repeats, source, item(fingerprint, state), fingerprint=fingerprint, event_key=f"{fingerprint}{state}")
        last[(source, fingerprint)] = state
        assert repeats.stored(source, f"{fingerprint}{state}")


@given(said=SAID, capacity=st.integers(1, 3))
def test_a_small_memory_never_calls_something_new_a_repeat(said: list[tuple[str, str, str]], capacity: int) -> None:
    repeats = Repeats(capacity)
    last: dict[tuple[str, str], str] = {}
    events: set[tuple[str, str]] = set()
    for source, fingerprint, state in said:
        if known(repeats, source, item(fingerprint, state)):
            assert last[(source, fingerprint)] == state
        key = f"{fingerprint}{state}"
        if repeats.stored(source, key):
            assert (source, key) in events
        remember(repeats, source, item(fingerprint, state), fingerprint=fingerprint, event_key=key)
        last[(source, fingerprint)] = state
        events.add((source, key))


@given(one=st.tuples(st.text(), st.text()), other=st.tuples(st.text(), st.text()))
def test_a_message_is_known_by_its_conversation_and_its_words(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (message_fingerprint(*one) == message_fingerprint(*other)) is (one == other)
