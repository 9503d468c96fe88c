"""Blocks of steps inside a run: loops and steps side by side, other runbooks, and what a person does. Part of the interpreter.

Only steps, waits, and branches on their results, as in every workflow body. What goes on side by side is one durable step that
works on several at once (a wave), so that the order of what is remembered never depends on who was faster.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tickless.domain.runbook import Check
from tickless.flow import names
from tickless.flow.block_steps import BlockSteps
from tickless.flow.engine import Engine
from tickless.stages.verify import core

MAX_WAVES = 500
"""Of the same steps, counting those that waited for another run's lock."""
MAX_ASKS = 10
"""How often a person is asked for the same thing."""
LONGEST_BRAKED = 30.0

End = dict[str, Any] | None
RunStep = Callable[[str, str], Awaitable[End]]


class Blocks:
    """`run_step`: the interpreter's way to run one step to its end."""

    def __init__(self, engine: Engine, steps: BlockSteps, run_step: RunStep) -> None:
        self._engine = engine
        self._steps = steps
        self._run_step = run_step

    async def block(self, run: str, step: str, told: dict[str, Any]) -> End:
        """A loop, or steps side by side: the canary first, then so many at once. None: go on."""
        lanes: list[list[str]] = told["lanes"]
        failed: list[int] = []
        for group in _groups(len(lanes), first=told["first"], at_once=told["at_once"]):
            canary = group[-1] < told["first"]
            broke = await self._group(run, step, told, group)
            if isinstance(broke, dict):
                return broke
            if canary and not broke and told["watch"]:
                await self._engine.sleep(told["watch"])
                broke = await self._look(run, step, told, group)
            failed += broke
            if (canary and broke) or len(failed) > told["failures"]:
                which = ", ".join(told["names"][lane] for lane in failed[:5])
                reason = "the canary did not hold" if canary else f"{len(failed)} of {len(lanes)} did not work"
                return {"end": "failed", "reason": f"{reason}: {which}"}
        named = [told["names"][lane] for lane in failed]
        await self._engine.step(names.STEP, self._steps.close_block, run, step, len(lanes), named)
        return None

    async def _group(
        self, run: str, step: str, told: dict[str, Any], group: Sequence[int]
    ) -> list[int] | dict[str, Any]:
        """Every step of these lanes, and what is read back of each. Returns the lanes that failed, or how the run ends."""
        lanes: list[list[str]] = told["lanes"]
        failed: set[int] = set()
        for depth in range(max(len(lanes[lane]) for lane in group)):
            refs = {lane: lanes[lane][depth] for lane in group if lane not in failed and depth < len(lanes[lane])}
            broke = await self._waves(run, refs)
            if isinstance(broke, dict):
                return broke
            failed |= broke
        left = [lane for lane in group if lane not in failed]
        return sorted(failed | set(await self._look(run, step, told, left)))

    async def _waves(self, run: str, refs: dict[int, str]) -> set[int] | dict[str, Any]:
        """These steps side by side until each is done, skipped or failed."""
        attempts, failed, tries, braked = dict.fromkeys(refs, 0), set(), 0, 0
        while attempts and tries < MAX_WAVES:
            work = [[refs[lane], attempt] for lane, attempt in attempts.items()]
            answers = await self._engine.step(names.STEP, self._steps.wave, run, work)
            pause, standing = 0.0, False
            for lane, answer in zip(tuple(attempts), answers, strict=True):
                match answer["state"]:
                    case "stopped":
                        return {"end": "stopped", "reason": "the case was closed meanwhile"}
                    case "retry":
                        attempts[lane] += 1
                        pause = max(pause, answer["after"])
                    case "busy" | "braked":
                        pause, standing = max(pause, answer["after"]), standing or answer["state"] == "braked"
                    case state:
                        del attempts[lane]
                        if state == "failed" and not answer.get("continue"):
                            failed.add(lane)
            tries, braked = tries + (not standing), braked + standing
            if attempts:
                longer = 2 ** min(braked // 5, 5) if standing else 1
                await self._engine.sleep(min(LONGEST_BRAKED, pause * longer))
        return failed | set(attempts)

    async def _look(self, run: str, step: str, told: dict[str, Any], lanes: Sequence[int]) -> list[int]:
        """Which of these lanes do not hold when they are read back."""
        failed: list[int] = []
        for index, one in enumerate(told["checks"]):
            left = [lane for lane in lanes if lane not in failed]
            wrong = await self._watch(
                run, step, index, Check.model_validate(one), [f"{step}.{lane}.x" for lane in left]
            )
            failed += [left[place] for place in wrong]
        return failed

    async def _watch(self, run: str, step: str, index: int, check: Check, refs: list[str]) -> list[int]:
        """Look at one check of several until it holds steadily or its time is over; the places of those that do not."""
        good, waiting = dict.fromkeys(range(len(refs)), 0), set(range(len(refs)))
        for look in range(core.looks_allowed(check) + core.looks_needed(check)):
            if not waiting:
                break
            places = sorted(waiting)
            held = await self._engine.step(
                names.READ, self._steps.look, run, step, "verify", index, [refs[place] for place in places]
            )
            for place, one in zip(places, held, strict=True):
                good[place] = good[place] + 1 if one["held"] else 0
            waiting = {place for place in places if good[place] < core.looks_needed(check)}
            if waiting and look + 1 >= core.looks_allowed(check) and not any(good[place] for place in waiting):
                break
            if waiting:
                await self._engine.sleep(check.every)
        return sorted(waiting)

    async def call(self, run: str, step: str, told: dict[str, Any]) -> End:
        """Another runbook: its prechecks, its steps, its checks; then what it gives to its caller."""
        inside = f"{step}.x"
        for index in range(told["prechecks"]):
            held = await self._engine.step(names.PRECHECK, self._steps.look, run, step, "precheck", index, [inside])
            if held[0]["held"]:
                continue
            if held[0]["otherwise"] == "nothing_to_do":
                await self._engine.step(names.STEP, self._steps.close_call, run, step, False)
                return None
            return {"end": "handed_off", "reason": held[0]["because"], "service": None}
        for ref in told["steps"]:
            ended = await self._run_step(run, ref)
            if ended is not None:
                return ended
        for index, one in enumerate(told["checks"]):
            if await self._watch(run, step, index, Check.model_validate(one), [inside]):
                return {"end": "failed", "reason": f"what step {step!r} called for does not hold"}
        await self._engine.step(names.STEP, self._steps.close_call, run, step, True)
        return None

    async def wait_for(self, run: str, step: str, told: dict[str, Any]) -> End:
        """Look until it is so. Ends: failed · stopped · withdrawn (by). None: go on."""
        check = Check.model_validate(told["check"])
        for _ in range(core.looks_allowed(check)):
            looked = await self._engine.step(names.READ, self._steps.look, run, step, "verify", 0, [step])
            if looked[0]["held"]:
                await self._engine.step(names.STEP, self._steps.close_wait, run, step, True)
                return None
            heard = await self._engine.receive(seconds=check.every)
            if heard is not None and heard["type"] == "withdraw":
                return {"end": "withdrawn", "by": str(heard.get("by", ""))}
            if heard is not None and heard["type"] == "over":
                return {"end": "stopped", "reason": "the case was closed meanwhile"}
        if not told["go_on"]:
            return {
                "end": "failed",
                "reason": f"step {step!r} waited, and it did not become so: {looked[0]['evidence']}",
            }
        await self._engine.step(names.STEP, self._steps.close_wait, run, step, False)
        return None

    async def manual(self, run: str, step: str, told: dict[str, Any]) -> End:
        """Ask a person to do it, hear that it is done, read it back, and ask again while it does not hold."""
        for turn in range(MAX_ASKS):
            asked = await self._engine.step(names.ASK_PERSON, self._steps.ask, run, step, told, turn)
            if asked["end"] is not None:
                return dict(asked["end"])
            heard = await self._engine.receive(seconds=told["within"])
            while heard is not None and heard["type"] not in {"answer", "withdraw", "over"}:
                heard = await self._engine.receive(seconds=told["within"])
            if heard is None:
                return {"end": "handed_off", "reason": "nobody did it in time", "service": None}
            if heard["type"] != "answer":
                why = "withdrawn" if heard["type"] == "withdraw" else "the case was closed meanwhile"
                return {"end": "stopped", "reason": why}
            if not await self._engine.step(names.TAKE_ANSWER, self._steps.heard, run, step, heard):
                return {"end": "handed_off", "reason": "the person could not do it", "service": None}
            wrong = [
                index
                for index, one in enumerate(told["checks"])
                if await self._watch(run, step, index, Check.model_validate(one), [step])
            ]
            if not wrong:
                await self._engine.step(names.STEP, self._steps.close_manual, run, step, heard)
                return None
        return {"end": "handed_off", "reason": "it was done again and again and does not hold", "service": None}


def _groups(lanes: int, *, first: int, at_once: int) -> list[list[int]]:
    """The canary (which may take several turns), then the rest, so many at once."""
    found = [list(range(start, min(start + at_once, first))) for start in range(0, first, at_once)]
    return found + [list(range(start, min(start + at_once, lanes))) for start in range(first, lanes, at_once)]
