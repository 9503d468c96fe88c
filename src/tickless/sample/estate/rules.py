"""The alert rules: what was measured → the troubles in it. By the symptom, as a user or a queue would feel it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tickless.sample.estate.alerts import Trouble
from tickless.sample.estate.blueprint import ServicePlan
from tickless.sample.estate.web import Json

SLOW_SECONDS = 0.9
DISK_PERCENT = 85.0
DISK_WATCH_PERCENT = 76.0
DISK_HOURS = 24.0
CERTIFICATE_DAYS = 21.0
WINDOW = 12
"""Readings that a forecast looks back on."""

NAMES = {
    "service_down": "ServiceDown",
    "http_errors": "HttpErrors",
    "latency_high": "LatencyHigh",
    "disk_filling": "DiskFilling",
    "certificate_expiring": "CertificateExpiring",
    "mailbox_over_quota": "MailboxOverQuota",
    "pool_exhausted": "PoolExhausted",
}


@dataclass(frozen=True)
class Health:
    """`status` is None when there was no answer."""

    status: int | None
    seconds: float
    detail: str = ""


@dataclass
class Readings:
    """One round of measurements. `certificates`: days left."""

    health: dict[str, Health] = field(default_factory=dict)
    disks: list[Json] = field(default_factory=list)
    pools: dict[str, Json] = field(default_factory=dict)
    certificates: dict[str, float] = field(default_factory=dict)
    mailboxes: list[Json] = field(default_factory=list)


class Forecast:
    """A straight line through the last readings of one disk."""

    def __init__(self) -> None:
        self.points: deque[tuple[float, float]] = deque(maxlen=WINDOW)

    def add(self, hours: float, percent: float) -> None:
        if self.points and percent < self.points[-1][1] - 1.0:
            self.points.clear()  # somebody made room: what was before says nothing now
        self.points.append((hours, percent))

    def hours_left(self) -> float | None:
        """Hours until it is full; None while it doesn't grow or nobody can say."""
        if len(self.points) < 4:
            return None
        middle = sum(at for at, _ in self.points) / len(self.points)
        level = sum(percent for _, percent in self.points) / len(self.points)
        spread = sum((at - middle) ** 2 for at, _ in self.points)
        slope = sum((at - middle) * (percent - level) for at, percent in self.points) / spread if spread else 0.0
        return max(100.0 - self.points[-1][1], 0.0) / slope if slope > 0.05 else None


class Rules:
    def __init__(self, services: tuple[ServicePlan, ...], job: str) -> None:
        self.services = {plan.id: plan for plan in services}
        self.job = job
        self.forecasts: dict[str, Forecast] = {}

    def troubles(self, readings: Readings, hours: float) -> Iterator[Trouble]:
        """Everything wrong in this round. `hours` is the company's time."""
        for service, health in readings.health.items():
            yield from self._health(self.services[service], health)
        for disk in readings.disks:
            yield from self._disk(disk, hours)
        for service, pool in readings.pools.items():
            yield from self._pool(self.services[service], pool)
        for name, days in readings.certificates.items():
            yield from self._certificate(name, days)
        for box in readings.mailboxes:
            yield from self._mailbox(box)

    def _labels(self, kind: str, plan: ServicePlan, severity: str, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "alertname": NAMES[kind],
            "class": kind,
            "service": plan.id,
            "instance": plan.host,
            "severity": severity,
            "job": self.job,
            **more,
        }

    def _health(self, plan: ServicePlan, health: Health) -> Iterator[Trouble]:
        severity = "critical" if plan.criticality <= 2 else "warning"
        if health.status is None:
            more = {"process": plan.process, "ci": f"process:{plan.process}"}
            labels = self._labels("service_down", plan, severity, more)
            yield Trouble(labels, f"{plan.name} does not answer", f"Probe of {plan.id} on {plan.host}: {health.detail}")
        elif health.status >= 500:
            labels = self._labels("http_errors", plan, severity, {})
            yield Trouble(labels, f"{plan.name} answers with errors ({health.status})", f"{plan.id}: {health.detail}")
        elif health.seconds > SLOW_SECONDS:
            text = f"{plan.id} took {health.seconds:.1f} s"
            yield Trouble(self._labels("latency_high", plan, "warning", {}), f"{plan.name} is slow", text)

    def _disk(self, disk: Json, hours: float) -> Iterator[Trouble]:
        name, percent = f"{disk['host']}:{disk['path']}", disk["percent"]
        forecast = self.forecasts.setdefault(name, Forecast())
        forecast.add(hours, percent)
        left = forecast.hours_left()
        soon = left is not None and left < DISK_HOURS and percent >= DISK_WATCH_PERCENT
        if percent < DISK_PERCENT and not soon:
            return
        plan = self.services[disk["service"]]
        more = {"host": disk["host"], "mountpoint": disk["path"], "path": disk["path"], "ci": name}
        when = f"full in {left:.1f} hours at this rate" if left is not None else "not growing now"
        yield Trouble(
            self._labels("disk_filling", plan, "warning", {**more, "instance": disk["host"]}),
            f"Disk {name} is filling up: {percent:.0f} %, {when}",
            f"{disk['free_mb']:.0f} MB of {disk['total_mb']:.0f} MB free",
            {"percent": f"{percent:.1f}"} | ({"hours_left": f"{left:.1f}"} if left is not None else {}),
        )

    def _pool(self, plan: ServicePlan, pool: Json) -> Iterator[Trouble]:
        if pool["in_use"] >= pool["size"]:
            labels = self._labels("pool_exhausted", plan, "critical", {"ci": f"pool:{plan.id}"})
            text = f"{pool['in_use']} of {pool['size']} connections in use, {pool['waiting']} requests wait"
            yield Trouble(labels, f"{plan.name} has no free connection", text)

    def _certificate(self, name: str, days: float) -> Iterator[Trouble]:
        if days < CERTIFICATE_DAYS:
            plan = next(plan for plan in self.services.values() if plan.certificate == name)
            more = {"certificate": name, "ci": f"certificate:{name}"}
            labels = self._labels("certificate_expiring", plan, "critical" if days < 2 else "warning", more)
            summary = f"Certificate {name} expires in {days:.1f} days"
            yield Trouble(labels, summary, f"Shown by {plan.id}", {"days_left": f"{days:.1f}"})

    def _mailbox(self, box: Json) -> Iterator[Trouble]:
        plan, who = self.services["mail"], box["username"]
        labels = self._labels("mailbox_over_quota", plan, "warning", {"account": who, "ci": f"mailbox:{who}"})
        text = f"{box['used_mb']:.0f} MB of {box['quota_mb']:.0f} MB: new mail is refused"
        yield Trouble(labels, f"Mailbox of {who} is over quota", text, {"percent": f"{box['percent']:.1f}"})
