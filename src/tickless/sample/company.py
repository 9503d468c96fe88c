"""Larkmoor: the sample company, a maker and seller of outdoor clothing. Nobody in it exists."""

from __future__ import annotations

from functools import lru_cache

from tickless.domain.catalogue import CatalogueItem
from tickless.domain.errors import NotFound
from tickless.domain.person import App, Device, Person
from tickless.domain.record import Record
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.sample.apps import entitle, make_apps
from tickless.sample.catalogue import make_catalogue
from tickless.sample.people import DOMAIN, make_people
from tickless.sample.services import make_dependencies, make_devices, make_items, make_services


class Company(Record):
    """Everything known about the company before anything happens in it."""

    name: str = "Larkmoor"
    domain: str = DOMAIN
    seed: int
    people: tuple[Person, ...]
    devices: tuple[Device, ...]
    apps: tuple[App, ...]
    services: tuple[Service, ...]
    dependencies: tuple[Dependency, ...]
    items: tuple[ConfigurationItem, ...]
    catalogue: tuple[CatalogueItem, ...]

    def person(self, key: str) -> Person:
        """By id, login name or full name. Raises `NotFound`, also for a full name that two people share."""
        found = [person for person in self.people if key in {person.id, person.username, person.name}]
        if len(found) != 1:
            raise NotFound(f"{self.name} has {'nobody' if not found else 'several people'} called {key!r}")
        return found[0]

    def service(self, key: str) -> Service:
        """By id or name. Raises `NotFound`."""
        for service in self.services:
            if key in {service.id, service.name}:
                return service
        raise NotFound(f"{self.name} has no service called {key!r}")

    def app(self, key: str) -> App:
        """By id or name. Raises `NotFound`."""
        for app in self.apps:
            if key in {app.id, app.name}:
                return app
        raise NotFound(f"{self.name} has no app called {key!r}")

    def laptop(self, person: str) -> Device:
        """The laptop of the person with this id. Raises `NotFound`."""
        for device in self.devices:
            if device.owner == person and device.kind == "laptop":
                return device
        raise NotFound(f"{person!r} has no laptop")

    def eligible(self, person: Person) -> tuple[App, ...]:
        """The apps that this person may ask for."""
        return tuple(app for app in self.apps if not app.departments or person.department in app.departments)

    @property
    def groups(self) -> tuple[str, ...]:
        """Every directory group, sorted."""
        of_people = {group for person in self.people for group in person.groups}
        return tuple(sorted(of_people | {app.group for app in self.apps if app.group}))


@lru_cache(maxsize=4)
def make_company(seed: int = 7) -> Company:
    """The company of this seed: always the same for the same seed."""
    drawn = make_people(seed)
    apps = make_apps(drawn)
    people = entitle(drawn, apps)
    return Company(
        seed=seed,
        people=people,
        devices=make_devices(people),
        apps=apps,
        services=make_services(people),
        dependencies=make_dependencies(),
        items=make_items(),
        catalogue=make_catalogue(people, apps),
    )
