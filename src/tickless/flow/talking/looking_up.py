"""What a language model may look up in the name of whoever wrote: four questions that only read.

Each sees what that person may see and nothing more: articles by their audience, their own apps, devices and cases, the state of
services as anybody hears it who reports trouble. Somebody whose account we do not know sees public articles and services only.
"""

from __future__ import annotations

from collections.abc import Sequence

from tickless.ai.models import ModelComposer, Tool
from tickless.domain.case import Case
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.likeness import likeness
from tickless.practices.knowledge import Composer
from tickless.practices.knowledge.library import Reader
from tickless.stages.correlate.people import about_services

MOST = 5
ALIKE = 0.5
LIKELY = 0.3
"""Of an article, below which it is not worth a look."""


def reader_of(rooms: Rooms, sender: Sender) -> Reader:
    """Who reads, as far as we know who writes."""
    known = rooms.world().people.get(sender.person or "") if sender.assurance != "none" else None
    return Reader(known, private=sender.private)


def composer_for(rooms: Rooms, reader: Reader) -> Composer | None:
    """What puts answers into words, looking things up for this reader if the settings let it."""
    return (
        rooms.composer.aided(tools_for(rooms, reader)) if isinstance(rooms.composer, ModelComposer) else rooms.composer
    )


def tools_for(rooms: Rooms, reader: Reader) -> tuple[Tool, ...]:
    """All that there are; the settings say which of them a model is offered."""
    looks = _Looks(rooms, reader)
    return (
        Tool("articles", "Search the organisation's help articles. about: what to search for.", looks.articles),
        Tool("things", "The writer's own apps and devices. about: a part of a name, or empty for all.", looks.things),
        Tool("services", "Whether a service is in trouble now. about: the name of the service.", looks.services),
        Tool("cases", "The writer's own open requests. about: a word of it, or empty for all.", looks.cases),
    )


class _Looks:
    def __init__(self, rooms: Rooms, reader: Reader) -> None:
        self._rooms = rooms
        self._reader = reader
        self._person = reader.person

    def articles(self, about: str) -> Sequence[Untrusted]:
        found = self._rooms.library().search(about, reader=self._reader, limit=MOST)
        return [
            Untrusted(
                f"{one.article.title}, {one.section.heading}: {' '.join(unit.text for unit in one.section.units)}"
            )
            for one in found
            if one.confidence >= LIKELY
        ]

    def things(self, about: str) -> Sequence[Untrusted]:
        if self._person is None:
            return []
        world = self._rooms.world()
        told = [f"app {one.name}" for one in world.apps.values() if one.group and one.group in self._person.groups]
        told += [f"device {one.tag}, {one.model}" for one in world.devices_of(self._person.id)]
        return [Untrusted(one) for one in told if _fits(about, one)]

    def services(self, about: str) -> Sequence[Untrusted]:
        service = self._rooms.world().service_named(about)
        if service is None:
            return []
        near = [service.id, *self._rooms.world().upstream_of(service.id)]
        with self._rooms.journal.read() as tx:
            trouble = [case for one in near for case in tx.cases.live_of_service(one) if about_services(case)]
        if not trouble:
            return [Untrusted(f"{service.name}: no trouble is known")]
        return [Untrusted(f"{service.name}: in trouble since {one.opened_at:%H:%M} UTC") for one in trouble[:1]]

    def cases(self, about: str) -> Sequence[Untrusted]:
        if self._person is None:
            return []
        with self._rooms.journal.read() as tx:
            own = _own(tx, self._person)
        told = [f"case {one.number}, {one.state.replace('_', ' ')}: {one.title.tame(120)}" for one in own if one.live]
        return [Untrusted(one) for one in told if _fits(about, one)][:MOST]


def _own(tx: Tx, person: Person) -> list[Case]:
    table = tx.cases.table.c
    return tx.cases.where(table.requester == person.id, order=table.number.desc(), limit=20)


def _fits(about: str, told: str) -> bool:
    said = about.strip().casefold()
    return not said or said in told.casefold() or likeness(said, told) >= ALIKE
