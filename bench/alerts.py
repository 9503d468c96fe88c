"""Alerts as Prometheus posts them to Alertmanager's API v2, made by arithmetic: the same bytes for both servers."""

from __future__ import annotations

import datetime as dt
import json

BATCH = 100
_SERIAL = "#serial#"
_EPOCH = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC).timestamp()
_START = "2026-01-05T08:00:00.000Z"


def body(*, batch: int = BATCH) -> bytes:
    """A POST of `batch` alerts; `numbered` makes each POST distinct."""
    return json.dumps([_alert(index) for index in range(batch)], separators=(",", ":")).encode()


def numbered(template: bytes, serial: int) -> bytes:
    """The same POST about other machines, a second later: every alert in it has labels that no other serial has."""
    starts = dt.datetime.fromtimestamp(_EPOCH + serial, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return template.replace(_SERIAL.encode(), b"%08d" % serial).replace(_START.encode(), starts.encode())


def _alert(index: int) -> dict[str, object]:
    names = ("HighCpu", "DiskFillsUp", "InstanceDown", "HighLatency", "CertificateExpires")
    name = names[index % len(names)]
    return {
        "labels": {
            "alertname": name,
            "cluster": f"eu-{index % 3}",
            "instance": f"host-{index:03d}-{_SERIAL}.example.internal:9100",
            "job": "node",
            "service": f"service-{index % 20:02d}",
            "severity": ("critical", "warning", "info")[index % 3],
            "team": f"team-{index % 7}",
        },
        "annotations": {
            "summary": f"{name} on host-{index:03d}",
            "description": f"The value has been above the limit for 10 minutes on machine {index} of its cluster.",
        },
        "startsAt": _START,
        "generatorURL": f"http://prometheus.example.internal:9090/graph?g0.expr=up+%3D%3D+{index}",
    }
