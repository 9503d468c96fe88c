"""What the house relies on in its durable engine, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.flow.conftest import Start
from tests.journal.databases import Urls
from tests.journal.samples import NOW
from tests.waiting import until

from tickless.flow import dbos_engine
from tickless.flow.dbos_engine import DbosEngine
from tickless.flow.engine import StepBroke
from tickless.journal import Journal

LIFE = Path(__file__).parent / "engine_life.py"


def test_work_begins_with_the_commit_and_only_once(start: Start, journal: Journal) -> None:
    seen: list[str] = []

    def prepare(engine: DbosEngine) -> None:
        async def note(word: str) -> str:
            return str(await engine.step("note", lambda: seen.append(word) or word))

        engine.register("w.note", note)

    engine = start(prepare)
    with pytest.raises(RuntimeError), journal.write() as tx:  # noqa: PT012 (the block is what is tested)
        tx.coordination.beat("n1", role="all", now=NOW)
        engine.enqueue(tx, "w.note", workflow="one", args=("rolled back",))
        raise RuntimeError
    with journal.write() as tx:
        engine.enqueue(tx, "w.note", workflow="two", args=("first",))
        engine.enqueue(tx, "w.note", workflow="two", args=("second",))
    until(lambda: seen and not engine.pending())
    with journal.write() as tx:
        engine.enqueue(tx, "w.note", workflow="two", args=("after the end",))
        engine.enqueue(tx, "w.note", workflow="three", args=("third",))
    until(lambda: len(seen) == 2 and not engine.pending())
    assert seen == ["first", "third"]
    with journal.read() as tx:
        assert tx.coordination.nodes() == []


def test_a_message_is_heard_once_a_key_and_in_order(start: Start, journal: Journal) -> None:
    heard: list[Any] = []

    def prepare(engine: DbosEngine) -> None:
        async def listen() -> None:
            while (message := await engine.receive(seconds=3)) is not None:
                await engine.step("hear", heard.append, message)
                if message["n"] == 3:
                    return

        engine.register("w.listen", listen)

    engine = start(prepare)
    with journal.write() as tx:
        engine.enqueue(tx, "w.listen", workflow="one", args=())
    for n, key in ((1, "a"), (1, "a"), (2, "b"), (1, "a"), (3, "c"), (3, "c")):
        engine.send("one", {"n": n}, key=key)
    until(lambda: heard and not engine.pending())
    assert heard == [{"n": 1}, {"n": 2}, {"n": 3}]
    engine.send("one", {"n": 4}, key="to one that has ended")


def test_a_step_that_stumbles_is_tried_again_and_one_that_breaks_says_so(
    start: Start, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbos_engine, "STEP_PAUSE", 0.01)
    tries: dict[str, int] = {}
    ends: list[str] = []

    def stumble(name: str, times: int) -> str:
        tries[name] = tries.get(name, 0) + 1
        if tries[name] <= times:
            raise ValueError(name)
        return name

    def prepare(engine: DbosEngine) -> None:
        async def walk() -> None:
            ends.append(await engine.step("a", stumble, "twice", 2))
            try:
                await engine.step("b", stumble, "always", 99)
            except StepBroke as broke:
                ends.append(str(broke))

        engine.register("w.walk", walk)

    engine = start(prepare)
    with journal.write() as tx:
        engine.enqueue(tx, "w.walk", workflow="one", args=())
    until(lambda: len(ends) == 2)
    assert ends == ["twice", "ValueError in b"]
    assert tries == {"twice": 3, "always": 3}


def test_a_door_only_enqueues_and_a_worker_runs_it(start: Start, journal: Journal, urls: Urls) -> None:
    door = DbosEngine(journal, executor="door")
    door.prepare()
    with journal.write() as tx:
        door.enqueue(tx, "w.note", workflow="one", args=("word",))
    assert [(run.id, run.name) for run in door.pending()] == [("one", "w.note")]
    seen: list[str] = []

    def prepare(engine: DbosEngine) -> None:
        async def note(word: str) -> None:
            await engine.step("note", seen.append, word)

        engine.register("w.note", note)

    start(prepare)
    until(lambda: seen and not door.pending())
    assert seen == ["word"]
    door.stop()


def life(urls: Urls, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(LIFE), *urls, str(folder)])


def test_sleep_messages_and_steps_survive_kill_9(urls: Urls, journal: Journal, tmp_path: Path) -> None:
    """Killed while it sleeps and while it listens: nothing is done again, nothing that was sent is lost."""
    diary = tmp_path / "diary"

    def lines() -> list[str]:
        return diary.read_text().split() if diary.exists() else []

    door = DbosEngine(journal, executor="door")
    door.prepare()
    with journal.write() as tx:
        door.enqueue(tx, "w.live", workflow="one", args=())
    first = life(urls, tmp_path)
    until(lambda: lines() == ["woke"])
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    door.send("one", {"word": "hello"}, key="k")
    second = life(urls, tmp_path)
    until(lambda: "hello" in lines())
    os.kill(second.pid, signal.SIGKILL)
    second.wait()
    door.send("one", {"word": "hello"}, key="k")
    door.send("one", {"word": "bye"}, key="l")
    third = life(urls, tmp_path)
    until(lambda: not door.pending())
    third.kill()
    third.wait()
    door.stop()
    # A step whose process dies before its checkpoint runs again; what counts is that none is lost and the order holds.
    assert list(dict.fromkeys(lines())) == ["woke", "hello", "slept", "bye", "end"]
    assert json.loads((tmp_path / "lives").read_text()) == 3
