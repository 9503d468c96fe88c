"""What a brake stops stays stopped, and what keeps coming back loses the right to run by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.story.stage import Stage

from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.interpreter import LONGEST_BRAKED, MAX_TRIES, Interpreter


class _Engine:
    """Runs steps at once and only notes how long it would have slept."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def step(self, name: str, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


class _Steps:
    """One step, which meets a brake this many times."""

    def __init__(self, braked: int) -> None:
        self.left = braked

    def begin(self, run: str) -> dict[str, Any]:
        return {"end": None, "prechecks": 0, "steps": ["only"]}

    def announce(self, run: str) -> None:
        return None

    def step(self, run: str, step: str, attempt: int) -> dict[str, Any]:
        self.left -= 1
        return {"state": "braked", "after": 2.0} if self.left >= 0 else {"state": "done"}


def test_a_brake_of_a_whole_weekend_does_not_end_a_run_nor_take_it_back() -> None:
    engine, steps = _Engine(), _Steps(MAX_TRIES * 20)
    ended = asyncio.run(Interpreter(engine, steps, None, None).interpret_run("run_x_0_0"))  # type: ignore[arg-type]
    assert ended == {"end": "done"}
    assert max(engine.pauses) <= LONGEST_BRAKED
    assert sum(engine.pauses) > 48 * 3_600
    assert engine.pauses[0] == 2.0, "a brake that is released soon is noticed soon"


def test_a_relapse_says_which_runbook_did_not_hold(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    case = stage.talk(person).say("i am locked out of my account").ends().case
    back = case.model_copy(update={"generation": case.generation + 1})
    with stage.house.journal.write() as tx:
        ran = ends.mark_regressed(tx, back, by="monitor", why="it fires again", now=case.updated_at)
        counted = tx.resolutions.by(case=case.id)[-1]
    assert (ran, counted.outcome) == (counted.runbook, "regressed")
    assert ran is not None
    assert names.belongs(f"run_{case.id.removeprefix('case_')}_0_1", case.model_copy(update={"state": "open"}))
