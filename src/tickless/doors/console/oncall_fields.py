"""The fields of a schedule's form: what a schedule fills them with, and what draft they say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.domain.oncall import Schedule, ScheduleDraft, Step
from tickless.domain.world import World
from tickless.doors.console.oncall_forms import read, rows_of

LAYERS, ROWS = 4, 8
"""Layers and steps that the form has room for; a file has room for more."""
LAYER = ("people", "first_day", "days", "at", "hours")
STEP = ("after", "whom")
_NAMES = ((r"layers\.(\d+)\.people(\..*)?", r"layer-\1-people"), (r"layers\.(\d+)\.(\w+)(\..*)?", r"layer-\1-\2"),
          (r"steps\.(\d+)\.(\w+)(\..*)?", r"step-\1-\2"))  # fmt: skip


def values_of(schedule: Schedule, world: World) -> dict[str, str]:
    """The form of a schedule as it stands."""
    logins = {key: one.username for key, one in world.people.items()}
    services = [world.services[one].name if one in world.services else one for one in schedule.services]
    found = {"title": schedule.title, "services": "\n".join(services), "zone": schedule.zone,
             "page_at": str(schedule.page_at), "owner": logins.get(schedule.owner or "", schedule.owner or "")}  # fmt: skip
    for number, layer in enumerate(schedule.layers):
        given = {"people": "\n".join(logins.get(one, one) for one in layer.people), "first_day": layer.first_day.isoformat(),
                 "days": str(layer.days), "at": f"{layer.at:%H:%M}", "hours": layer.hours}  # fmt: skip
        found |= {f"layer-{number}-{name}": value for name, value in given.items()}
    return found | steps_in(schedule.steps)


def steps_in(steps: tuple[Step, ...]) -> dict[str, str]:
    return {
        f"step-{number}-{name}": value
        for number, step in enumerate(steps)
        for name, value in (("after", str(step.after)), ("whom", step.whom))
    }


def _lines(text: str) -> list[str]:
    return [part for line in text.splitlines() for one in line.split(",") if (part := one.strip())]


def draft_of(values: Mapping[str, str], world: World) -> tuple[ScheduleDraft | None, dict[str, str]]:
    """The schedule that a form says, else what is wrong by field. A layer counts once it names somebody, a step once it has
    minutes."""
    layers = [(number, row) for number, row in rows_of(values, "layer", LAYER, most=LAYERS) if row["people"]]
    steps = [(number, row) for number, row in rows_of(values, "step", STEP, most=ROWS) if row["after"]]
    errors = {
        f"layer-{number}-people": wrong for number, row in layers if (wrong := _unknown(_lines(row["people"]), world))
    }
    missing = [one for one in _lines(values.get("services", "")) if world.service_named(one) is None]
    if missing:
        errors["services"] = f"there is no service {missing[0]!r}: write it as the service map calls it"
    owner = values.get("owner", "").strip()
    if owner and (wrong := _unknown([owner], world)):
        errors["owner"] = wrong
    given = {
        "title": values.get("title", ""), "services": _lines(values.get("services", "")),
        "zone": values.get("zone", "").strip(), "page_at": values.get("page_at") or 2, "owner": _login(owner, world) or None,
        "layers": [_layer(row, world) for _, row in layers], "steps": [row for _, row in steps],
    }  # fmt: skip
    draft, wrongs = read(ScheduleDraft, given, names=_NAMES)
    rows = {"layer": [number for number, _ in layers], "step": [number for number, _ in steps]}
    errors = {_row(name, rows): wrong for name, wrong in wrongs.items()} | errors
    errors |= {"layer-0-people": "say who takes turns: a user name on each line"} if not layers else {}
    errors |= {"step-0-after": "say when somebody is called: 0 is at once"} if not steps else {}
    errors = {name: wrong for name, wrong in errors.items() if name not in {"layers", "steps"}}
    return (None, errors) if errors else (draft, {})


def _row(name: str, rows: Mapping[str, list[int]]) -> str:
    """The field on the page of a value in the draft: empty rows in front of it count there."""
    kind, _, rest = name.partition("-")
    number, _, field = rest.partition("-")
    return f"{kind}-{rows[kind][int(number)]}-{field}" if kind in rows and number.isdecimal() else name


def _layer(row: Mapping[str, str], world: World) -> dict[str, Any]:
    found = {name: row[name] for name in ("first_day", "days", "at", "hours") if row[name] or name == "first_day"}
    return {**found, "people": [_login(one, world) for one in _lines(row["people"])]}


def _login(name: str, world: World) -> str:
    """A user name, where somebody wrote a whole name that one person has."""
    known = [one for one in world.people.values() if one.active and one.name.casefold() == name.casefold()]
    return known[0].username if world.person_called(name) is None and len(known) == 1 else name


def _unknown(given: list[str], world: World) -> str:
    """Who of them is not known, and who may be meant."""
    for name in given:
        known = world.person_called(_login(name, world))
        if known is not None and known.active:
            continue
        like = [one.username for one in world.people.values()
                if one.active and name.casefold() in f"{one.username} {one.name}".casefold()][:3]  # fmt: skip
        meant = f"is it {' or '.join(like)}?" if like else "give a user name or an address"
        return f"there is nobody called {name[:80]!r} who works here: {meant}"
    return ""
