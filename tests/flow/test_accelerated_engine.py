"""The engine of simulations comes to the same ends as the durable one, and the clock is all that moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flow.conftest import Start
from tests.journal.samples import NOW
from tests.waiting import until

from tickless.domain.errors import Conflict
from tickless.flow import dbos_engine
from tickless.flow.accelerated_engine import AcceleratedEngine
from tickless.flow.engine import Engine, StepBroke
from tickless.journal import Journal
from tickless.kit.clock import ManualClock

Diary = list[Any]


def small_workflows(engine: Engine, diary: Diary) -> None:
    """A parent that steps, calls, hears until it is told to end, waits in vain once, and stumbles."""

    def note(word: Any) -> Any:
        diary.append(word)
        return word

    def broken() -> None:
        raise ValueError("never")

    async def child(word: str) -> dict[str, Any]:
        await engine.sleep(0.05)
        return {"said": (await engine.step("note", note, word)), "pair": [1, 2]}

    async def parent(name: str) -> str:
        await engine.step("note", note, f"{name} begins")
        told = await engine.call("w.child", workflow=f"child:{name}", args=(f"{name}'s child",))
        await engine.step("note", note, told)
        while (heard := await engine.receive(seconds=5)) is not None and heard["n"] < 3:
            await engine.step("note", note, heard)
        await engine.step("note", note, [name, await engine.receive(seconds=0.05)])
        try:
            await engine.step("broken", broken)
        except StepBroke as broke:
            await engine.step("note", note, str(broke))
        return "over"

    engine.register("w.child", child)
    engine.register("w.parent", parent)


LETTERS = ((1, "a"), (1, "a"), (2, "b"), (1, "a"), (3, "c"), (3, "c"))


def write_to(engine: Engine, journal: Journal) -> None:
    with journal.write() as tx:
        engine.enqueue(tx, "w.parent", workflow="one", args=("one",))
        engine.enqueue(tx, "w.parent", workflow="one", args=("again",))
    for n, key in LETTERS:
        engine.send("one", {"n": n}, key=key)


def test_both_engines_come_to_the_same_ends(start: Start, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbos_engine, "STEP_PAUSE", 0.01)
    durable, quick = Diary(), Diary()
    engine = start(lambda made: small_workflows(made, durable))
    write_to(engine, journal)
    until(lambda: not engine.pending())
    clock = ManualClock(NOW)
    simulated = AcceleratedEngine(clock)
    small_workflows(simulated, quick)
    write_to(simulated, journal)
    play(simulated, clock)
    assert quick == durable
    assert quick[0] == "one begins"
    assert quick[-2:] == [["one", None], "ValueError in broken"]


def play(engine: AcceleratedEngine, clock: ManualClock) -> None:
    engine.run()
    while (due := engine.next_wake()) is not None:
        clock.advance(due - clock.now())
        engine.run()


def test_work_begins_with_the_commit_and_not_with_a_rollback(journal: Journal) -> None:
    diary: Diary = []
    engine = AcceleratedEngine(ManualClock(NOW))
    small_workflows(engine, diary)
    with pytest.raises(RuntimeError), journal.write() as tx:  # noqa: PT012 (the block is what is tested)
        engine.enqueue(tx, "w.parent", workflow="one", args=("rolled back",))
        raise RuntimeError
    with journal.write() as tx:
        engine.enqueue(tx, "w.child", workflow="two", args=("kept",))
        assert engine.pending() == []
    assert [(one.id, one.name) for one in engine.pending()] == [("two", "w.child")]
    engine.cancel("two")
    assert engine.run() == 0 == len(engine.pending())
    for serve in (engine.launch, engine.prepare):
        with pytest.raises(Conflict, match="simulations"):
            serve()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    waits=st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=4), min_size=1, max_size=6),
    letters=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 200)), max_size=8),
)
def test_time_moves_only_to_what_is_due_and_nobody_is_forgotten(
    waits: list[list[int]], letters: list[tuple[int, int]]
) -> None:
    """Whatever sleeps and whoever is written to: each wakes at its moment, in order of time, and the same again."""
    first, second = [tell(waits, letters), tell(waits, letters)]
    assert first == second
    assert [at for at, *_ in first] == sorted(at for at, *_ in first)
    for number, own in enumerate(waits):
        slept = [at for at, who, what in first if who == number and what == "slept"]
        assert slept == [sum(own[: place + 1]) for place in range(len(own))]
        assert sum(who == number and what == "end" for _, who, what in first) == 1
        heard = [what for _, who, what in first if who == number and what not in {"slept", "end"}]
        assert set(heard) <= {at for who, at in letters if who == number}


def tell(waits: list[list[int]], letters: list[tuple[int, int]]) -> list[tuple[int, int, Any]]:
    clock, told = ManualClock(NOW), []
    engine = AcceleratedEngine(clock)

    def note(number: int, what: Any) -> None:
        told.append((int((clock.now() - NOW).total_seconds()), number, what))

    async def sleeper(number: int) -> None:
        for seconds in waits[number]:
            await engine.sleep(seconds)
            await engine.step("note", note, number, "slept")
        while (heard := await engine.receive(seconds=10)) is not None:
            await engine.step("note", note, number, heard)
        await engine.step("note", note, number, "end")

    engine.register("w.sleep", sleeper)
    for number in range(len(waits)):
        engine._begin("w.sleep", str(number), [number])
    going: Callable[[], int] = engine.run
    going()
    mail = sorted(letters, key=lambda one: one[1])
    while mail or engine.pending():
        due = [one for one in (engine.next_wake(), NOW + dt.timedelta(seconds=mail[0][1]) if mail else None) if one]
        clock.advance(min(due) - clock.now())
        while mail and NOW + dt.timedelta(seconds=mail[0][1]) <= clock.now():
            to, at = mail.pop(0)
            engine.send(str(to), at, key=f"{to}:{at}")
        going()
    return told
