"""Binding: a runbook and what is known of a case → its inputs, or what is still missing. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.case import Case
from tickless.domain.person import App, Device, Person
from tickless.domain.runbook import Runbook, RunbookInput
from tickless.domain.service import UNSAID, ConfigurationItem, Service
from tickless.domain.world import World
from tickless.kit.days import read_day
from tickless.stages.decide.usual_access import beyond, held, usual, usual_there

LABEL = "label:"
"""Case inputs with this prefix are labels of the alert."""
LIKE = "like"
"""Case input: the person whose access is the example; `?` when it is not clear who that is."""
CHOICES = "?"
"""Case inputs with this suffix hold several records that fit about as well, separated by `|`."""


@dataclass(frozen=True)
class Missing:
    """An input that nobody gave yet, and what may be chosen."""

    name: str
    ask: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bound:
    """Every input as plain JSON values, or what is missing."""

    inputs: dict[str, Any]
    missing: tuple[Missing, ...] = ()


def bind(runbook: Runbook, case: Case, world: World) -> Bound:
    """Fill the runbook's inputs from the case. An optional input that is unknown becomes None."""
    inputs: dict[str, Any] = {}
    missing: list[Missing] = []
    # What a person has is read off once the person and the department are known.
    for name, wanted in sorted(runbook.inputs.items(), key=lambda one: one[1].type == "apps"):
        value = _value(name, wanted, case, world, inputs)
        if value is None and wanted.default is not None:
            value = wanted.default
        if value is None and not wanted.optional:
            missing.append(_missing(name, wanted, case, world))
        inputs[name] = value
    return Bound(inputs, tuple(missing))


def _missing(name: str, wanted: RunbookInput, case: Case, world: World) -> Missing:
    ask = wanted.ask or f"Which {name.replace('_', ' ')} is it about?"
    choices = tuple(wanted.enum)
    several = case.inputs.get(name + CHOICES, "")
    if several:
        choices = tuple(_title(wanted.type, ref, world) for ref in several.split("|"))
    elif wanted.type == "department":
        choices = tuple(sorted({person.department for person in world.people.values() if person.active}))
    elif wanted.type == "device" and case.requester:
        choices = tuple(device.tag for device in world.devices_of(case.requester))
    elif wanted.type == "app" and LIKE in case.inputs:
        return _as_somebody_has(name, ask, case, world)
    return Missing(name, ask, choices)


def _as_somebody_has(name: str, ask: str, case: Case, world: World) -> Missing:
    """What the person who was named as the example has, and whom it is for has not but may ask for."""
    model = world.people.get(case.inputs[LIKE])
    person = world.people.get(case.inputs.get("person") or case.requester or "")
    if model is None:
        return Missing(name, f"I'm not sure whom you mean, so I'd rather not guess. {ask}")
    if person is None:
        return Missing(name, ask)
    mine = {app.id for app in held(person, world)}
    more = [
        a.name
        for a in held(model, world)
        if a.id not in mine and person.department in (a.departments or (person.department,))
    ]
    if not more:
        return Missing(name, f"Of what {model.name} has, I find nothing that you could still ask for. {ask}")
    return Missing(
        name,
        f"These are the apps that {model.name} has and that you could ask for. Which one do you need?",
        tuple(more),
    )


def _title(kind: str, ref: str, world: World) -> str:
    if kind == "person" and ref in world.people:
        person = world.people[ref]
        return f"{person.name} ({person.department}, {person.username})"
    if kind == "app" and ref in world.apps:
        return world.apps[ref].name
    if kind == "device" and ref in world.devices:
        return world.devices[ref].tag
    if kind == "service" and ref in world.services:
        return world.services[ref].name
    return ref


def _value(name: str, wanted: RunbookInput, case: Case, world: World, bound: Mapping[str, Any]) -> Any:
    if wanted.type == "person":
        return _person(name, wanted, case, world)
    if wanted.type == "device":
        return _device(name, wanted, case, world, bound)
    if wanted.type == "app":
        app = world.apps.get(case.inputs.get(name, ""))
        return None if app is None else app_facts(app)
    if wanted.type == "service":
        return _service(name, wanted, case, world)
    if wanted.type == "department":
        return _department(case.inputs.get(name), world)
    if wanted.type == "apps":
        return _apps(wanted, world, bound)
    if wanted.type == "date":
        return _date(case.inputs.get(name), case)
    if wanted.type == "ci":
        return _item(name, wanted, case, world)
    return _plain(name, wanted, case)


def _person(name: str, wanted: RunbookInput, case: Case, world: World) -> Any:
    ref = case.inputs.get(name)
    if ref is None and wanted.source == "requester" and name + CHOICES not in case.inputs:
        ref = case.requester
    if ref is None:
        ref = _label(wanted, case)
    person = world.person_called(ref) if ref else None
    return None if person is None else person_facts(person)


