"""One service at work: it really calls what it needs, so that what breaks below is felt above."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from tickless.sample.estate.blueprint import Blueprint, ServicePlan
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.disks import Disk
from tickless.sample.estate.pool import Pool, PoolExhausted

FRESH_GOOD = 0.4
"""Seconds for which a good look at the dependencies is believed: a real service keeps such a state too."""
FRESH_BAD = 0.1
PATIENCE = 1.0
"""Seconds that a dependency may take."""
POOL_PATIENCE = 0.3
FULL_PERCENT = 99.0
SLOWNESS = 1.2
"""Seconds that the fault `slow` adds to each answer."""


@dataclass(frozen=True)
class Look:
    """What a user would get now."""

    status: int
    detail: str
    until: float


class Working:
    def __init__(self, plan: ServicePlan, blueprint: Blueprint, caller: Caller) -> None:
        self.plan = plan
        self.needs = [need for name in plan.needs if (need := blueprint.find(name))]
        self.caller = caller
        below = blueprint.find(plan.pool_needs)
        self.pool = Pool(below.port, plan.pool_size) if below else None
        self.pool_path = (below.path if below else "") + "/"
        root = blueprint.folder / "disks"
        self.disks = [Disk(disk, root) for disk in blueprint.disks if disk.service == plan.id]
        self.faults: set[str] = set()
        self.requests = 0
        self.failures = 0
        self._look = Look(200, "", 0.0)
        self._looking: asyncio.Task[Look] | None = None

    async def respond(self) -> Look:
        """Answer one request."""
        if "slow" in self.faults:
            await asyncio.sleep(SLOWNESS)
        look = Look(500, "internal error", 0.0) if "errors" in self.faults else await self._fresh()
        self.requests += 1
        self.failures += look.status >= 500
        return look

    async def _fresh(self) -> Look:
        if time.monotonic() < self._look.until:
            return self._look
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_down())
        return await asyncio.shield(self._looking)

    async def _look_down(self) -> Look:
        troubles = [text for text in await asyncio.gather(self._borrow(), *map(self._ask, self.needs)) if text]
        troubles += [f"disk {disk.plan.path} is full" for disk in self.disks if disk.state()["percent"] >= FULL_PERCENT]
        now = time.monotonic()
        if not troubles:
            self._look = Look(200, "ok", now + FRESH_GOOD)
        else:
            status = 503 if troubles[0].startswith(("no free connection", "disk")) else 502
            self._look = Look(status, "; ".join(troubles), now + FRESH_BAD)
        return self._look

    async def _borrow(self) -> str:
        if self.pool is None:
            return ""
        try:
            async with self.pool.connection(POOL_PATIENCE) as line, asyncio.timeout(PATIENCE):
                await line.send("GET", self.pool_path)
        except PoolExhausted as error:
            return str(error)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return ""  # asked again below, over a line of its own, and told there
        return ""

    async def _ask(self, need: ServicePlan) -> str:
        try:
            answer = await self.caller.call(need.port, need.path + "/", patience=PATIENCE)
        except TimeoutError:
            return f"{need.id} does not answer in time"
        except OSError:
            return f"{need.id} is not there"
        return f"{need.id} fails ({answer.status})" if answer.status >= 500 else ""

    def metrics(self) -> str:
        """Prometheus text."""
        name = self.plan.id
        lines = [
            "# TYPE http_requests_total counter",
            f'http_requests_total{{service="{name}"}} {self.requests}',
            "# TYPE http_request_failures_total counter",
            f'http_request_failures_total{{service="{name}"}} {self.failures}',
        ]
        if self.pool:
            lines += [
                "# TYPE pool_connections gauge",
                f'pool_connections{{service="{name}",state="in_use"}} {self.pool.in_use}',
                f'pool_connections{{service="{name}",state="size"}} {self.pool.size}',
                f'pool_connections{{service="{name}",state="waiting"}} {self.pool.waiting}',
            ]
        return "\n".join(lines) + "\n"
