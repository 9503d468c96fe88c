"""Who plays which part: people who fit, each in one part only, the same by seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from tickless.domain.person import App, Person
from tickless.sample.company import Company
from tickless.sample.names import LOOKALIKES


class Cast:
    """Hands out people. Nobody with rights over others, nobody whose name is easily mistaken, nobody without a phone."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        alike = {f"{first} {last}" for first, last, _, _ in LOOKALIKES}
        names = Counter(person.name for person in company.people)
        self._free = [
            person
            for person in company.people
            if person.phone and person.employment == "employee" and not person.privileged
            and "managers" not in person.groups and person.manager and names[person.name] == 1 and person.name not in alike
        ]  # fmt: skip
        random.Random(f"day:{seed}").shuffle(self._free)  # noqa: S311 - a story that repeats by seed, nothing secret

    def draw(self, fits: Callable[[Person], bool] = lambda _: True) -> Person:
        """The next person who fits. Raises StopIteration when nobody is left."""
        found = next(person for person in self._free if fits(person))
        self._free.remove(found)
        return found

    def everybody(self) -> tuple[Person, ...]:
        """All who are left, by id: for a story in which people play more than one part."""
        return tuple(sorted(self._free, key=lambda person: person.id))

    def without(self, app: App) -> Person:
        """Somebody who may ask for the app and doesn't have it."""
        return self.draw(lambda p: app.group not in p.groups and app in self.company.eligible(p) and p.id != app.owner)

    def holding(self, app: App) -> Person:
        """Somebody who has the app."""
        return self.draw(lambda person: app.group in person.groups)

    def outside(self, app: App) -> Person:
        """Somebody whom the catalogue doesn't offer the app."""
        return self.draw(lambda person: app not in self.company.eligible(person))
