"""The keeper: starts every other process, supervises them, looks after disks and certificates, and breaks things on request."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path

from tickless.sample.estate.authority import Authority, read_certificate
from tickless.sample.estate.blueprint import MONITOR, OFFICE, Blueprint, ServicePlan
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.disks import POUR_EVERY, Disks
from tickless.sample.estate.ledger import Ledger, open_file
from tickless.sample.estate.processes import Processes
from tickless.sample.estate.web import HOST, Json, Problem


class Keeper:
    def __init__(self, blueprint: Blueprint, file: Path) -> None:
        self.blueprint = blueprint
        self.caller = Caller(blueprint.control)
        self.processes = Processes(blueprint, file, self.caller)
        self.disks = Disks(blueprint)
        self.authority = Authority(blueprint.folder / "certificates", blueprint.company)
        self.ledger = Ledger(open_file(blueprint.folder / "keeper.sqlite"))
        self.touched: set[str] = set()
        """Processes with a fault inside, that a restart ends."""
        self.turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.certificates = {plan.certificate: plan for plan in blueprint.services if plan.certificate}

    async def start(self) -> None:
        """Issue the certificates and start everything, all at once; returns when all of it answers."""
        self.disks.lay_out()
        for name in self.certificates:
            self.authority.issue(name)
        self.processes.spawn(MONITOR, MONITOR)
        for name in self.blueprint.processes:
            self.processes.spawn_supervised(name)
        ports = {name: self.blueprint.port_of(name) for name in self.blueprint.processes}
        ports[MONITOR] = self.blueprint.monitor_port
        await asyncio.gather(*(self.processes.ready(name, port) for name, port in ports.items()))
        await self.caller.call(self.blueprint.monitor_port, "/open", method="POST", patience=5.0)

    async def reset(self) -> None:
        """Everything on the ground as on the first day: all processes run anew, disks and certificates are sound."""
        self.disks.filling.clear()
        self.disks.lay_out(afresh=True)
        for name in self.certificates:
            self.authority.issue(name)
        await asyncio.gather(*(self._renew_process(name) for name in self.blueprint.processes if name != OFFICE))
        self.ledger.forget()

    async def _renew_process(self, name: str) -> None:
        """Restart only what something was done to: the others are as on the first day already."""
        if self.processes.state(name)["state"] == "running" and name not in self.touched:
            for plan in self.blueprint.of_process(name):
                if plan.certificate:
                    await self.service_call(plan, "POST", "/certificates/reload")
            return
        await self.processes.restart(name)
        self.touched.discard(name)

    async def pour(self) -> None:
        """Let the filling disks fill, for ever."""
        then = time.monotonic()
        while True:
            await asyncio.sleep(POUR_EVERY)
            now = time.monotonic()
            self.disks.pour(now - then)
            then = now

    async def change(self, key: str, operation: str, target: str, act: Callable[[], Awaitable[Json]]) -> Json:
        """Do it once under this key, one change at a time for each target."""
        async with self.turns[target]:
            return await self.ledger.once_outside(key, operation, target, act)

    async def certificate(self, name: str) -> Json:
        """What the service really shows on the wire now."""
        plan = self._certificate(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # an expired certificate is to be read, not refused
        try:
            async with asyncio.timeout(2.0):
                _, writer = await asyncio.open_connection(HOST, plan.tls_port, ssl=context)
        except (OSError, TimeoutError) as error:
            raise Problem(503, f"{plan.id} shows no certificate: it does not answer") from error
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        not_after, serial = read_certificate(der)
        days = (not_after.timestamp() - time.time()) / 86_400
        return {"exists": True, "days_left": round(days, 3), "not_after": not_after.isoformat(), "serial": serial}

    async def renew(self, name: str) -> Json:
        """Issue a new certificate and let the service load it."""
        self._certificate(name)
        await self.issue(name)
        return {"changed": True, **await self.certificate(name)}

    async def issue(self, name: str, days: float = 180.0) -> None:
        self.authority.issue(name, days=days)
        plan = self._certificate(name)
        await self.service_call(plan, "POST", "/certificates/reload")

    async def recycle(self, service: str) -> Json:
        plan = self.service(service)
        reply = await self.service_call(plan, "POST", "/pool/recycle")
        return {"changed": reply["freed"] > 0, **reply}

    async def service_call(self, plan: ServicePlan, method: str, path: str) -> Json:
        """Ask a service process something. Raises `Problem` when it can't."""
        try:
            got = await self.caller.call(plan.port, plan.path + path, patience=2.0, method=method)
        except (OSError, TimeoutError) as error:
            raise Problem(503, f"{plan.id} does not answer") from error
        reply: Json = got.json()
        if got.status >= 400:
            raise Problem(got.status, reply["error"])
        return reply

    def service(self, key: str) -> ServicePlan:
        found = self.blueprint.find(key)
        if found is None:
            raise Problem(404, f"there is no service {key!r}")
        return found

    def _certificate(self, name: str) -> ServicePlan:
        if name not in self.certificates:
            raise Problem(404, f"there is no certificate {name!r}")
        return self.certificates[name]