def _device(name: str, wanted: RunbookInput, case: Case, world: World, bound: Mapping[str, Any]) -> Any:
    ref = case.inputs.get(name, "")
    if ref in world.devices:
        return device_facts(world.devices[ref])
    if wanted.source != "requester":
        return None
    person = next((value["id"] for value in bound.values() if isinstance(value, dict) and "username" in value), None)
    laptops = [d for d in world.devices_of(person or case.requester or "") if d.kind == "laptop"]
    return device_facts(laptops[0]) if len(laptops) == 1 else None


def _service(name: str, wanted: RunbookInput, case: Case, world: World) -> Any:
    service = world.services.get(case.inputs.get(name, "")) or world.services.get(case.service or "")
    if service is None:
        service = next((s for text in _labels(wanted, case) if (s := world.service_named(text))), None)
    return None if service is None else service_facts(service)


def _item(name: str, wanted: RunbookInput, case: Case, world: World) -> Any:
    named = [case.inputs[name]] if name in case.inputs else []
    for text in (*named, *_labels(wanted, case)):
        item = world.item_named(text)
        if item is not None and wanted.kind in {None, item.kind}:
            return item_facts(item)
    if wanted.kind and case.service:
        of_kind = world.items_of(case.service, wanted.kind)
        return item_facts(of_kind[0]) if len(of_kind) == 1 else None
    return None


def _department(text: str | None, world: World) -> Any:
    known = {person.department.casefold(): person.department for person in world.people.values() if person.active}
    name = known.get((text or "").strip().casefold())
    return None if name is None else {"name": name}


def _date(text: str | None, case: Case) -> Any:
    """A day; it begins at six in the morning, UTC, and has begun where it is today."""
    today = case.opened_at.astimezone(dt.UTC).date()
    day = read_day(text, today) if text else None
    if day is None:
        return None
    at = case.opened_at if day <= today else dt.datetime.combine(day, dt.time(6), tzinfo=dt.UTC)
    return {"day": day.isoformat(), "at": at.isoformat(), "name": f"{day:%A, %d %B %Y}"}


def _apps(wanted: RunbookInput, world: World, bound: Mapping[str, Any]) -> Any:
    """Apps of the person that is bound already, in the light of the department that is, else of their own."""
    facts = next((value for value in bound.values() if isinstance(value, dict) and "username" in value), None)
    named = next(
        (value["name"] for value in bound.values() if isinstance(value, dict) and set(value) == {"name"}), None
    )
    if wanted.kind == "usual_there":
        return _listed(usual_there(str(named or ""), world))
    person = world.people.get(facts["id"]) if facts else None
    if person is None:
        return _listed([])
    department = str(named or person.department)
    which = {"usual": usual, "beyond": beyond}.get(wanted.kind or "held")
    return _listed(which(person, department, world) if which else held(person, world))


def _listed(apps: list[App]) -> dict[str, Any]:
    return {
        "ids": [app.id for app in apps],
        "names": ", ".join(app.name for app in apps) or "nothing",
        "count": len(apps),
    }


def _plain(name: str, wanted: RunbookInput, case: Case) -> Any:
    text = case.inputs.get(name) or _label(wanted, case)
    if text is None or (wanted.enum and text not in wanted.enum):
        return None
    if wanted.type == "number":
        try:
            number = float(text)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return text


def _labels(wanted: RunbookInput, case: Case) -> list[str]:
    return [case.inputs[LABEL + label] for label in wanted.label if case.inputs.get(LABEL + label)]


def _label(wanted: RunbookInput, case: Case) -> str | None:
    return next(iter(_labels(wanted, case)), None)


def person_facts(person: Person) -> dict[str, Any]:
    """What expressions may read of a person."""
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "department": person.department,
        "manager": person.manager,
    }


def app_facts(app: App) -> dict[str, Any]:
    """What expressions may read of an app."""
    return {
        "id": app.id,
        "name": app.name,
        "group": app.group,
        "package": app.package,
        "approval": app.approval,
        "owner": app.owner,
    }


def device_facts(device: Device) -> dict[str, Any]:
    """What expressions may read of a device."""
    return {"id": device.id, "tag": device.tag}


def service_facts(service: Service) -> dict[str, Any]:
    """What expressions may read of a service."""
    return {"id": service.id, "name": service.name, "criticality": service.criticality or UNSAID}


def item_facts(item: ConfigurationItem) -> dict[str, Any]:
    """What expressions may read of a configuration item."""
    return {
        "id": item.id,
        "kind": item.kind,
        "name": item.name,
        "service": item.service,
        "attributes": dict(item.attributes),
    }
