"""Everything that can be named, and the reading of a text against it. Pure; made anew when the records change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickless.domain.person import App, Device, Person
from tickless.domain.service import Service
from tickless.stages.understand.devices import DevicesIndex, index_devices
from tickless.stages.understand.mention import Mention, overlaps
from tickless.stages.understand.names import PeopleIndex, index_people
from tickless.stages.understand.people import find_people
from tickless.stages.understand.text import words_of
from tickless.stages.understand.things import ThingsIndex, index_things


@dataclass(frozen=True)
class Gazetteer:
    """People, apps, devices and services by everything they are called. Make it with `build_gazetteer`."""

    people: PeopleIndex
    apps: ThingsIndex
    services: ThingsIndex
    devices: DevicesIndex
    managers: dict[str, str] = field(default_factory=dict)
    """Person → manager."""

    def link(self, text: str, *, writer: str | None) -> tuple[Mention, ...]:
        """What a cleaned text names, left to right. A person and a thing never share words; an app and a service may."""
        words = words_of(text)
        apps, services = self.apps.find(words, text), self.services.find(words, text)
        exact = [one for one in (*apps, *services) if one.confidence >= 0.9 or one.ref is None]
        taken = frozenset(
            at for at, word in enumerate(words) if any(one.start <= word.start < one.end for one in exact)
        )
        people = find_people(self.people, words, text, writer=writer, taken=taken)
        things = [one for one in (*apps, *services) if not any(overlaps(one, person) for person in people)]
        devices = self.devices.find(words, text, writer=writer, people=people)
        things = [one for one in things if not any(overlaps(one, device) for device in devices)]
        return tuple(sorted([*people, *_longest(things), *devices], key=lambda one: (one.start, one.kind)))


def _longest(things: list[Mention]) -> list[Mention]:
    """Drop a thing inside a longer one, and a misspelt reading of what is exactly something else."""
    return [
        one
        for one in things
        if not any(
            overlaps(one, other) and (other.end - other.start, other.confidence) > (one.end - one.start, one.confidence)
            for other in things
        )
    ]


def build_gazetteer(
    *, people: Iterable[Person], apps: Iterable[App], devices: Iterable[Device], services: Iterable[Service]
) -> Gazetteer:
    """Index the organisation's records."""
    everybody = tuple(people)
    return Gazetteer(
        people=index_people(everybody),
        apps=index_things(apps, "app"),
        services=index_things(services, "service"),
        devices=index_devices(devices),
        managers={person.id: person.manager for person in everybody if person.manager},
    )
