"""`Engine` for simulations: workflows in one process, on a clock that somebody moves. Nothing is kept when the process ends.

There is no thread and no event loop: `run` takes every workflow as far as it can come without waiting, in the order in which
they became ready, so that the same events at the same moments give the same story. Who plays moves the clock to `next_wake`
or to an event of its own, whichever is sooner.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import json
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from types import coroutine
from typing import Any

from tickless.domain.errors import Conflict
from tickless.flow.engine import STEP_TRIES, Json, Pending, StepBroke, WorkflowFunction
from tickless.journal import Tx
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger

EXECUTOR = "accelerated"
log = get_logger("flow")


@dataclass(frozen=True)
class _Pause:
    """What a workflow says when it can't go on: until when, and whether a message wakes it; `child`: whose end it waits for."""

    until: dt.datetime | None = None
    hears: bool = False
    child: str = ""


@dataclass
class _Run:
    """A workflow that has begun. `turn` counts its pauses, so that an alarm of an earlier one is known as old."""

    id: str
    name: str
    body: Coroutine[Any, Any, Json]
    created: dt.datetime
    inbox: deque[Json] = field(default_factory=deque)
    keys: set[str] = field(default_factory=set)
    pause: _Pause | None = None
    turn: int = 0
    waits_for_me: str = ""


@coroutine
def _pause(pause: _Pause) -> Generator[_Pause, Json, Json]:
    return (yield pause)


def _stored(value: Json) -> Json:
    """As it would come back from a store: what the durable engine could not keep is refused here, too."""
    return json.loads(json.dumps(value))


