"""Takes the measurements: asks every service as a user would, and reads disks, pools, certificates and mailboxes."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import Any

from tickless.sample.estate.blueprint import Blueprint, ServicePlan
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.rules import Health, Readings
from tickless.sample.estate.web import HOST

PATIENCE = 2.0
SELDOM = 5
"""Certificates are looked at in every so many rounds: a handshake costs more than a request."""


class Measuring:
    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.caller = Caller(blueprint.token)
        self.tls = ssl.create_default_context(cafile=str(blueprint.folder / "certificates" / "ca.pem"))
        self.rounds = 0
        self.certificates: dict[str, float] = {}

    async def round(self) -> Readings:
        """One look at everything. What can't be read is left out; a service that doesn't answer is a reading."""
        readings = Readings()
        services = self.blueprint.services
        for plan, health in zip(services, await asyncio.gather(*map(self._health, services)), strict=True):
            readings.health[plan.id] = health
        readings.disks = await self._read(self.blueprint.keeper_port, "/disks") or []
        readings.mailboxes = await self._read(self.blueprint.office_port, "/mailboxes-over-quota") or []
        for plan in services:
            if plan.pool_size and (pool := await self._read(plan.port, f"{plan.path}/pool")):
                readings.pools[plan.id] = pool
        if self.rounds % SELDOM == 0:
            await self._look_at_certificates()
        readings.certificates = dict(self.certificates)
        self.rounds += 1
        return readings

    async def _health(self, plan: ServicePlan) -> Health:
        start = time.monotonic()
        try:
            answer = await self.caller.call(plan.port, f"{plan.path}/health", patience=PATIENCE)
        except TimeoutError:
            return Health(None, PATIENCE, "no answer in time")
        except OSError:
            return Health(None, time.monotonic() - start, "connection refused")
        return Health(answer.status, time.monotonic() - start, str(answer.json().get("detail", "")))

    async def _read(self, port: int, path: str) -> Any:
        try:
            answer = await self.caller.call(port, path, patience=PATIENCE)
        except OSError:
            return None
        return answer.json() if answer.status == 200 else None

    async def _look_at_certificates(self) -> None:
        for plan in self.blueprint.services:
            if plan.certificate:
                days = await self._days_left(plan)
                if days is not None:
                    self.certificates[plan.certificate] = days

    async def _days_left(self, plan: ServicePlan) -> float | None:
        """Days that the shown certificate is still valid; 0 when it is not trusted any more; None without an answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                opening = asyncio.open_connection(HOST, plan.tls_port, ssl=self.tls, server_hostname=plan.certificate)
                _, writer = await opening
        except ssl.SSLCertVerificationError:
            return 0.0
        except (OSError, TimeoutError):
            return None
        shown = writer.get_extra_info("peercert")
        writer.close()
        return (ssl.cert_time_to_seconds(shown["notAfter"]) - time.time()) / 86_400
