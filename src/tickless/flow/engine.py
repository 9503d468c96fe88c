"""The durable engine as the house needs it: about ten calls. `dbos_engine.py` is it; `accelerated_engine.py` simulates it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tickless.journal import Tx

Json = Any
"""Arguments and results are ids and small JSON values: they are stored with the run."""
STEP_TRIES = 3
"""How often a step is tried before it counts as broken."""
WorkflowFunction = Callable[..., Awaitable[Json]]


@dataclass(frozen=True)
class Pending:
    """A durable run that hasn't ended."""

    id: str
    name: str
    status: str
    executor: str
    created_ms: int


class StepBroke(Exception):
    """A step failed in a way that nobody foresaw, and went on failing: a defect. The case goes to people."""


class Engine(Protocol):
    """Runs workflows that survive `kill -9`. Called inside a workflow: `step`, `sleep`, `receive`, `call`."""

    def register(self, name: str, function: WorkflowFunction) -> None:
        """Give a workflow its explicit name. Before `launch`."""
        ...

    def prepare(self) -> None:
        """For a process that runs nothing itself: make sure that enqueuing and sending work."""
        ...

    def launch(self) -> None:
        """Begin to run, and take up what this executor left pending."""
        ...

    def stop(self) -> None:
        """Stop running; pending work stays for later."""
        ...

    def enqueue(self, tx: Tx, name: str, *, workflow: str, args: tuple[Json, ...]) -> None:
        """Start a workflow in the same commit as the rest of the transaction. Twice with one id starts it once."""
        ...

    def send(self, workflow: str, message: Json, *, key: str) -> None:
        """Put a message in a workflow's inbox, once per key. A workflow that has ended doesn't hear it."""
        ...

    async def step(self, name: str, function: Callable[..., Json], *args: Json) -> Json:
        """Run a synchronous function in a thread and remember its result: at least once, usually exactly once.

        Raises `StepBroke` when the function raised on every try.
        """
        ...

    async def call(self, name: str, *, workflow: str, args: tuple[Json, ...]) -> Json:
        """Run another workflow as a child and wait for its result."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait durably: the time goes on while the process is down."""
        ...

    async def receive(self, *, seconds: float) -> Json:
        """The next message of the inbox, or None when the time is over."""
        ...

    def pending(self, *, executor: str | None = None) -> list[Pending]:
        """Workflows that have not ended."""
        ...

    def take_over(self, workflow: str) -> None:
        """Let this or another living process continue a dead one's workflow."""
        ...

    def cancel(self, workflow: str) -> None:
        """End a workflow before its next step."""
        ...
