"""What the people of a department usually have. Pure: roles are read off from who has what, nobody has to write them down."""

from __future__ import annotations

from tickless.domain.person import App, Person
from tickless.domain.world import World

USUAL = 0.6
"""Share of a department's people from which an app is usual there."""
RARE = 0.2
"""Share up to which it is not."""
FEWEST = 3
"""Colleagues that are needed before anything is called usual."""


def held(person: Person, world: World) -> list[App]:
    """The apps that a person has by their groups, by name."""
    return sorted(
        (app for app in world.apps.values() if app.group and app.group in person.groups), key=lambda a: a.name
    )


def share(app: App, department: str, world: World, *, without: str) -> float:
    """How many of a department's active people have the app, 0..1; 0 where there are too few to tell."""
    others = [p for p in world.people.values() if p.active and p.department == department and p.id != without]
    if len(others) < FEWEST:
        return 0.0
    return sum(app.group in person.groups for person in others) / len(others)


def usual(person: Person, department: str, world: World) -> list[App]:
    """What most people of the department have and this person has not."""
    mine = {app.id for app in held(person, world)}
    return sorted(
        (
            app
            for app in world.apps.values()
            if app.group and app.id not in mine and share(app, department, world, without=person.id) >= USUAL
        ),
        key=lambda app: app.name,
    )


def usual_there(department: str, world: World) -> list[App]:
    """What most people of the department have: for somebody who is new there."""
    found = [app for app in world.apps.values() if app.group and share(app, department, world, without="") >= USUAL]
    return sorted(found, key=lambda app: app.name)


def beyond(person: Person, department: str, world: World) -> list[App]:
    """What this person has and hardly anybody of the department has."""
    return [app for app in held(person, world) if share(app, department, world, without=person.id) <= RARE]
