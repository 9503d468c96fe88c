"""An alert that fires, reduced to what hygiene needs of it; and an answer: held back, why and until when. Pure values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tickless.domain.finding import Finding
from tickless.domain.hold import HoldReason
from tickless.domain.signal import Severity, Signal
from tickless.domain.world import World

HOST_LABELS = ("host", "hostname", "node", "instance")
_HOST_DOWN = re.compile(
    r"\b(host|node|machine|server|hypervisor)s?[ _-]{0,2}(is |not )?(down|unreachable|offline|ready|dead)", re.I
)
_PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True)
class News:
    """`labels`: what matchers look at. `at`: when it began, by the sender; `now` is when we look."""

    source: str
    fingerprint: str
    need: str
    service: str | None
    host: str | None
    severity: Severity | None
    labels: Mapping[str, str]
    at: dt.datetime
    host_down: bool = False
    """It says that a whole machine is down."""


@dataclass(frozen=True)
class Held:
    """Held back: for this reason, because of `ref`, until then at first."""

    reason: HoldReason
    until: dt.datetime
    why: str
    ref: str = ""
    by: str = "tickless"


Skip = frozenset[Literal["silenced", "maintenance", "inhibited", "flapping", "transient"]]
NOTHING: Skip = frozenset()


def news_of(signal: Signal, finding: Finding, world: World, *, labels: bool = True) -> News:
    """What is known of it: its service by its label, else by the thing that it is about. `labels`: whether any are needed."""
    service, host = finding.slots.get("service"), bare_host(signal.label(*HOST_LABELS))
    for entity in finding.entities:
        item = world.items.get(entity.ref or "") if entity.kind == "ci" else None
        if item is not None:
            service = service or item.service
            host = host or bare_host(item.attributes.get("host"))
    need = finding.need or "unknown"
    name = signal.label("alertname") or ""
    return News(
        source=signal.source,
        fingerprint=signal.fingerprint,
        need=need,
        service=service,
        host=host,
        severity=signal.severity,
        labels=labels_of(signal, service=service, need=need) if labels else {},
        at=signal.occurred_at,
        host_down=says_host_down(need, f"{_split(name)} {signal.title.tame(300)}"),
    )


def labels_of(signal: Signal, *, service: str | None, need: str | None) -> dict[str, str]:
    """What matchers see: its own labels, and what we know where it has none of that name."""
    own = {name: text.raw for name, text in signal.labels.items() if not name.startswith(("annotation.", "route."))}
    known = {"alertname": signal.title.raw[:500], "source": signal.source, "service": service or "",
             "severity": signal.severity or "", "class": need or ""}  # fmt: skip
    return {**{name: value for name, value in known.items() if value}, **own}


def bare_host(name: str | None) -> str | None:
    """A machine's name without a port; None for none."""
    found = _PORT.sub("", (name or "").strip()).casefold()
    return found or None


def says_host_down(need: str, told: str) -> bool:
    return need == "host_down" or (need == "service_down" and _HOST_DOWN.search(told) is not None)


def _split(name: str) -> str:
    """`HostDown` → `Host Down`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
