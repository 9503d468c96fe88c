"""The sample company as the house knows it, and rows to spoil."""

from __future__ import annotations

from tickless.domain.world import World
from tickless.kit.tabular import Row, Table
from tickless.sample.company import make_company

COMPANY = make_company()
LARKMOOR = World.of(
    people=COMPANY.people,
    apps=COMPANY.apps,
    devices=COMPANY.devices,
    services=COMPANY.services,
    items=COMPANY.items,
    dependencies=COMPANY.dependencies,
)


def table(*rows: dict[str, object]) -> Table:
    """Rows of a file whose header is on line 1."""
    return Table(tuple(Row(line, cells) for line, cells in enumerate(rows, start=2)))


def person(username: str, **more: object) -> dict[str, object]:
    return {"username": username, "name": username.title(), "email": f"{username}@example.org", **more}
