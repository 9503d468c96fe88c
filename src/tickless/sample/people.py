"""Draws the people of the sample company: a tree of managers, unique login names, some who are easily mixed up."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from tickless.domain.person import Person
from tickless.sample.departments import DEPARTMENTS, LOCATIONS, Department
from tickless.sample.names import FIRST, LAST, LOOKALIKES

DOMAIN = "larkmoor.example"
_FOLD = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "'": "", " ": ""})

Name = tuple[str, str, tuple[str, ...]]


def ascii_name(text: str) -> str:
    """Lower-case ASCII letters of a name: `Kovács` → `kovacs`."""
    folded = unicodedata.normalize("NFKD", text.translate(_FOLD)).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded.lower() if letter.isalpha())


class _Draw:
    """Hands out names that nobody has yet, numbers, login names and phone numbers."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.taken: set[tuple[str, str]] = {(first, last) for first, last, _, _ in LOOKALIKES}
        self.usernames: set[str] = set()
        self.count = 0

    def name(self) -> Name:
        while True:
            first, nicknames = self.chance.choice(FIRST)
            last = self.chance.choice(LAST)
            if (first, last) not in self.taken:
                self.taken.add((first, last))
                return first, last, nicknames

    def username(self, first: str, last: str) -> str:
        plain = f"{ascii_name(first)}.{ascii_name(last)}"
        name, number = plain, 1
        while name in self.usernames:
            number += 1
            name = f"{plain}{number}"
        self.usernames.add(name)
        return name

    def person(
        self, name: Name, department: Department, *, title: str, manager: str | None, contractor: bool = False
    ) -> Person:
        self.count += 1
        first, last, nicknames = name
        username = self.username(first, last)
        privileged = department.name == "IT" and title in {"Head of IT", "Systems Engineer"}
        groups = ["all-staff", department.group, "vpn-users"]
        groups += ["managers"] * (title in department.titles[:2]) + ["it-admins"] * privileged
        return Person(
            id=f"p{self.count:03d}",
            username=username,
            name=f"{first} {last}",
            nicknames=nicknames,
            email=f"{username}@{DOMAIN}",
            # 07700 900000 to 900999 is set aside for fiction by the British regulator.
            phone=None if contractor and self.count % 2 else f"+447700900{self.count:03d}",
            department=department.name,
            title=title,
            location=self.chance.choice(LOCATIONS),
            manager=manager,
            employment="contractor" if contractor else "employee",
            groups=tuple(groups),
            privileged=privileged,
        )


def make_people(seed: int) -> tuple[Person, ...]:
    """About 200 people, the managing director first; every manager stands before the people they manage."""
    draw = _Draw(random.Random(f"people:{seed}"))  # noqa: S311 - a story that repeats by seed, nothing secret
    top = Department("Executive", "dept-executive", 1, ("Managing Director",))
    boss = draw.person(draw.name(), top, title="Managing Director", manager=None)
    people = [boss]
    for department in DEPARTMENTS:
        people += _department(draw, department, boss)
    return tuple(people)


def _department(draw: _Draw, department: Department, boss: Person) -> Iterator[Person]:
    head = draw.person(draw.name(), department, title=department.titles[0], manager=boss.id)
    yield head
    leads = [
        draw.person(draw.name(), department, title=department.titles[1], manager=head.id)
        for _ in range(max(1, department.size // 8))
    ]
    yield from leads
    alike: list[Name] = [(first, last, short) for first, last, short, where in LOOKALIKES if where == department.name]
    rest = department.size - 1 - len(leads)
    for number in range(rest):
        yield draw.person(
            alike[number] if number < len(alike) else draw.name(),
            department,
            title=department.titles[2 + number % (len(department.titles) - 2)],
            manager=leads[number % len(leads)].id,
            contractor=number >= rest - department.contractors,
        )
