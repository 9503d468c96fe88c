"""The monitor: measures, applies the rules, and tells Tickless by Alertmanager webhooks.

`python -m tickless.sample.estate.monitor BLUEPRINT`. Where to post is set after the start: `POST /target`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

from tickless.sample.estate.alerts import Alert, Trouble, payload
from tickless.sample.estate.blueprint import Blueprint, read_blueprint
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.lifeline import die_with_parent, end, hold_on_to_parent
from tickless.sample.estate.measuring import Measuring
from tickless.sample.estate.rules import Rules
from tickless.sample.estate.telling import metrics_of
from tickless.sample.estate.web import Problem, Request, Response, Router, answer, serve

ROUNDS_TO_FIRE = 2
ROUNDS_TO_RESOLVE = 2
REPEAT_SECONDS = 30.0
"""A firing group is told again this often; four hours in a company whose time runs at its usual pace."""


class Watch:
    """Which alerts are open: a trouble must be there twice in a row, and gone twice in a row."""

    def __init__(self) -> None:
        self.open: dict[str, Alert] = {}
        self.seen: dict[str, int] = {}
        self.missing: dict[str, int] = {}

    def update(self, troubles: list[Trouble], now: dt.datetime) -> None:
        current = {trouble.fingerprint: trouble for trouble in troubles}
        self.seen = {mark: self.seen.get(mark, 0) + 1 for mark in current}
        for mark, trouble in current.items():
            alert = self.open.get(mark)
            if alert is not None and alert.status == "firing":
                alert.trouble = trouble
            elif self.seen[mark] >= ROUNDS_TO_FIRE:
                self.open[mark] = Alert(trouble, now)
        for mark, alert in self.open.items():
            self.missing[mark] = 0 if mark in current else self.missing.get(mark, 0) + 1
            if alert.ends_at is None and self.missing[mark] >= ROUNDS_TO_RESOLVE:
                alert.ends_at = now

    def groups(self) -> dict[str, list[Alert]]:
        """Open and not yet told alerts by `alertname`."""
        grouped: dict[str, list[Alert]] = defaultdict(list)
        for alert in self.open.values():
            grouped[alert.trouble.labels["alertname"]].append(alert)
        return grouped

    def forget_told(self) -> None:
        """Drop what is over and known to be over."""
        self.open = {mark: alert for mark, alert in self.open.items() if alert.told != "resolved"}


class Monitor:
    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.interval = blueprint.interval
        self.measuring = Measuring(blueprint)
        self.rules = Rules(blueprint.services, blueprint.company.lower())
        self.watch = Watch()
        self.target: tuple[int, str] | None = None
        self.telemetry: str | None = None
        """Path on the same server where metrics go."""
        self.caller = Caller("")
        self.opened = asyncio.Event()
        self.told_at: dict[str, float] = {}
        self.self_url = f"http://127.0.0.1:{blueprint.monitor_port}"

    async def run(self) -> None:
        """Measure and tell, for ever; begins when the company is open, for before that everything looks broken."""
        await self.opened.wait()
        while True:
            start = time.monotonic()
            readings = await self.measuring.round()
            hours = time.monotonic() * self.blueprint.hours_per_second
            now = dt.datetime.now(dt.UTC)
            self.watch.update(list(self.rules.troubles(readings, hours)), now)
            await self.tell()
            await self.tell_metrics(metrics_of(readings, self.blueprint.services, now=now.timestamp()))
            await asyncio.sleep(max(self.interval - (time.monotonic() - start), 0.02))

    async def tell(self) -> None:
        """Post every group in which something changed, or that is due again. What fails is tried in the next round."""
        if self.target is None:
            return
        for group, alerts in self.watch.groups().items():
            news = any(alert.told != alert.status for alert in alerts)
            if news or time.monotonic() - self.told_at.get(group, 0.0) > REPEAT_SECONDS:
                await self._post(group, alerts)
        self.watch.forget_told()

    async def tell_metrics(self, body: dict[str, object]) -> None:
        """Send what was measured, where somebody wants it; what fails is not sent again: the next round has newer values."""
        if self.target is None or self.telemetry is None:
            return
        with contextlib.suppress(OSError):
            await self.caller.call(self.target[0], self.telemetry, patience=5.0, method="POST", body=body)

    async def _post(self, group: str, alerts: list[Alert]) -> None:
        if self.target is None:
            return
        port, path = self.target
        told = [(alert, alert.status) for alert in alerts]
        try:
            got = await self.caller.call(
                port, path, patience=5.0, method="POST", body=payload(group, alerts, self.self_url)
            )
        except OSError:
            return
        if got.status < 300:
            self.told_at[group] = time.monotonic()
            for alert, status in told:
                alert.told = status

    async def alerts(self, request: Request) -> Response:
        return answer([alert.as_json(self.self_url) for alert in self.watch.open.values()])

    async def point(self, request: Request) -> Response:
        """`{"url", "token", "telemetry"}`; an empty URL ends the telling. A new target is told everything that is open.
        `telemetry`: a path there that takes OTLP's metrics as JSON, if any."""
        body = request.json()
        self.telemetry = str(body.get("telemetry", "")) or None
        url = urlsplit(str(body.get("url", "")))
        if not url.netloc:
            self.target = None
        elif url.scheme != "http" or url.hostname not in {"127.0.0.1", "localhost"} or url.port is None:
            raise Problem(422, "the monitor posts to http://127.0.0.1:PORT/... only")
        else:
            self.caller = Caller(str(body.get("token", "")))
            self.target = (url.port, url.path + (f"?{url.query}" if url.query else ""))
        for alert in self.watch.open.values():
            alert.told = ""
        return answer({"pointed": self.target is not None})

    async def open(self, request: Request) -> Response:
        self.opened.set()
        return answer({"open": True})

    async def pace(self, request: Request) -> Response:
        seconds = request.json().get("seconds")
        if not isinstance(seconds, int | float) or not 0.1 <= seconds <= 3_600:
            raise Problem(422, "seconds must be a number from 0.1 to 3600")
        self.interval = float(seconds)
        return answer({"seconds": self.interval})


async def _main(blueprint: Blueprint) -> None:
    hold_on_to_parent(end)
    monitor = Monitor(blueprint)
    router = Router(blueprint.token, blueprint.control)
    router.add("GET /alerts", monitor.alerts)
    router.add("POST /target", monitor.point, level="control")
    router.add("POST /open", monitor.open, level="control")
    router.add("POST /interval", monitor.pace, level="control")
    await serve(router, blueprint.monitor_port)
    await monitor.run()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(_main(read_blueprint(Path(sys.argv[1]))))
