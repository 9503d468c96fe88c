"""Starting, finding, breaking and reading the estate from outside."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, get_args
from urllib.parse import quote

from tickless.domain.errors import NotFound, Rejected, Unreachable
from tickless.sample.company import Company
from tickless.sample.estate.blueprint import PORTS_TAKEN, Blueprint, read_blueprint
from tickless.sample.estate.drawing import draw

GroundFault = Literal["kill", "hang", "errors", "slow", "pool", "disk", "certificate"]
"""Targets: a process, a process, a service, a service, a service, `host:path`, a certificate's name."""
OfficeFault = Literal[
    "lock",
    "disable",
    "password_expired",
    "vpn_expired",
    "client_old",
    "mailbox_full",
    "mailbox_tight",
    "device_offline",
    "device_disk_full",
]
"""Targets: login names; for the last two a device."""
FaultKind = GroundFault | OfficeFault
TOKEN_NAME = "TICKLESS_SAMPLE_TOKEN"  # noqa: S105 - the name of a variable
START_PATIENCE = 60.0
TRIES = 4


@dataclass(frozen=True)
class Effect:
    """Something that really happened, and the idempotency key under which it was asked for."""

    at: str
    key: str
    operation: str
    target: str


class Estate:
    """A running estate. `start` owns it and `stop` ends it; `attach` only uses it."""

    def __init__(self, blueprint: Blueprint, ground: subprocess.Popen[bytes] | None) -> None:
        self.blueprint = blueprint
        self.token = blueprint.token
        self._ground = ground

    @classmethod
    def start(
        cls,
        company: Company,
        directory: Path,
        *,
        interval: float = 0.4,
        hours_per_second: float = 0.25,
        resume: bool = False,
    ) -> Estate:
        """Start every process, and return when all of them answer.

        `directory` must be empty or absent, unless `resume`; it holds everything the estate writes. `interval`: seconds
        between the monitor's rounds. `hours_per_second`: how fast the company's time runs, for forecasts. `resume`: open
        the company again that was closed or killed in that folder: accounts, mail, devices, disks and the record of
        effects are as they were; processes are new, on new ports, and well. Raises `Unreachable` with the reason when
        something does not start.
        """
        directory = directory.absolute()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if resume:
            (directory / "estate.json").unlink(missing_ok=True)
        elif any(directory.iterdir()):
            raise Rejected(f"{directory} is not empty", mend="attach to the estate in it, or choose another folder")
        for _ in range(TRIES):
            file = draw(company, directory, interval=interval, hours_per_second=hours_per_second)
            estate = cls(read_blueprint(file), _start_ground(file, directory / "ground.log"))
            try:
                if estate._wait_until_ready(directory):
                    return estate
            except BaseException:
                estate.stop()
                raise
            estate.stop()
        raise Unreachable("the sample company found no free ports", mend="try again")

    def _wait_until_ready(self, directory: Path) -> bool:
        """True when everything answers, False when the ports were taken. Raises `Unreachable`."""
        end = time.monotonic() + START_PATIENCE
        while not (directory / "estate.json").exists():
            code = self._ground.poll() if self._ground else None
            if code == PORTS_TAKEN:
                return False
            if code is not None or time.monotonic() > end:
                log = directory / "ground.log"
                said = log.read_text(errors="replace").strip().splitlines()[-3:]
                why = "ended at once" if code is not None else f"was not ready after {START_PATIENCE:.0f} s"
                raise Unreachable(f"the sample company {why}", detail=" | ".join(said), mend=f"read {log}")
            time.sleep(0.02)
        return True

    @classmethod
    def attach(cls, directory: Path) -> Estate:
        """The estate that runs in this folder. Raises `NotFound` when none does."""
        try:
            state = json.loads((directory / "estate.json").read_text(encoding="utf-8"))
            estate = cls(read_blueprint(Path(state["blueprint"])), None)
            estate._ask(estate.blueprint.keeper_port, "GET", "/processes")
        except (OSError, ValueError, Unreachable) as error:
            raise NotFound(
                f"no sample company runs in {directory}", mend="start one: python -m tickless.sample"
            ) from error
        return estate

    @property
    def group(self) -> int | None:
        """The process group of everything that this object started; None after `attach` and `stop`."""
        return self._ground.pid if self._ground is not None else None

    def stop(self) -> None:
        """End every process that this object started, and wait for it. Twice is fine; after `attach` nothing happens."""
        ground, self._ground = self._ground, None
        if ground is None:
            return
        if ground.stdin:
            ground.stdin.close()
        try:
            ground.wait(2.0)
        except subprocess.TimeoutExpired:
            os.killpg(ground.pid, signal.SIGKILL)
            ground.wait()

    def __enter__(self) -> Estate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def urls(self) -> dict[str, str]:
        """`keeper`, `office`, `monitor`, and every service by its id."""
        plan = self.blueprint
        parts = {"keeper": plan.keeper_port, "office": plan.office_port, "monitor": plan.monitor_port}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in parts.items()}
        return urls | {service.id: f"http://127.0.0.1:{service.port}{service.path}" for service in plan.services}

    def connector_settings(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Settings of the `sample` connector, and the secrets behind the names in them."""
        urls = self.urls
        settings = {"office_url": urls["office"], "keeper_url": urls["keeper"], "token": f"env:{TOKEN_NAME}"}
        return settings, {TOKEN_NAME: self.token}

    def fault(self, kind: FaultKind, target: str, **amount: float) -> None:
        """Break something. `disk` takes `to_percent` and `seconds`, `certificate` takes `days`.

        Raises `Rejected` for what can't be broken so, `Unreachable` for what is too busy to answer.
        """
        self._ask(self._port_for(kind), "POST", "/faults", {"kind": kind, "target": target, **amount})

    def heal(self, kind: FaultKind, target: str) -> None:
        """Mend it again. Raises as `fault` does."""
        self._ask(self._port_for(kind), "DELETE", "/faults", {"kind": kind, "target": target})

    def change(self, method: str, path: str, *, key: str) -> None:
        """Change something in the office by hand, once for each key. Raises as `fault` does."""
        self._ask(self.blueprint.office_port, method, f"/{path}", {}, key=key)

    def effects(self) -> list[Effect]:
        """Everything that was done in the office and on the ground, in order of time."""
        ports = (self.blueprint.office_port, self.blueprint.keeper_port)
        found = [Effect(**row) for port in ports for row in self._ask(port, "GET", "/effects")]
        return sorted(found, key=lambda effect: effect.at)

    def forget_effects(self) -> None:
        """Begin a new record of effects: keys used so far count as new again. What was done stays done."""
        for port in (self.blueprint.office_port, self.blueprint.keeper_port):
            self._ask(port, "DELETE", "/effects")

    def reset(self) -> None:
        """Everything as on the first day: people, disks, certificates, processes; no effects and no texts."""
        for port in (self.blueprint.keeper_port, self.blueprint.office_port):
            self._ask(port, "POST", "/reset")

    def read(self, part: Literal["office", "keeper"], path: str) -> dict[str, Any]:
        """The present state of something, as the office (`/accounts/{username}` …) or the keeper (`/disks?…`) tells it.

        Raises `Rejected` for what isn't there.
        """
        port = self.blueprint.office_port if part == "office" else self.blueprint.keeper_port
        found: dict[str, Any] = self._ask(port, "GET", path)
        return found

    def status(self, service: str) -> int:
        """What a user of this service gets now: an HTTP status; 0 when nothing answers. Raises `NotFound`."""
        plan = self.blueprint.find(service)
        if plan is None:
            raise NotFound(f"{self.blueprint.company} has no service called {service!r}")
        line = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=5)
        try:
            line.request("GET", f"{plan.path}/health", headers={"Connection": "close"})
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def sms(self, phone: str) -> list[str]:
        """The texts that this phone number received, oldest first."""
        inbox = self._ask(self.blueprint.office_port, "GET", f"/phones/{quote(phone, safe='')}")
        return [message["text"] for message in inbox]

    def sign_in(self, username: str, password: str) -> tuple[bool, str]:
        """Try a password at the directory: (signed in, reason why not)."""
        body = {"username": username, "password": password}
        reply = self._ask(self.blueprint.office_port, "POST", "/sign-in", body)
        return reply["ok"], reply["reason"]

    def point_monitor(self, url: str, token: str, *, telemetry: str = "") -> None:
        """Let the monitor post its webhooks to this loopback URL, with this bearer token. An empty URL ends it.
        `telemetry`: the path there to which what it measures goes too, as OTLP's JSON."""
        target = {"url": url, "token": token, "telemetry": telemetry}
        self._ask(self.blueprint.monitor_port, "POST", "/target", target)

    def set_interval(self, seconds: float) -> None:
        """How long the monitor waits between two rounds."""
        self._ask(self.blueprint.monitor_port, "POST", "/interval", {"seconds": seconds})

    def alerts(self) -> list[dict[str, Any]]:
        """The monitor's open alerts, as in its webhooks."""
        found: list[dict[str, Any]] = self._ask(self.blueprint.monitor_port, "GET", "/alerts")
        return found

    def _port_for(self, kind: FaultKind) -> int:
        of_ground = kind in get_args(GroundFault)
        return self.blueprint.keeper_port if of_ground else self.blueprint.office_port

    def _ask(self, port: int, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        headers = {"Authorization": f"Bearer {self.blueprint.control}", "Connection": "close"}
        headers |= {"Idempotency-Key": key} if key else {}
        try:
            line.request(method, path, b"" if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable("the sample company does not answer", detail=type(error).__name__) from error
        finally:
            line.close()
        if answer.status >= 400:
            kind = Unreachable if answer.status == 503 else Rejected  # one of its processes is too busy: again later
            raise kind(said.get("error", "refused"), detail=f"{method} {path}: {answer.status}")
        return said


def _start_ground(file: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", "tickless.sample.estate.ground", str(file)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
