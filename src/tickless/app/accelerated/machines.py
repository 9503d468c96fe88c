"""The company's machines: what breaks, breaks in the estate; its monitor says so, and says when it is well again.

In the place of the estate's own monitor, which lives in the machine's time: it reads the same state, and stamps it with the
clock of the year.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tickless.app.accelerated.agenda import Agenda
from tickless.app.accelerated.scene import DELIVERY, Scene
from tickless.app.demo_faults import break_it, mend_it
from tickless.app.demo_storm import dependents
from tickless.app.sample_house import MONITOR
from tickless.domain.errors import Rejected, Unreachable
from tickless.domain.signal import Payload
from tickless.sample.day_events import Fault
from tickless.sample.estate.alerts import Alert, Trouble, payload
from tickless.sample.estate.control import Estate
from tickless.sample.estate.rules import CERTIFICATE_DAYS, DISK_PERCENT, SLOW_SECONDS
from tickless.sample.year_events import Breaks, Deploys

SEEN_AFTER = dt.timedelta(minutes=1)
"""Between something and its monitor saying so."""
STALE = 0.45
"""Seconds for which a service of the estate still believes that its connections are well."""
GENERATOR = "http://127.0.0.1/monitor"


@dataclass
class Broken:
    """Something that is broken now, and the alerts that say so."""

    event: Breaks
    alerts: list[Alert]


class Machines:
    """Breaks and watches; `broken` is what people find when a case about it is theirs."""

    def __init__(self, scene: Scene, agenda: Agenda) -> None:
        self._scene = scene
        self._agenda = agenda
        self.broken: dict[str, Broken] = {}

    def breaks(self, event: Breaks) -> None:
        """Let it break; what is only passing is over after its time."""
        now = self._scene.clock.now()
        for fault in event.faults:
            _try(break_it, self._scene.estate, fault)
            if fault.kind == "pool":
                time.sleep(STALE)
        broken = Broken(event, [Alert(one, now) for one in self._troubles(event)])
        self.broken[event.id] = broken
        self._agenda.at(now + SEEN_AFTER, lambda: self._tell(broken))
        if event.passes_after is not None:
            self._agenda.at(now + event.passes_after, lambda: self.mend(event.id))

    def mend(self, event: str) -> None:
        """By hand, or by itself."""
        broken = self.broken.get(event)
        for fault in broken.event.faults if broken else ():
            _try(mend_it, self._scene.estate, fault)
        self.look()

    def look(self) -> None:
        """See which of it is well again, and have the monitor say so."""
        now = self._scene.clock.now()
        for broken in list(self.broken.values()):
            event = broken.event
            if not all(well(self._scene.estate, fault) for fault in event.faults):
                continue
            del self.broken[event.id]
            over = [replace(one, ends_at=now + SEEN_AFTER) for one in broken.alerts]
            self._agenda.at(now + SEEN_AFTER, lambda over=over: self._post(over))  # type: ignore[misc]
            if event.again is not None:
                again = replace(event, id=f"{event.id}-again", at=now + event.again, again=None, storm=0)
                self._agenda.at(again.at, lambda again=again: self.breaks(again))  # type: ignore[misc]

    def behind(self, need: str | None, service: str | None) -> Broken | None:
        """What a case is about, as far as something is broken there now."""
        found = [one for one in self.broken.values() if one.event.need == need]
        exact = [one for one in found if one.event.labels.get("service") == service]
        near = [one for one in self.broken.values() if one.event.labels.get("service") == service]
        return next(iter([*exact, *near]), None)

    def deploys(self, event: Deploys) -> None:
        """News of a deployment, as a pipeline tells it."""
        at = self._scene.clock.now().isoformat()
        kind = "dev.cdevents.service.deployed.0.3.0"
        context = {
            "specversion": "0.5.0",
            "id": event.id,
            "source": f"/ci/{event.service}",
            "type": kind,
            "timestamp": at,
        }
        content = {"environment": {"id": "prod"}, "artifactId": f"pkg:oci/{event.service}@{event.version}"}
        body = {"context": context, "subject": {"id": event.service, "content": content},
                "customData": {"by": event.by, "title": event.title}, "customDataContentType": "application/json"}  # fmt: skip
        self._receive(DELIVERY, body)

    def _troubles(self, event: Breaks) -> list[Trouble]:
        """What its monitor says, and further alerts of whatever needs it."""
        labels = dict(event.labels)
        found = [Trouble(labels, event.says, f"{event.need} at {labels.get('service', '')}")]
        hurt = dependents(self._scene.company, labels.get("service", "")) if event.storm else []
        for number in range(event.storm if hurt else 0):
            service = self._scene.company.service(hurt[number % len(hurt)])
            more = {"alertname": "HttpErrors", "class": "http_errors", "service": service.id, "severity": "warning",
                    "instance": f"{service.id}-{number:03d}", "job": labels.get("job", "")}  # fmt: skip
            found.append(
                Trouble(more, f"{service.name} answers with errors (502)", f"{labels['service']} does not answer")
            )
        return found

    def _tell(self, broken: Broken) -> None:
        self._post(broken.alerts)

    def _post(self, alerts: Sequence[Alert]) -> None:
        for name in dict.fromkeys(one.trouble.labels["alertname"] for one in alerts):
            group = [one for one in alerts if one.trouble.labels["alertname"] == name]
            self._receive(MONITOR, payload(name, group, GENERATOR))

    def _receive(self, source: str, body: object) -> None:
        now = self._scene.clock.now()
        self._scene.do(
            self._scene.house.desk.receive(Payload(source=source, received_at=now, body=json.dumps(body).encode()))
        )


def well(estate: Estate, fault: Fault) -> bool:
    """Whether nothing of the fault is left, as the estate itself says. What doesn't answer is not well."""
    try:
        return _gone(estate, fault)
    except Unreachable:
        return False


def _gone(estate: Estate, fault: Fault) -> bool:
    match fault.kind:
        case "disk":
            host, _, path = fault.target.partition(":")
            return bool(estate.read("keeper", f"/disks?host={host}&path={path}")["percent"] < DISK_PERCENT)
        case "certificate":
            return bool(estate.read("keeper", f"/certificates/{fault.target}")["days_left"] > CERTIFICATE_DAYS)
        case "mailbox_full" | "mailbox_tight":
            return bool(estate.read("office", f"/mailboxes/{fault.target}")["percent"] < 95.0)
        case "slow":
            return quick(estate, fault.target)
        case "kill" | "hang" | "errors" | "pool":
            return estate.status(fault.target) == 200
        case _:
            return True


def quick(estate: Estate, service: str) -> bool:
    """Whether it answers, and no slower than the monitor lets pass."""
    begun = time.monotonic()
    return estate.status(service) == 200 and time.monotonic() - begun < SLOW_SECONDS


def _try(deed: object, estate: Estate, fault: Fault) -> None:
    """What is broken or mended already stays so."""
    try:
        deed(estate, fault)  # type: ignore[operator]
    except (Rejected, Unreachable):
        return