class AcceleratedEngine:
    """Registered workflows over a clock that stands still until it is moved.

    `after_step`: told the name and the result of every step; who plays in a world with a time of its own lets it pass there.
    """

    def __init__(self, clock: Clock, *, after_step: Callable[[str, Json], None] = lambda *_: None) -> None:
        self._clock = clock
        self._after_step = after_step
        self._functions: dict[str, WorkflowFunction] = {}
        self._runs: dict[str, _Run] = {}
        self._known: set[str] = set()
        """Every id that was ever begun: a workflow begins once."""
        self._results: dict[str, Json] = {}
        """Of what ended, for a parent that asks later."""
        self._ready: deque[tuple[str, int, Json]] = deque()
        self._alarms: list[tuple[dt.datetime, int, str, int]] = []
        self._count = itertools.count()
        self._stopped = False

    # What a house asks of an engine

    def register(self, name: str, function: WorkflowFunction) -> None:
        self._functions[name] = function

    def prepare(self) -> None:
        """Raises `Conflict`: nobody may serve on it."""
        self.launch()

    def launch(self) -> None:
        """Raises `Conflict`: a house that is served needs an engine that survives its process."""
        raise Conflict(
            "the accelerated engine is for simulations: it keeps nothing", mend="leave `engine` out of `build`"
        )

    def stop(self) -> None:
        """Forget everything that has not ended."""
        self._stopped = True
        for run in self._runs.values():
            run.body.close()
        self._runs.clear()

    def enqueue(self, tx: Tx, name: str, *, workflow: str, args: tuple[Json, ...]) -> None:
        stored = _stored(list(args))
        tx.after_commit(lambda: self._begin(name, workflow, stored))

    def send(self, workflow: str, message: Json, *, key: str) -> None:
        run = self._runs.get(workflow)
        if run is None:
            log.warning("nobody waits for this message any more", workflow=workflow, key=key)
            return
        if key in run.keys:
            return
        run.keys.add(key)
        run.inbox.append(_stored(message))
        if run.pause is not None and run.pause.hears and len(run.inbox) == 1:
            self._ready.append((run.id, run.turn, None))

    async def step(self, name: str, function: Callable[..., Json], *args: Json) -> Json:
        for attempt in range(STEP_TRIES):
            try:
                result = _stored(function(*args))
            except Exception as error:  # ADR 0013: a defect ends one case, not the house
                log.error("a step broke", step=name, args=args, attempt=attempt, exc_info=error)
                broke = f"{type(error).__name__} in {name}"
            else:
                self._after_step(name, result)
                return result
        raise StepBroke(broke)

    async def call(self, name: str, *, workflow: str, args: tuple[Json, ...]) -> Json:
        self._begin(name, workflow, _stored(list(args)))
        return await _pause(_Pause(child=workflow))

    async def sleep(self, seconds: float) -> None:
        await _pause(_Pause(until=self._clock.now() + dt.timedelta(seconds=seconds)))

    async def receive(self, *, seconds: float) -> Json:
        return await _pause(_Pause(until=self._clock.now() + dt.timedelta(seconds=seconds), hears=True))

    def pending(self, *, executor: str | None = None) -> list[Pending]:
        if executor not in {None, EXECUTOR}:
            return []
        return [
            Pending(run.id, run.name, "PENDING", EXECUTOR, int(run.created.timestamp() * 1_000))
            for run in self._runs.values()
        ]

    def take_over(self, workflow: str) -> None:
        """There is no other process whose work could be taken over."""

    def cancel(self, workflow: str) -> None:
        run = self._runs.pop(workflow, None)
        if run is not None:
            run.body.close()

    # What the player asks

    def next_wake(self) -> dt.datetime | None:
        """When the next workflow goes on by itself; None when all wait for somebody, or none is left."""
        while self._alarms:
            due, _, identity, turn = self._alarms[0]
            run = self._runs.get(identity)
            if run is not None and run.turn == turn:
                return due
            heapq.heappop(self._alarms)
        return None

    def run(self) -> int:
        """Take everything as far as it comes at this moment; returns how often a workflow went on."""
        moved = 0
        while not self._stopped:
            self._ring()
            if not self._ready:
                break
            identity, turn, heard = self._ready.popleft()
            run = self._runs.get(identity)
            if run is not None and run.turn == turn:
                self._go_on(run, heard)
                moved += 1
        return moved

    # Inside

    def _begin(self, name: str, workflow: str, args: list[Json]) -> None:
        if workflow in self._known:
            return
        self._known.add(workflow)
        body = self._functions[name](*args)
        run = _Run(workflow, name, body, self._clock.now())  # type: ignore[arg-type]
        self._runs[workflow] = run
        self._ready.append((workflow, run.turn, None))

    def _ring(self) -> None:
        """Wake whoever's time has come."""
        due = self.next_wake()
        while due is not None and due <= self._clock.now():
            _, _, identity, turn = heapq.heappop(self._alarms)
            self._ready.append((identity, turn, None))
            due = self.next_wake()

    def _go_on(self, run: _Run, heard: Json) -> None:
        """To the next pause, or to the end."""
        if run.pause is not None and run.pause.hears and run.inbox:
            heard = run.inbox.popleft()
        run.pause, run.turn = None, run.turn + 1
        try:
            pause = run.body.send(heard)
        except StopIteration as over:
            self._over(run, over.value)
            return
        except Exception as error:
            log.error("a workflow broke", workflow=run.id, exc_info=error)
            self._over(run, None)
            return
        run.pause = pause
        self._wait(run, pause)

    def _wait(self, run: _Run, pause: _Pause) -> None:
        if pause.child:
            self._wait_for(run, pause.child)
        elif pause.hears and run.inbox:
            self._ready.append((run.id, run.turn, None))
        elif pause.until is not None:
            heapq.heappush(self._alarms, (pause.until, next(self._count), run.id, run.turn))

    def _wait_for(self, run: _Run, child: str) -> None:
        if child in self._runs:
            self._runs[child].waits_for_me = run.id
        else:
            self._ready.append((run.id, run.turn, self._results.get(child)))

    def _over(self, run: _Run, result: Json) -> None:
        del self._runs[run.id]
        parent = self._runs.get(run.waits_for_me)
        if parent is not None:
            self._ready.append((parent.id, parent.turn, _stored(result)))
        else:
            self._results[run.id] = _stored(result)
