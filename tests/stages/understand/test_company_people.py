"""Everybody in the sample company, by every form of their name, some misspelt: right, or asked back; never somebody else."""

import random
from collections import Counter

import pytest

from tickless.domain.person import Person
from tickless.sample.company import make_company
from tickless.stages.understand import build_gazetteer

TEMPLATES = (
    "please unlock {}",
    "can you reset {}'s password",
    "{} is locked out again",
    "{} forgot the password",
    "the account of {} got blocked this morning",
    "hi, my colleague {} cannot log in",
    "reset password for {} asap",
)


def misspelt(name: str, chance: random.Random) -> str:
    """Two letters changed over, one left out, or one doubled, inside the first word."""
    at = chance.randrange(1, max(len(name.split(maxsplit=1)[0]) - 2, 2))
    return chance.choice(
        [
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
        ]
    )


def forms(person: Person, chance: random.Random) -> list[str]:
    first, last = person.name.split()[0], person.name.split()[-1]
    return [
        person.name,
        person.name.lower(),
        first.lower(),
        last,
        person.email,
        person.username,
        misspelt(person.name, chance),
        misspelt(first, chance),
        f"{first.lower()} frm {person.department.lower()}",
        *person.nicknames,
    ]


@pytest.fixture(scope="module")
def gazetteer():
    company = make_company(7)
    return build_gazetteer(
        people=company.people, apps=company.apps, devices=company.devices, services=company.services
    ), company.people


def test_nobody_is_taken_for_somebody_else(gazetteer, say_in):
    names, people = gazetteer
    chance = random.Random(11)
    writer, *others = people
    outcomes: Counter[str] = Counter()
    wrong = []
    for person in chance.sample(others, 60):
        for form in forms(person, chance):
            text = chance.choice(TEMPLATES).format(form)
            for finding in say_in(names, text, writer.id):
                target = finding.slots.get("for")
                outcomes["right" if target == person.id else "asks" if target == "?" else "wrong"] += 1
                if target not in (person.id, "?"):
                    wrong.append((text, person.name, target))
    assert wrong == []
    assert outcomes["right"] > outcomes["asks"]
