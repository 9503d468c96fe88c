"""Who and what a described procedure is about in the sample company: the inputs of its draft, and the targets of faults."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from bench.architect_form import Procedure
from bench.suite_house import SuiteHouse
from tickless.domain.person import Person
from tickless.domain.runbook import Runbook, RunbookInput
from tickless.sample.estate.blueprint import ServicePlan
from tickless.sample.estate.control import FaultKind


@dataclass(frozen=True)
class Cast:
    """`values`: what a parameter of that name stands for; `inputs`: what the runbook is started with, as texts."""

    me: Person
    service: ServicePlan
    disk: tuple[str, str]
    device: str
    values: dict[str, Any]
    inputs: dict[str, str]

    def target(self, fault: FaultKind) -> str:
        """What that fault is done to."""
        if fault == "disk":
            return ":".join(self.disk)
        if fault in {"kill", "hang"}:
            return self.service.process
        if fault == "certificate":
            return self.service.certificate
        if fault in {"errors", "slow", "pool"}:
            return self.service.id
        return self.device if fault.startswith("device") else self.me.username


def cast_for(house: SuiteHouse, one: Procedure, runbook: Runbook) -> Cast | None:
    """The same procedure always has the same people. None: an input is of a kind that is not there."""
    company, plan = house.company, house.estate.blueprint
    words = f"{one.describes} {one.given} {one.ends}".lower()
    people = [who for who in company.people[20:] if who.employment == "employee" and who.phone and who.manager]
    me = people[zlib.crc32(one.id.encode()) % len(people)]
    services = [each for each in plan.services if each.process == each.id or not each.process]
    wanted = [each for each in services if _fits(each, words)] or list(plan.services)
    service = wanted[0]
    may = set(company.eligible(me))
    apps = [app for app in company.apps if app in may and app.approval == "none" and app.group and app.package]
    having = "{app.have}" in words
    fitting = [app for app in apps if (app.group in me.groups) == having] or apps
    app, laptop = (fitting[0] if fitting else None), company.laptop(me.id).id
    disk = plan.disks[0]
    values: dict[str, Any] = {
        "username": me.username, "device": laptop, "service": service.id, "process": service.process,
        "host": disk.host, "path": disk.path, "certificate": service.certificate or None,
        "group": app.group if app else None, "package": app.package if app else None, "person": me.id,
    }  # fmt: skip
    inputs = {}
    for name, described in runbook.inputs.items():
        value = _input(name, described, values, app.id if app else None, me)
        if value is None and not described.optional and described.default is None:
            return None
        if value is not None:
            inputs[name] = value
    return Cast(me, service, (disk.host, disk.path), laptop, values, inputs)


def _fits(plan: ServicePlan, words: str) -> bool:
    return (
        ("certificate" not in words or bool(plan.certificate))
        and ("pool" not in words or plan.pool_size > 0)
        and bool(plan.process)
    )


def _input(name: str, described: RunbookInput, values: dict[str, Any], app: str | None, me: Person) -> str | None:
    match described.type:
        case "person":
            return me.username
        case "app":
            return app
        case "device" | "service":
            return str(values[described.type])
        case "number" | "duration":
            return "5"
        case "ci" | "text":
            return str(values[name]) if values.get(name) else None
        case _:
            return None
