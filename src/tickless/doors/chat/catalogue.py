"""What people can ask for, in their own language: a page to look at, and one button to ask."""

from __future__ import annotations

import secrets

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.journal.world import read_world
from tickless.practices.catalogue import sentence, shelves_for


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/catalogue", "chat", page)]


def page(visit: Visit) -> Screen:
    """What this person may ask for; those who see everything see what is not for them, too."""
    with visit.desk.journal.read() as tx:
        items = tx.catalogue.where(limit=5_000)
        world = read_world(tx) if items else None
    shelves = shelves_for(items, visit.visitor.person)
    offered = {item.id for shelf in shelves.values() for item in shelf}
    people = world.people if world else {}
    names = {item.owner: people[item.owner].name for item in items if item.owner and item.owner in people}
    return Screen(
        "catalogue.html",
        {
            "shelves": shelves,
            "others": [item for item in items if item.id not in offered] if visit.visitor.may("read") else [],
            "names": names,
            "sentence": sentence,
            "key": secrets.token_urlsafe(12),
        },
    )
