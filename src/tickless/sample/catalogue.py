"""What the people of the sample company can ask for: each of its apps, and the everyday services of its IT."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.domain.catalogue import CatalogueItem
from tickless.domain.person import App, Person
from tickless.sample.table import rows, words

_APPROVAL = {"none": "", "manager": "your manager", "owner": "the owner of the app"}
_TAKES = {"none": "about a minute", "manager": "a minute after the yes", "owner": "a minute after the yes"}


def make_catalogue(people: Sequence[Person], apps: Sequence[App]) -> tuple[CatalogueItem, ...]:
    """The catalogue; the owner of an everyday service is the head of the department that answers for it."""
    heads = {person.department: person.id for person in reversed(people)}
    return (*(_access(app) for app in apps), *(_everyday(row, heads) for row in rows("catalogue")))


def _access(app: App) -> CatalogueItem:
    return CatalogueItem(
        id=f"access-{app.id}",
        name=f"Access to {app.name}",
        summary=f"Use {app.name}{f' (also called {app.aliases[0]})' if app.aliases else ''} with your own account.",
        category="Apps",
        need="access_request",
        inputs={"app": app.id},
        departments=app.departments,
        approval=_APPROVAL[app.approval],
        lead_time=_TAKES[app.approval],
        support="Access and sign-in. How to work with it: ask your team, or its articles.",
        owner=app.owner,
        cost="a seat from your department's budget" if app.licensed else "",
    )


def _everyday(row: dict[str, str], heads: dict[str, str]) -> CatalogueItem:
    return CatalogueItem.model_validate(
        {
            "id": row["id"],
            "name": row["name"],
            "summary": row["summary"],
            "category": row["category"],
            "need": row["need"],
            "says": words(row["says"]),
            "employment": words(row["employment"]),
            "approval": row["approval"],
            "lead_time": row["lead_time"],
            "support": row["support"],
            "owner": heads[row["owner"]],
        }
    )
