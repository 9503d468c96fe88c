"""Real Prometheus, Alertmanager and blackbox exporter with one-second rhythms: what is killed is told within seconds."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.servers.processes import HOST, Program, free_port, own_folder, program
from tests.waiting import until

BINARIES = {
    "blackbox": "prometheus-blackbox-exporter",
    "alertmanager": "prometheus-alertmanager",
    "prometheus": "prometheus",
}


@dataclass(frozen=True)
class Monitoring:
    """The three addresses of a running stack."""

    prometheus_url: str
    alertmanager_url: str
    blackbox_url: str

    def up(self, service: str) -> bool:
        """Whether Prometheus itself now sees the service as healthy."""
        query = f"{self.prometheus_url}/api/v1/query?query=probe_success%7Bservice%3D%22{service}%22%7D"
        try:
            with urllib.request.urlopen(query, timeout=5) as answer:
                found = json.loads(answer.read())["data"]["result"]
        except OSError:
            return False
        return bool(found) and found[0]["value"][1] == "1"


@contextmanager
def run_monitoring(
    folder: Path,
    *,
    webhook_url: str,
    probes: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    token: str | None = None,
) -> Iterator[Monitoring]:
    """Watch `probes` (service name → URL) from outside and post to `webhook_url` (v4), with `token` as bearer if given.

    Alerts are called `ServiceDown` and carry the labels `service`, `instance` (the URL), `severity` and `labels`.
    Gives control when every probe has been seen healthy once.
    """
    ports = {name: free_port() for name in ("prometheus", "alertmanager", "blackbox")}
    urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
    _write(folder / "blackbox.yml", {"modules": {"http_2xx": {"prober": "http", "timeout": "1s"}}})
    _write(folder / "alertmanager.yml", _alertmanager(webhook_url, token))
    _write(folder / "rules.yml", {"groups": [{"name": "services", "rules": [_rule(labels or {})]}]})
    _write(folder / "prometheus.yml", _prometheus(ports, probes))
    with ExitStack() as running:
        for name, arguments in _arguments(folder, ports).items():
            binary = program(BINARIES[name]) or BINARIES[name]
            daemon = Program([binary, *arguments], log=folder / f"{name}.log", cwd=folder)
            running.callback(daemon.stop)
            daemon.start(_ready(urls[name]))
        stack = Monitoring(urls["prometheus"], urls["alertmanager"], urls["blackbox"])
        until(lambda: all(stack.up(name) for name in probes), what="every probe to be healthy", every=0.2)
        yield stack


StartMonitoring = Callable[..., Monitoring]


@pytest.fixture
def prometheus_stack() -> Iterator[StartMonitoring]:
    """Call it as `prometheus_stack(webhook_url, probes={"shop": "http://…"})`; more of `run_monitoring` by name."""
    with ExitStack() as stack:

        def start(webhook_url: str, **settings: Any) -> Monitoring:
            folder = stack.enter_context(own_folder("prom"))
            running: AbstractContextManager[Monitoring] = run_monitoring(folder, webhook_url=webhook_url, **settings)
            return stack.enter_context(running)

        yield start


def _arguments(folder: Path, ports: Mapping[str, int]) -> dict[str, list[str]]:
    return {
        "blackbox": [
            f"--config.file={folder}/blackbox.yml",
            f"--web.listen-address={HOST}:{ports['blackbox']}",
        ],
        "alertmanager": [
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/alertmanager",
            f"--web.listen-address={HOST}:{ports['alertmanager']}",
            "--cluster.listen-address=",
        ],
        "prometheus": [
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address={HOST}:{ports['prometheus']}",
            "--rules.alert.resend-delay=1s",
        ],
    }


def _alertmanager(webhook_url: str, token: str | None) -> dict[str, Any]:
    webhook: dict[str, Any] = {"url": webhook_url, "send_resolved": True}
    if token:
        webhook["http_config"] = {"authorization": {"credentials": token}}
    return {
        "route": {
            "receiver": "tickless",
            "group_by": ["service"],
            "group_wait": "1s",
            "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [{"name": "tickless", "webhook_configs": [webhook]}],
    }


def _rule(labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "alert": "ServiceDown",
        "expr": "probe_success == 0",
        "labels": {"severity": "critical", **labels},
        "annotations": {"summary": "{{ $labels.service }} does not answer"},
    }


def _prometheus(ports: Mapping[str, int], probes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{ports['alertmanager']}"]}]}]},
        "scrape_configs": [
            {
                "job_name": "blackbox",
                "metrics_path": "/probe",
                "params": {"module": ["http_2xx"]},
                "static_configs": [{"targets": [url], "labels": {"service": name}} for name, url in probes.items()],
                "relabel_configs": [
                    {"source_labels": ["__address__"], "target_label": "__param_target"},
                    {"source_labels": ["__param_target"], "target_label": "instance"},
                    {"target_label": "__address__", "replacement": f"{HOST}:{ports['blackbox']}"},
                ],
            }
        ],
    }


def _ready(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/metrics", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ready


def _write(path: Path, value: Any) -> None:
    path.write_text(yaml.safe_dump(value))
