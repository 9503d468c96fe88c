"""The whole product on one page: how a case is resolved.

A workflow body only calls steps, waits, and branches on their results: no clock, no randomness, no I/O, no settings. Loops
(verify failed → decide again; the person answered → decide again) are written here and nowhere else.
"""

from __future__ import annotations

from typing import Any

from tickless.flow import names
from tickless.flow.asking import Asking
from tickless.flow.case_steps import CaseSteps
from tickless.flow.engine import Engine, StepBroke
from tickless.flow.interpreter import Interpreter
from tickless.flow.talking.knowing import Knowing

MAX_TURNS = 60_000
"""A case that waits behind a brake turns round every ten seconds, after five minutes every minute; this bounds it to six
weeks."""
QUICK_LOOKS, LATER_SECONDS = 30, 60.0
"""A brake that is still set after so many looks is looked at so rarely."""
BRAKE_SECONDS = 15.0
"""How often taking back asks whether the brake is off."""
OVER = frozenset({"resolved", "handed_off", "closed"})


class Resolution:
    """The durable story of one case."""

    def __init__(
        self, engine: Engine, *, steps: CaseSteps, asking: Asking, knowing: Knowing, interpreter: Interpreter
    ) -> None:
        self._engine = engine
        self._steps = steps
        self._asking = asking
        self._knowing = knowing
        self._interpreter = interpreter
        engine.register(names.RESOLVE_CASE, self.resolve_case)
        engine.register(names.INTERPRET_RUN, interpreter.interpret_run)

    async def resolve_case(self, case: str, generation: int) -> str:
        """The story, to its end; where the house itself fails, people take over."""
        try:
            return await self._story(case, generation)
        except StepBroke as broke:
            return str(await self._engine.step(names.HAND_OFF, self._steps.broke, case, str(broke)))

    async def _story(self, case: str, generation: int) -> str:
        """Decide, do what was decided, look whether it held, and decide again until the case is over."""
        step, steps, looks = self._engine.step, self._steps, 0
        for turn in range(MAX_TURNS):
            decision = await step(names.DECIDE, steps.decide, case, generation, turn)
            looks = looks + 1 if decision["kind"] == "wait" else 0
            match decision["kind"]:
                case "act":
                    end = await self._act(case, decision)
                case "ask_person":
                    end = await self._ask(case, decision)
                case "ask_approval" | "suggest":
                    end = await self._approval(case, decision)
                case "answer":
                    end = await self._answer(case, decision)
                case "wait":
                    seconds = float(decision["seconds"])
                    end = await self._wait(
                        case, seconds=max(seconds, LATER_SECONDS) if looks > QUICK_LOOKS else seconds
                    )
                case "hand_off":
                    end = await step(names.HAND_OFF, steps.hand_off, case, decision["id"])
                case _:
                    end = await step(names.CLOSE, steps.close, case, decision["id"], decision["kind"])
            if end in OVER:
                return str(end)
        return str(await step(names.HAND_OFF, steps.hand_off, case, decision["id"]))

    async def _act(self, case: str, decision: dict[str, Any]) -> str:
        """Carry the plan out and look whether it holds; what does not hold is taken back as far as it can be."""
        step, steps = self._engine.step, self._steps
        run = await step(names.START_RUN, steps.start_run, case, decision["id"])
        done = await self._engine.call(names.INTERPRET_RUN, workflow=names.run_workflow(run), args=(run,))
        if done["end"] in {"done", "nothing_to_do"}:
            verdict = await self._interpreter.verify(run)
            if verdict["result"] == "held":
                return str(await step(names.RESOLVED, steps.resolved, case, run, done["end"]))
            done = {"end": "unverified", "reason": f"the checks afterwards: {verdict['result']}"}
        if done["end"] in {"failed", "unverified"}:
            back = await step(names.UNDO, steps.undo, run)
            while "braked" in back:
                await self._engine.sleep(float(back.get("after", BRAKE_SECONDS)))
                back = await step(names.UNDO, steps.undo, run)
        return str(await step(names.END_RUN, steps.end_run, case, run, done["end"], done.get("reason", ""),
                              done.get("service")))  # fmt: skip

    async def _ask(self, case: str, decision: dict[str, Any]) -> str:
        """Ask and wait for the answer, days if need be, over restarts."""
        step, steps = self._engine.step, self._steps
        asked = await step(names.ASK_PERSON, self._asking.ask_person, case, decision["id"])
        if asked["question"] is None:
            return str(await step(names.HAND_OFF, steps.hand_off, case, decision["id"]))
        heard = await self._engine.receive(seconds=asked["seconds"])
        if heard is None or heard["type"] == "withdraw":
            return await self._withdrawn_or_silent(case, decision, heard)
        return str(await step(names.TAKE_ANSWER, self._asking.take_answer, case, asked["question"], heard))

    async def _answer(self, case: str, decision: dict[str, Any]) -> str:
        """Answer from knowledge and hear whether it helped: yes ends it, no decides again, silence is assumed."""
        step, steps = self._engine.step, self._steps
        asked = await step(names.GIVE_ANSWER, self._knowing.give_answer, case, decision["id"])
        if asked["question"] is None:
            return str(await step(names.HAND_OFF, steps.hand_off, case, decision["id"]))
        heard = await self._engine.receive(seconds=asked["seconds"])
        if heard is not None and heard["type"] == "withdraw":
            return str(await step(names.CLOSE, steps.withdraw, case, heard))
        return str(await step(names.TAKE_FEEDBACK, self._knowing.take_feedback, case, asked["question"], heard))

    async def _approval(self, case: str, decision: dict[str, Any]) -> str:
        """Ask for a yes to this very plan and wait; what was answered stands in the journal, so it is decided again."""
        step = self._engine.step
        asked = await step(names.ASK_APPROVAL, self._asking.ask_approval, case, decision["id"])
        heard = await self._engine.receive(seconds=asked["seconds"])
        if heard is not None and heard["type"] == "withdraw":
            return await self._withdrawn_or_silent(case, decision, heard)
        return str(
            await step(names.CLOSE_APPROVAL, self._asking.close_approval, case, asked["approval"], heard is None)
        )

    async def _wait(self, case: str, *, seconds: float) -> str:
        heard = await self._engine.receive(seconds=seconds)
        if heard is not None and heard["type"] == "withdraw":
            return str(await self._engine.step(names.CLOSE, self._steps.withdraw, case, heard))
        return "again"

    async def _withdrawn_or_silent(self, case: str, decision: dict[str, Any], heard: dict[str, Any] | None) -> str:
        """Silence is never a success: it hands the case to people."""
        step, steps = self._engine.step, self._steps
        if heard is None:
            return str(await step(names.HAND_OFF, steps.hand_off, case, decision["id"]))
        return str(await step(names.CLOSE, steps.withdraw, case, heard))
