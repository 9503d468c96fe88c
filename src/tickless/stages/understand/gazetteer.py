"""Everything that can be named, and the reading of a text against it. Pure; made anew when the records change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from tickless.domain.person import App, Device, Person
from tickless.domain.service import Service
from tickless.stages.understand.devices import DevicesIndex, index_devices
from tickless.stages.understand.groups import GroupsIndex, find_places, index_groups, index_locations
from tickless.stages.understand.mention import Mention, overlaps
from tickless.stages.understand.names import PeopleIndex, index_people
from tickless.stages.understand.people import Taken, find_people
from tickless.stages.understand.relations import find_relations
from tickless.stages.understand.text import Word, words_of
from tickless.stages.understand.things import ThingsIndex, index_things, joined

_LONG = 8
"""Letters that make a slip in a thing's name telling enough to be no stranger's name."""


@dataclass(frozen=True)
class Gazetteer:
    """People, apps, devices, services, groups and places by everything they are called. Make it with `build_gazetteer`."""

    people: PeopleIndex
    apps: ThingsIndex
    services: ThingsIndex
    devices: DevicesIndex
    groups: GroupsIndex
    locations: dict[str, str]
    """Folded name → place."""
    managers: dict[str, str] = field(default_factory=dict)
    """Person → manager."""

    def link(self, text: str, *, writer: str | None) -> tuple[Mention, ...]:
        """What a cleaned text names, left to right. A person and a thing never share words,
        but an app and a service may, and a device and its owner (`mine and Tom's`)."""
        words = words_of(text)
        apps, services = self.apps.find(words, text), self.services.find(words, text)
        groups = self.groups.find(words, text, writer=writer)
        exact = [one for one in (*apps, *services, *groups) if one.confidence >= 0.9 or one.ref is None]
        likely = [one for one in (*apps, *services) if one.confidence >= 0.85 and len(joined(one.text)) >= _LONG]
        taken = Taken(_places(words, exact), _places(words, likely))
        people = find_people(self.people, words, text, writer=writer, taken=taken)
        relations = find_relations(text, writer=writer, managers=self.managers)
        people += [one for one in relations if not any(overlaps(one, other) for other in people)]
        things = [one for one in (*apps, *services) if not any(overlaps(one, other) for other in (*people, *groups))]
        devices = self.devices.find(words, text, writer=writer, people=people)
        things = [one for one in things if not any(overlaps(one, device) for device in devices)]
        places = [
            one for one in find_places(self.locations, words, text) if not any(map(partial(overlaps, one), people))
        ]
        found = [*people, *_longest(things), *devices, *groups, *places]
        return tuple(sorted(found, key=lambda one: (one.start, one.kind)))


def _places(words: Sequence[Word], mentions: Sequence[Mention]) -> frozenset[int]:
    return frozenset(at for at, word in enumerate(words) if any(one.start <= word.start < one.end for one in mentions))


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
    everybody, listed_apps, listed_services = tuple(people), tuple(apps), tuple(services)
    return Gazetteer(
        people=index_people(everybody),
        apps=index_things(listed_apps, "app"),
        services=index_things(listed_services, "service"),
        devices=index_devices(devices),
        groups=index_groups(everybody, apps=listed_apps, services=listed_services),
        locations=index_locations(everybody),
        managers={person.id: person.manager for person in everybody if person.manager},
    )
