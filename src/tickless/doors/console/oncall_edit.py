"""A schedule is made or edited: who takes turns in what order, when, for which services; the next weeks before it is kept."""

from __future__ import annotations

import datetime as dt

from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.oncall import STEPS, Schedule
from tickless.domain.world import World
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.oncall_fields import LAYERS, ROWS, draft_of, steps_in, values_of
from tickless.doors.console.oncall_forms import Given, rows_of
from tickless.doors.console.oncall_preview import preview_of
from tickless.doors.console.practice_pages import Sent, acts, names_in, pages
from tickless.journal.world import read_world
from tickless.kit.zones import zones

PURPOSE = (
    "Who takes turns in which order, when turns change, and who is called when nobody answers. "
    "Look at the next weeks before you keep it."
)
WHOM = (("on_call", "whoever is on call"), ("next", "the next one in turn"), ("service_owner", "the service's owner"),
        ("manager", "the manager of who was called last"))  # fmt: skip
PAGE_AT = (("0", "nothing: only what is handed off"), ("1", "priority 1"), ("2", "priority 1 and 2"),
           ("3", "priority 1 to 3"), ("4", "every incident"))  # fmt: skip


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/on-call/new", "read", new),
        *pages(frame, "/on-call/new", add=keep_new),
        frame.show("/on-call/{id}/edit", "read", edit),
        *acts(frame, "/on-call", {"edit": keep}),
    ]


def new(visit: Visit) -> Screen:
    """Of plain turns of a week that begin next Monday."""
    monday = visit.now.date() + dt.timedelta(days=7 - visit.now.weekday())
    layer = {"first_day": monday.isoformat(), "days": "7", "at": "09:00"}
    values = {f"layer-0-{name}": value for name, value in layer.items()} | {"zone": "UTC", "page_at": "2"}
    return _screen(visit, Given(values | steps_in(STEPS)))


def edit(visit: Visit) -> Screen:
    schedule = visit.desk.practices.on_call.show(visit.path("id")).schedule
    return _screen(visit, Given(values_of(schedule, _world(visit))), schedule)


def _world(visit: Visit) -> World:
    with visit.desk.journal.read() as tx:
        return read_world(tx)


def _screen(visit: Visit, given: Given, schedule: Schedule | None = None, seen: tuple[ui.Block, ...] = ()) -> Screen:
    names = names_in(visit)
    world = _world(visit)
    layers = _shown("layer", given, "people", most=LAYERS)
    return Screen("oncall_edit.html", {
        "schedule": schedule, "given": given, "names": names, "zones": sorted(zones()), "page_at": PAGE_AT,
        "layers": range(layers), "steps": range(_shown("step", given, "after", most=ROWS)),
        "whom": [*WHOM, *((key, label) for key, label in names.pick_person())],
        "long": schedule is not None and _long(schedule),
        "logins": [(world.people[key].username, label) for key, label in names.pick_person() if key in world.people],
        "action": f"/on-call/{schedule.id}/edit" if schedule else "/on-call/new", "seen": seen,
        "sheet": ui.Sheet(schedule.title if schedule else "A new schedule", PURPOSE, seen,
                          crumb=ui.Link("On-call", "/on-call")),
    }, 422 if given.errors else 200)  # fmt: skip


def _shown(start: str, given: Given, name: str, *, most: int) -> int:
    """How many rows to draw: those in which this field is filled, and one more."""
    filled = rows_of(given.values, start, (name,), most=most)
    return min(most, (filled[-1][0] if filled else -1) + 2)


def _long(schedule: Schedule) -> bool:
    """Whether it was written in a file, with more than the form has room for."""
    return len(schedule.layers) > LAYERS or len(schedule.steps) > ROWS


def keep_new(sent: Sent) -> str | Screen:
    return _sent(sent, None)


def keep(sent: Sent) -> str | Screen:
    return _sent(sent, sent.desk.on_call.show(sent.key).schedule)


def _sent(sent: Sent, schedule: Schedule | None) -> str | Screen:
    """Keep it, or show it with its next weeks; with what is wrong where something is."""
    desk, identity = sent.desk.on_call, schedule.id if schedule else None
    values = {name: value for name, value in sent.form.items() if name != "csrf"}
    draft, errors = draft_of(values, _world(sent.visit))
    if draft is None:
        return _screen(sent.visit, Given(values, errors), schedule)
    try:
        if sent.form.get("deed") == "keep":
            return f"/on-call/{desk.keep(draft, by=sent.by, identity=identity).id}"
        seen = desk.preview(draft, by=sent.by, identity=identity)
    except BadInput as error:
        return _screen(sent.visit, Given(values, {"": f"{error.public}: {error.mend}"}), schedule)
    return _screen(sent.visit, Given(values), schedule, seen=preview_of(seen, names_in(sent.visit), sent.visit.now))
