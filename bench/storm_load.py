"""The storm of S2: what three monitors of the sample company send in a minute, and which trouble each alert is of. No method.

Every trouble has a root; the root and whoever needs it complain, each from many instances, in waves as the trouble spreads. A
share of what is sent are repeats; some alerts are of no trouble at all.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

ALERTS = 10_000
SECONDS = 60.0
ROOTS = ("stock-db", "staff-directory", "catalog-db", "print-server")
REPEATED = 0.4
"""Share of what is sent that was sent before."""
STRAYS = 0.01
BATCH = 30
"""Alerts in a post of Prometheus; the others send one by one."""
SHARES = {"alertmanager": 0.6, "zabbix": 0.2, "pagerduty": 0.2}
_ROOT = (("ServiceDown", "{s} does not answer on {i}"), ("ProcessDown", "process of {s} is gone on {i}"))
_HURT = (
    ("HighErrorRate", "{s} on {i}: {n} % of requests fail, upstream {up}"),
    ("HighLatency", "{s} on {i}: requests take {n} s"),
    ("RequestsTimeOut", "{i}: {n} time-outs a minute, waiting for {up}"),
    ("QueueGrowing", "work waits at {s} on {i}: {n} items"),
)
_NAMES_UPSTREAM = frozenset(name for name, text in _HURT if text.endswith("{up}"))
_STRAY = (("BackupFailed", "backup of {i} failed"), ("ClockSkew", "clock of {i} is {n} ms off"))


@dataclass(frozen=True)
class Sent:
    """One alert in one post. `serial` is the same for its repeats; `trouble`: its root, or None for a stray one."""

    at: float
    source: str
    serial: int
    trouble: str | None
    service: str
    name: str
    text: str
    severity: str


def make_storm(needs: Mapping[str, Sequence[str]], seed: int = 0) -> list[Sent]:
    """Everything that is sent, in order of time (seconds from the beginning). `needs`: service → what it needs."""
    rng = random.Random(f"storm-{seed}")
    distinct = round(ALERTS * (1 - REPEATED))
    starts = {root: rng.uniform(0, SECONDS * 0.5) for root in ROOTS}
    hurt = {root: _dependents(needs, root) for root in ROOTS}
    first: list[Sent] = []
    for serial in range(1, distinct + 1):
        if rng.random() < STRAYS:
            name, text = rng.choice(_STRAY)
            told = _told(rng, text, service=rng.choice(sorted(needs)), up="", serial=serial)
            first.append(Sent(rng.uniform(0, SECONDS), "", serial, None, told[0], name, told[1], "warning"))
            continue
        root = rng.choice(ROOTS)
        who, steps, through = rng.choice([(root, 0, root), *hurt[root]])
        name, text = rng.choice(_HURT if steps else _ROOT)
        told = _told(rng, text, service=who, up=through, serial=serial)
        last = SECONDS - 2
        at = min(last, starts[root] + 2 * steps + rng.expovariate(1 / 6) + rng.choice((0, 0, 8, 16)))
        severity = rng.choice(("critical", "warning")) if steps else "critical"
        first.append(Sent(at, "", serial, root, told[0], name, told[1], severity))
    first = [replace(one, source=rng.choices(list(SHARES), list(SHARES.values()))[0]) for one in first]
    again = [_repeated(rng, rng.choice(first)) for _ in range(ALERTS - distinct)]
    return sorted([*_spread(first), *again], key=lambda one: (one.at, one.serial))


def _spread(first: Iterable[Sent]) -> list[Sent]:
    """So that the minute is filled from its beginning to its end, whatever the troubles: order kept, half the pace even."""
    ordered = sorted(first, key=lambda one: one.at)
    even = SECONDS / len(ordered)
    return [replace(one, at=(one.at + place * even) / 2) for place, one in enumerate(ordered)]


def _repeated(rng: random.Random, one: Sent) -> Sent:
    return replace(one, at=min(SECONDS - 0.01, one.at + rng.uniform(3, 20)))


def _told(rng: random.Random, text: str, *, service: str, up: str, serial: int) -> tuple[str, str]:
    said = text.replace("{s}", service).replace("{i}", f"{service}-{serial % 400:03d}").replace("{up}", up)
    return service, said.replace("{n}", str(rng.randrange(2, 90)))


def _dependents(needs: Mapping[str, Sequence[str]], root: str) -> list[tuple[str, int, str]]:
    """Who needs it: name, distance, and through whom."""
    found: dict[str, tuple[int, str]] = {root: (0, root)}
    queue = [root]
    for below in queue:
        for who, what in sorted(needs.items()):
            if below in what and who not in found:
                found[who] = (found[below][0] + 1, below)
                queue.append(who)
    return [(who, steps, through) for who, (steps, through) in found.items() if who != root]


def tellable(storm: Iterable[Sent]) -> float:
    """The share of alerts that somebody could place who knew how often what they say is of which trouble: two troubles that
    hurt the same service say the same of it."""
    seen = {one.serial: one for one in storm if one.trouble is not None}
    said: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for one in seen.values():
        names = one.text.rpartition(" ")[2] if one.name in _NAMES_UPSTREAM else ""
        said[one.service, one.name, names][one.trouble or ""] += 1
    return sum(max(counted.values()) for counted in said.values()) / max(len(seen), 1)


def body_of(source: str, alerts: Sequence[Sent], began: dt.datetime, *, key: str = "") -> bytes:
    """One post, as that monitor forms it. `key`: PagerDuty's routing key. Zabbix and PagerDuty send one alert a post."""
    if source == "alertmanager":
        return json.dumps([_prometheus(one, began) for one in alerts]).encode()
    one = alerts[0]
    return json.dumps(_zabbix(one, began) if source == "zabbix" else _pagerduty(one, began, key)).encode()


def _when(one: Sent, began: dt.datetime) -> dt.datetime:
    return began + dt.timedelta(milliseconds=one.serial)


def _prometheus(one: Sent, began: dt.datetime) -> dict[str, object]:
    labels = {"alertname": one.name, "service": one.service, "instance": f"{one.service}-{one.serial % 400:03d}:9100",
              "serial": str(one.serial), "severity": one.severity, "job": "storm"}  # fmt: skip
    starts = _when(one, began).isoformat().replace("+00:00", "Z")
    return {"labels": labels, "annotations": {"summary": one.text}, "startsAt": starts}


def _zabbix(one: Sent, began: dt.datetime) -> dict[str, object]:
    tags = [{"tag": "service", "value": one.service}, {"tag": "serial", "value": str(one.serial)}]
    when = _when(one, began)
    return {
        "event_id": str(one.serial), "event_value": "1", "event_name": f"{one.name}: {one.text}",
        "event_nseverity": "5" if one.severity == "critical" else "2", "event_tagsjson": json.dumps(tags),
        "event_timestamp": str(int(when.timestamp())), "host_host": f"{one.service}-{one.serial % 400:03d}",
        "trigger_id": str(one.serial), "trigger_description": one.text,
    }  # fmt: skip


def _pagerduty(one: Sent, began: dt.datetime, key: str) -> dict[str, object]:
    return {
        "routing_key": key, "event_action": "trigger", "dedup_key": f"storm/{one.serial}",
        "payload": {
            "summary": f"{one.name}: {one.text}", "source": f"{one.service}-{one.serial % 400:03d}",
            "timestamp": _when(one, began).isoformat(), "severity": one.severity,
            "custom_details": {"service": one.service, "serial": str(one.serial)},
        },
    }  # fmt: skip
