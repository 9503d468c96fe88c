"""The one interpreter: runs any plan. Runbooks are data; this workflow is the only code that runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tickless.domain.runbook import Check
from tickless.flow import names
from tickless.flow.block_steps import BlockSteps
from tickless.flow.blocks import Blocks
from tickless.flow.engine import Engine, StepBroke
from tickless.flow.run_steps import STOPPED, RunSteps
from tickless.flow.tasks import TaskSteps
from tickless.stages.verify import core

MAX_TRIES = 500
"""Of one step, counting the times it waited for another run's lock."""
MAX_LOOKS = 10_000
"""At tasks: one after each that ended."""
LONGEST_BRAKED = 30.0
"""Seconds between two looks whether a brake is released."""
CLOSED = {"end": "stopped", "reason": "the case was closed meanwhile"}
"""People took over, or it works without us: nothing more is done, and what was done stays."""


class Interpreter:
    """Prechecks, steps, and the checks afterwards."""

    def __init__(self, engine: Engine, steps: RunSteps, tasks: TaskSteps, blocks: BlockSteps) -> None:
        self._engine = engine
        self._steps = steps
        self._tasks = tasks
        self._blocks = Blocks(engine, blocks, self._step)

    async def interpret_run(self, run: str) -> dict[str, Any]:
        """Run a plan. Returns {"end": done · nothing_to_do · stopped · failed · handed_off, "reason", "service"}."""
        try:
            return await self._interpret(run)
        except StepBroke as broke:
            return {"end": "failed", "reason": str(broke)}

    async def _interpret(self, run: str) -> dict[str, Any]:
        shape = await self._engine.step(names.STATE, self._steps.begin, run)
        if shape["end"] is not None:
            return dict(shape)
        for index in range(shape["prechecks"]):
            stopped = await self._precheck(run, index)
            if stopped is not None:
                return stopped
        await self._engine.step(names.STATE, self._steps.announce, run)
        for step in shape["steps"]:
            ended = await self._step(run, step)
            if ended is not None:
                return ended
        return {"end": "done"}

    async def _precheck(self, run: str, index: int) -> dict[str, Any] | None:
        """Look once; look again only while the answer can't be told."""
        for _ in range(3):
            told = await self._engine.step(names.PRECHECK, self._steps.precheck, run, index)
            if told["held"] is not None:
                break
            await self._engine.sleep(1.0)
        if told["held"]:
            return None
        return {"end": told["otherwise"], "reason": told["because"]}

    async def _step(self, run: str, step: str) -> dict[str, Any] | None:
        """One step until it is done, skipped or failed; None: go on."""
        attempt = tries = braked = 0
        while tries < MAX_TRIES:
            told = await self._engine.step(names.STEP, self._steps.step, run, step, attempt)
            tries += told["state"] != "braked"
            match told["state"]:
                case "done" | "skipped":
                    return None
                case "failed":
                    return None if told.get("continue") else {"end": "failed", "reason": told.get("error", "")}
                case "retry":
                    attempt += 1
                    await self._engine.sleep(told["after"])
                case "busy":
                    await self._engine.sleep(told["after"])
                case "braked":  # as long as it takes: to give up would undo, and so change things behind the brake
                    braked += 1
                    await self._engine.sleep(min(LONGEST_BRAKED, told["after"] * 2 ** min(braked // 5, 5)))
                case "stopped":
                    return await self._stopped(run, told)
                case "hand_off":
                    return {"end": "handed_off", "reason": told["reason"], "service": told["service"]}
                case "wait":
                    await self._engine.sleep(told["seconds"])
                    await self._settle(run, step, {}, "waited")
                case "say":
                    await self._settle(run, step, {}, told["text"])
                case _:
                    waits = {
                        "tasks": self._tasks_of, "until": self._until, "block": self._blocks.block,
                        "call": self._blocks.call, "manual": self._blocks.manual,
                        "wait_for": self._for_state,
                    }.get(told["state"], self._hear)  # fmt: skip
                    ended = await waits(run, step, told)
                    if ended is not None:
                        return ended
        return {"end": "failed", "reason": f"step {step!r} did not come to an end"}

    async def _stopped(self, run: str, told: dict[str, Any]) -> dict[str, Any]:
        """The case was closed between two steps; a whole that was withdrawn is taken back all the same."""
        if told.get("back"):
            parts = await self._engine.step(names.LOOK_AT_TASKS, self._tasks.parts, run)
            return await self._take_back(run, parts, by="")
        return dict(CLOSED)

    async def _hear(self, run: str, step: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """Ask a person, or for an approval, inside the procedure."""
        function: Callable[..., Any] = self._steps.ask if told["state"] == "ask" else self._steps.approve
        asked = await self._engine.step(names.ASK_PERSON, function, run, step, told)
        if asked is None:
            return {"end": "handed_off", "reason": "nobody could be asked", "service": None}
        if asked == STOPPED:
            return dict(CLOSED)
        wanted = "answer" if told["state"] == "ask" else "approval"
        heard = await self._engine.receive(seconds=told["within"])
        for _ in range(MAX_TRIES):
            if heard is None or heard["type"] in {wanted, "withdraw", "over"}:
                break
            heard = await self._engine.receive(seconds=told["within"])
        if heard is None:
            return {"end": "handed_off", "reason": "nobody answered in time", "service": None}
        if heard["type"] == "withdraw":
            return {"end": "stopped", "reason": "withdrawn"}
        if heard["type"] == "over":
            return dict(CLOSED)
        await self._engine.step(names.TAKE_ANSWER, self._steps.heard, run, step, asked, heard)
        return None

    async def _until(self, run: str, step: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """Wait for a day; withdrawn before it, everything that was done so far is taken back, with the parts."""
        seconds = float(told["seconds"])
        for _ in range(MAX_LOOKS):
            if seconds <= 0:
                break
            await self._engine.step(names.STATE, self._tasks.rest, run, True)
            heard = await self._engine.receive(seconds=seconds)
            if heard is not None and heard["type"] == "withdraw":
                parts = await self._engine.step(names.LOOK_AT_TASKS, self._tasks.parts, run)
                return await self._take_back(run, parts, by=str(heard.get("by", "")))
            if heard is not None and heard["type"] == "over":
                return dict(CLOSED)
            seconds = float(await self._engine.step(names.STATE, self._tasks.seconds_to, told["at"]))
        await self._engine.step(names.STATE, self._tasks.rest, run, False)
        await self._settle(run, step, {}, "the day has come")
        return None

    async def _for_state(self, run: str, step: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """Wait until a probe reads it; withdrawn meanwhile, everything that was done so far is taken back, with the parts."""
        ended = await self._blocks.wait_for(run, step, told)
        if ended is None or ended["end"] != "withdrawn":
            return ended
        parts = await self._engine.step(names.LOOK_AT_TASKS, self._tasks.parts, run)
        return await self._take_back(run, parts, by=ended["by"])

    async def _tasks_of(self, run: str, step: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """Open the tasks and wait until all have ended; withdrawn, they are taken back together."""
        cases = await self._engine.step(names.OPEN_TASKS, self._tasks.open, run, step, told["tasks"])
        for _ in range(MAX_LOOKS):
            state = await self._engine.step(names.LOOK_AT_TASKS, self._tasks.look, cases)
            if not state["live"]:
                left = {name: state[name] for name in ("total", "verified", "left", "open")}
                await self._settle(
                    run, step, left, f"{state['verified']} of {state['total']} tasks are done and read back"
                )
                return None
            heard = await self._engine.receive(seconds=told["within"])
            if heard is None:
                return {
                    "end": "handed_off",
                    "reason": f"Not everything was done in time: {state['open']}.",
                    "service": None,
                }
            if heard["type"] == "withdraw":
                return await self._take_back(run, cases, by=str(heard.get("by", "")))
            if heard["type"] == "over":
                return dict(CLOSED)
        return {"end": "failed", "reason": f"the tasks of step {step!r} did not come to an end"}

    async def _take_back(self, run: str, cases: list[str], *, by: str) -> dict[str, Any]:
        """Every effect of the parts, and then of the whole itself."""
        told: list[dict[str, Any]] = []
        parts = await self._engine.step(names.STOP_TASKS, self._tasks.stop, cases, by)
        for one in (*parts, run):
            undo = self._steps.undo if one == run else self._tasks.undo
            back = await self._engine.step(names.UNDO, undo, one)
            while "braked" in back:
                await self._engine.sleep(float(back.get("after", LONGEST_BRAKED)))
                back = await self._engine.step(names.UNDO, undo, one)
            told.append(back)
        await self._engine.step(names.STATE, self._tasks.taken_back, run, told)
        return {"end": "stopped", "reason": "withdrawn"}

    async def _settle(self, run: str, step: str, output: dict[str, Any], summary: str) -> None:
        await self._engine.step(names.STEP, self._steps.settle, run, step, output, summary)

    async def verify(self, run: str) -> dict[str, Any]:
        """Look at every post-condition until it holds steadily or its time is over; then the verdict."""
        checks = [
            Check.model_validate(check) for check in await self._engine.step(names.STATE, self._steps.checks, run)
        ]
        readings = [await self._watch(run, index, check) for index, check in enumerate(checks)]
        return dict(await self._engine.step(names.VERDICT, self._steps.conclude, run, readings))

    async def _watch(self, run: str, index: int, check: Check) -> dict[str, Any]:
        good = 0
        for look in range(core.looks_allowed(check) + core.looks_needed(check)):
            reading: dict[str, Any] = await self._engine.step(names.READ, self._steps.read, run, index)
            good = good + 1 if reading["held"] else 0
            if good >= core.looks_needed(check):
                return reading
            if not good and look + 1 >= core.looks_allowed(check):
                return reading
            await self._engine.sleep(check.every)
        return reading
