"""Alerts as Prometheus and Alertmanager know them: labels, fingerprints, and the webhook's version 4 payload."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_OFFSET, _PRIME, _MASK = 14_695_981_039_346_656_037, 1_099_511_628_211, (1 << 64) - 1
OPEN_END = "0001-01-01T00:00:00Z"


def fingerprint(labels: Mapping[str, str]) -> str:
    """FNV-1a over the sorted labels, as prometheus/common computes it (`model/signature.go`): 16 hexadecimal digits."""
    total = _OFFSET
    for name in sorted(labels):
        for byte in (*name.encode(), 255, *labels[name].encode(), 255):
            total = (total ^ byte) * _PRIME & _MASK
    return f"{total:016x}"


@dataclass(frozen=True)
class Trouble:
    """What a rule sees now. The labels are its identity."""

    labels: Mapping[str, str]
    summary: str
    description: str
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further annotations, such as `hours_left`."""

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.labels)


@dataclass
class Alert:
    """A trouble that has been there long enough, until it has been gone long enough."""

    trouble: Trouble
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    told: str = ""
    """The state that the receiver knows of: empty, `firing` or `resolved`."""

    @property
    def status(self) -> str:
        return "resolved" if self.ends_at else "firing"

    def as_json(self, generator: str) -> dict[str, Any]:
        trouble = self.trouble
        return {
            "status": self.status,
            "labels": dict(trouble.labels),
            "annotations": {"summary": trouble.summary, "description": trouble.description, **trouble.extra},
            "startsAt": _stamp(self.starts_at),
            "endsAt": _stamp(self.ends_at) if self.ends_at else OPEN_END,
            "generatorURL": f"{generator}/alerts/{trouble.fingerprint}",
            "fingerprint": trouble.fingerprint,
        }


def payload(group: str, alerts: Sequence[Alert], generator: str) -> dict[str, Any]:
    """The webhook payload (version 4) for one group of alerts: those with the same `alertname`."""
    rendered = [alert.as_json(generator) for alert in alerts]
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{group}"}}',
        "truncatedAlerts": 0,
        "status": "firing" if any(alert.status == "firing" for alert in alerts) else "resolved",
        "receiver": "tickless",
        "groupLabels": {"alertname": group},
        "commonLabels": _common([one["labels"] for one in rendered]),
        "commonAnnotations": _common([one["annotations"] for one in rendered]),
        "externalURL": generator,
        "alerts": rendered,
    }


def _common(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *rest = maps
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in rest)}


def _stamp(at: dt.datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
