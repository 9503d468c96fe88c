"""The apps that people of the sample company can be given: each can be granted by a group and installed as a package."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.domain.person import App, Person
from tickless.sample.table import rows, words

SOFTWARE: tuple[tuple[str, str], ...] = (("vpn-client", "5.2.1"), ("endpoint-agent", "9.0.4"))
"""Packages that are on every laptop from the start, with their current versions."""


def make_apps(people: Sequence[Person]) -> tuple[App, ...]:
    """The twelve apps; the owner is the head of the department that answers for it."""
    heads = {person.department: person.id for person in reversed(people)}
    return tuple(
        App.model_validate(
            {
                "id": row["id"],
                "name": row["name"],
                "aliases": words(row["aliases"]),
                "group": f"app-{row['id']}",
                "package": f"{row['id']}-client",
                "approval": row["approval"],
                "owner": heads[row["owner"]],
                "departments": words(row["departments"]),
                "licensed": row["licensed"] == "true",
            }
        )
        for row in rows("apps")
    )


def entitle(people: Sequence[Person], apps: Sequence[App]) -> tuple[Person, ...]:
    """Give every person, by their number, some of the apps that their department is eligible for."""
    entitled = []
    for number, person in enumerate(people):
        fair = [app for app in apps if not app.departments or person.department in app.departments]
        held = tuple(app.group for place, app in enumerate(fair) if app.group and (place + number) % 3 == 0)
        entitled.append(person.model_copy(update={"groups": person.groups + held}))
    return tuple(entitled)
