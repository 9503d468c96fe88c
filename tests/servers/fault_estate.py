"""A small estate with something to break: nginx twice behind haproxy under supervisord, a worker with bounded memory, a small
disk, a certificate; watched by Prometheus, Alertmanager, blackbox, process and node exporter.

Every fault here is a real one, and is seen by its symptoms only."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xmlrpc.client import ServerProxy

import trustme
import yaml
from tests.servers import fault_configs as configs
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.prometheus import BINARIES
from tests.waiting import until

DISK_MB = 16
EXPORTERS = {"node": "prometheus-node-exporter", "processes": "prometheus-process-exporter"}
WORKER = Path(__file__).with_name("fault_worker.py")


@dataclass(frozen=True)
class FaultEstate:
    """`edge` haproxy, `web` and `api` nginx behind it, `files` a disk; `shop` and `checkout` are what people see through it.
    `worker` makes what people see there as `reports`."""

    folder: Path
    ports: dict[str, int]
    username: str
    password: str

    @property
    def supervisor_url(self) -> str:
        return f"http://{HOST}:{self.ports['supervisor']}/RPC2"

    @property
    def disk(self) -> Path:
        return self.folder / "disk"

    @property
    def probes(self) -> dict[str, str]:
        """Service → what is asked of it: what people ask through the proxy, and of the servers whether they live."""
        edge = f"http://{HOST}:{self.ports['edge']}"
        return {
            "shop": f"{edge}/",
            "checkout": f"{edge}/api/",
            "web": f"http://{HOST}:{self.ports['web']}/alive",
            "api": f"http://{HOST}:{self.ports['api']}/alive",
            "reports": f"{edge}/reports/",
            "worker": f"http://{HOST}:{self.ports['worker']}/",
        }

    @property
    def timed(self) -> dict[str, str]:
        """Service → what is asked of it to see how long it takes."""
        edge = f"http://{HOST}:{self.ports['edge']}"
        return {"shop": f"{edge}/", "web": f"http://{HOST}:{self.ports['web']}/"}

    def kill(self, process: str) -> None:
        """SIGKILL it; it stays down until somebody starts it."""
        os.kill(self._ask("getProcessInfo", process)["pid"], signal.SIGKILL)
        until(lambda: not listens(self.ports[process]), what=f"{process} to die")

    def break_answers(self, process: str) -> None:
        """It goes on, looks healthy, and answers 500 to whatever people ask."""
        (self.folder / f"{process}.broken").touch()

    def mend_answers(self, process: str) -> None:
        (self.folder / f"{process}.broken").unlink(missing_ok=True)

    def slow_down(self, process: str) -> None:
        """It goes on and answers rightly, in about a second."""
        (self.folder / f"{process}.slow").touch()

    def speed_up(self, process: str) -> None:
        (self.folder / f"{process}.slow").unlink(missing_ok=True)

    def leak(self) -> None:
        """The worker eats memory up to its limit, until it is started anew."""
        os.kill(self._ask("getProcessInfo", "worker")["pid"], signal.SIGUSR1)

    def fill_disk(self) -> None:
        """Old logs take nearly all of it."""
        then = time.time() - 30 * 86_400
        for number in range(DISK_MB - 1):
            path = self.disk / "logs" / f"app-{number}.log"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"\0" * 1_000_000)
            os.utime(path, (then, then))

    def issue_certificate(self, *, days: float) -> None:
        """Put a certificate that is valid for so long in place, and have the server load it."""
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        issued = trustme.CA().issue_cert("portal.larkmoor.example", HOST, not_after=until)
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        (self.folder / "chain.pem").write_bytes(chain)
        (self.folder / "key.pem").write_bytes(issued.private_key_pem.bytes())

    def restart(self, process: str) -> None:
        with suppress(Exception):
            self._ask("stopProcess", process)
        self._ask("startProcess", process)
        until(lambda: listens(self.ports[process]), what=f"{process} to serve")

    def firing(self) -> set[tuple[str, str]]:
        """(alert, service) of what Prometheus itself says is firing."""
        url = f"http://{HOST}:{self.ports['prometheus']}/api/v1/alerts"
        with urllib.request.urlopen(url, timeout=5) as answer:
            alerts = json.loads(answer.read())["data"]["alerts"]
        return {
            (one["labels"]["alertname"], one["labels"].get("service", "")) for one in alerts if one["state"] == "firing"
        }

    def loud(self, seconds: int) -> set[str]:
        """Every service of which an alert fired in the last `seconds`, as Prometheus itself has it."""
        query = quote(f'max_over_time(ALERTS{{alertstate="firing"}}[{seconds}s])')
        url = f"http://{HOST}:{self.ports['prometheus']}/api/v1/query?query={query}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return {one["metric"].get("service", "") for one in json.loads(answer.read())["data"]["result"]}

    def seen(self) -> set[str]:
        """Every target that Prometheus scrapes well."""
        query = f"http://{HOST}:{self.ports['prometheus']}/api/v1/query?query={quote('up == 1')}"
        try:
            with urllib.request.urlopen(query, timeout=5) as answer:
                return {one["metric"]["instance"] for one in json.loads(answer.read())["data"]["result"]}
        except OSError:
            return set()

    def _ask(self, method: str, *arguments: Any) -> Any:
        address = self.supervisor_url.replace("://", f"://{self.username}:{self.password}@", 1)
        with ServerProxy(address) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)


@contextmanager
def run_fault_estate() -> Iterator[FaultEstate]:
    """Everything but the monitoring, serving."""
    names = (
        "supervisor", "edge", "stats", "web", "api", "worker", "tls", "prometheus", "alertmanager", "blackbox", "node",
        "processes",
    )  # fmt: skip
    with own_folder("faults") as folder, ExitStack() as stack:
        estate = FaultEstate(folder, {name: free_port() for name in names}, "tickless", secrets.token_hex(12))
        estate.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(estate.disk)], check=True)
        stack.callback(subprocess.run, ["umount", "-l", str(estate.disk)], check=False)
        estate.issue_certificate(days=200)
        _write_servers(estate)
        daemon = Program(
            [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(folder / "supervisord.conf")],
            log=folder / "log",
            cwd=folder,
        )
        stack.callback(daemon.stop)
        daemon.start(
            lambda: all(listens(estate.ports[name]) for name in ("supervisor", "edge", "web", "api", "worker", "tls"))
        )
        yield estate


@contextmanager
def watched(estate: FaultEstate, *, webhook_url: str, token: str) -> Iterator[None]:
    """The monitoring over it; gives control when every target has been scraped."""
    folder, ports = estate.folder, estate.ports
    portal = f"{HOST}:{ports['tls']}"
    files = {
        "blackbox.yml": configs.BLACKBOX,
        "alertmanager.yml": configs.alertmanager(webhook_url, token),
        "rules.yml": configs.rules(disk=estate.disk),
        "prometheus.yml": configs.prometheus(ports, estate.probes, timed=estate.timed, secure=portal),
    }
    (folder / "processes.yml").write_text(configs.PROCESSES.format(port=ports["worker"]))
    for name, value in files.items():
        (folder / name).write_text(yaml.safe_dump(value))
    with ExitStack() as stack:
        for name, arguments in _monitoring(folder, ports).items():
            binary = program({**BINARIES, **EXPORTERS}[name]) or name
            daemon = Program([binary, *arguments], log=folder / f"{name}.log", cwd=folder)
            stack.callback(daemon.stop)
            daemon.start(lambda name=name: listens(ports[name]))  # type: ignore[misc]
        until(lambda: len(estate.seen()) >= 9, what="every target to be scraped", every=0.2)
        yield


def _write_servers(estate: FaultEstate) -> None:
    folder, ports = estate.folder, estate.ports
    tls = configs.TLS.format(host=HOST, port=ports["tls"], folder=folder)
    nginx, commands = program("nginx") or "nginx", {}
    for name in ("web", "api"):
        text = configs.NGINX.format(
            folder=folder, name=name, host=HOST, port=ports[name], tls=tls if name == "web" else "",
            rate=configs.RATE, answer=configs.ANSWER,
        )  # fmt: skip
        (folder / f"{name}.conf").write_text(text)
        commands[name] = [nginx, "-p", str(folder), "-e", f"{folder}/{name}-error.log", "-c", f"{folder}/{name}.conf"]
    (folder / "haproxy.cfg").write_text(configs.HAPROXY.format(host=HOST, **ports))
    commands["worker"] = [sys.executable, str(WORKER), HOST, str(ports["worker"])]
    commands["edge"] = [program("haproxy") or "haproxy", "-db", "-f", f"{folder}/haproxy.cfg"]
    settings = configs.SUPERVISORD.format(
        folder=folder, host=HOST, port=ports["supervisor"], username=estate.username, password=estate.password
    )
    programs = (
        configs.PROGRAM.format(name=name, command=shlex.join(command), folder=folder)
        for name, command in commands.items()
    )
    (folder / "supervisord.conf").write_text(settings + "".join(programs))


def _monitoring(folder: Path, ports: dict[str, int]) -> dict[str, list[str]]:
    def at(name: str) -> str:
        return f"--web.listen-address={HOST}:{ports[name]}"

    return {
        "node": ["--collector.disable-defaults", "--collector.filesystem", at("node")],
        "processes": [
            f"--config.path={folder}/processes.yml", "--threads=false", "--gather-smaps=false", at("processes"),
        ],
        "blackbox": [f"--config.file={folder}/blackbox.yml", at("blackbox")],
        "alertmanager": [
            f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alertmanager", at("alertmanager"),
            "--cluster.listen-address=",
        ],
        "prometheus": [
            f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/prometheus", at("prometheus"),
            "--rules.alert.resend-delay=1s",
        ],
    }  # fmt: skip
