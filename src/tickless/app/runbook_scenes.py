"""What a runbook's test sets up in the sample company: what is broken, by whom it is said, as which alert it comes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from tickless.domain.errors import BadInput
from tickless.domain.person import App, Person
from tickless.domain.runbook import RunbookTest
from tickless.sample.company import Company
from tickless.sample.day_events import Fault
from tickless.sample.estate.blueprint import Blueprint
from tickless.sample.estate.control import FaultKind

_ROLE = re.compile(r"\{([a-z]+(?:\.[a-z]+)?)\}")
_PERSONAL: dict[tuple[str, str], FaultKind] = {
    ("account", "locked"): "lock", ("account", "disabled"): "disable", ("account", "password_expired"): "password_expired",
    ("vpn", "profile_expired"): "vpn_expired", ("vpn", "client_old"): "client_old", ("mailbox", "full"): "mailbox_full",
    ("device", "offline"): "device_offline", ("device", "disk_full"): "device_disk_full",
}  # fmt: skip
_GROUND: dict[tuple[str, str], FaultKind] = {
    ("service", "down"): "kill", ("service", "hangs"): "hang", ("service", "errors"): "errors", ("service", "slow"): "slow",
    ("pool", "exhausted"): "pool", ("disk", "filling"): "disk", ("certificate", "expiring"): "certificate",
}  # fmt: skip
_AMOUNTS: dict[str, tuple[tuple[str, float], ...]] = {
    "disk": (("to_percent", 96.0), ("seconds", 0.5)),
    "certificate": (("days", 3.0),),
}


def faults_of(test: RunbookTest, company: Company, blueprint: Blueprint, me: Person) -> tuple[Fault, ...]:
    """What is broken when it begins; of machines last. Raises `BadInput` for what can't be broken so."""
    personal, ground = list[Fault](), list[Fault]()
    for what, state in test.given.items():
        if state in {"ok", "none"}:
            continue
        if (kind := _PERSONAL.get((what, str(state)))) is not None:
            personal.append(Fault(kind, company.laptop(me.id).id if kind.startswith("device") else me.username))
        elif (kind := _GROUND.get((what, str(state)))) is not None:
            ground.append(Fault(kind, _target(test, blueprint, kind), _AMOUNTS.get(kind, ())))
        else:
            raise BadInput(f"nothing is known of `given: {{{what}: {state}}}` here")
    return (*personal, *ground)


def shows_late(fault: Fault) -> bool:
    """Whether it takes the estate a moment until it shows."""
    return fault.kind in _GROUND.values()


def labels_of(test: RunbookTest, blueprint: Blueprint, roles: dict[str, str]) -> dict[str, str]:
    """The signal as a monitor would send it, about things that there are."""
    signal, given = dict(test.signal or {}), set(test.given)
    labels = {name: filled(str(text), roles) for name, text in dict(signal.get("labels", {})).items()}
    labels |= {"alertname": str(signal.get("class", "")), "severity": str(signal.get("severity", "warning"))}
    if "disk" in given:
        host, _, path = _target(test, blueprint, "disk").partition(":")
        owner = next(one.service for one in blueprint.disks if one.host == host)
        return {**labels, "host": host, "path": path, "service": owner}
    if "certificate" in given:
        name = _target(test, blueprint, "certificate")
        owner = next(one.id for one in blueprint.services if one.certificate == name)
        return {**labels, "certificate": name, "service": owner}
    known = {one.id for one in blueprint.services}
    service = str(signal.get("service", ""))
    if service and service not in known:
        service = _target(test, blueprint, "pool" if "pool" in given else "errors")
    if "service" in given:
        process = _target(test, blueprint, "kill")
        service = next(one.id for one in blueprint.services if one.process == process)
    return {**labels, **({"service": service} if service else {})}


def _target(test: RunbookTest, blueprint: Blueprint, fault: FaultKind) -> str:
    signal = test.signal or {}
    service = next((one for one in blueprint.services if one.id == signal.get("service")), None)
    if fault == "disk":
        labels = signal.get("labels", {})
        disk = next((one for one in blueprint.disks if one.host == labels.get("host")), blueprint.disks[0])
        return f"{disk.host}:{disk.path}"
    of = [*([service] if service else []), *blueprint.services]
    if fault == "certificate":
        return next(one.certificate for one in of if one.certificate)
    if fault == "pool":
        return next(one.id for one in of if one.pool_size)
    chosen = service or next(one for one in blueprint.services if one.process)
    return chosen.process if fault in {"kill", "hang"} else chosen.id


def filled(text: str, roles: dict[str, str]) -> str:
    """The text with names in the place of `{me}`, `{app.free}` …"""
    return _ROLE.sub(lambda found: roles.get(found[1], found[0]), text)


def writer(company: Company, *, turn: int) -> Person:
    """An ordinary employee with a manager and a laptop; somebody else in each turn, so that no test hears of another."""
    laptops = {one.owner for one in company.devices if one.kind == "laptop"}
    fitting = [one for one in company.people[40:]
               if one.manager and one.id in laptops and not one.privileged and one.employment == "employee"]  # fmt: skip
    return fitting[turn % len(fitting)]


def roles_of(company: Company, me: Person) -> dict[str, str]:
    """What `{me}`, `{colleague}`, `{app.free}` … stand for."""
    may = set(company.eligible(me))
    have = {app for app in company.apps if app.group and app.group in me.groups}
    found = {
        "me": me.username,
        "colleague": next(one.name for one in company.people[60:] if one.department != me.department),
        "service": company.services[0].name,
    }
    kinds: dict[str, Callable[[App], bool]] = {
        "app.free": lambda app: app.approval == "none" and app in may and app not in have and bool(app.group),
        "app.approval": lambda app: app.approval != "none" and app in may and app not in have,
        "app.forbidden": lambda app: app not in may,
        "app.have": lambda app: app in have,
    }
    for name, fits in kinds.items():
        app = next((one for one in company.apps if fits(one)), None)
        if app is not None:
            found[name] = app.name
    return found
