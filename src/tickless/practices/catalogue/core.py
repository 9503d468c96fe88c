"""Rows → catalogue items, or the reasons why not; and what a person finds on the shelves. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from tickless.domain.catalogue import CatalogueItem
from tickless.domain.person import Person
from tickless.domain.world import World
from tickless.kit.cells import slug
from tickless.kit.merging import Reading, Values, merge, new_key
from tickless.kit.tabular import Refusal, Table, shown
from tickless.practices.catalogue.columns import CATALOGUE


def read_catalogue(table: Table, *, known: World, needs: Collection[str]) -> Reading[CatalogueItem]:
    """Items by line. A row is the item of its id; a new one's id is made of the name. `needs`: what runbooks serve.

    Refused: what is missing or does not fit, a need that nothing serves, an app, service or owner whom nobody knows.
    """

    def identify(values: Values) -> tuple[str, Values]:
        key = str(values.get("id") or "") or new_key(slug(str(values.get("name") or "")), known.catalogue)
        owner = known.person_called(str(values["owner"])) if values.get("owner") else None
        service = known.service_named(str(values["service"])) if values.get("service") else None
        return key, {
            "id": key or None,
            **({"owner": owner.id} if owner else {}),
            **({"service": service.id} if service else {}),
        }

    reading = merge(
        table,
        model=CatalogueItem,
        columns=CATALOGUE,
        identify=identify,
        known=known.catalogue,
        defaults={"category": ""},
    )
    return reading.without(list(_strangers(reading.records, known=known, needs=needs)))


def _strangers(items: Mapping[int, CatalogueItem], *, known: World, needs: Collection[str]) -> Iterator[Refusal]:
    for line, item in items.items():
        if item.need not in needs:
            yield Refusal(
                line, "need", f"nothing serves {shown(item.need)!r}", f"one of: {', '.join(sorted(needs))}"[:300]
            )
        app = item.inputs.get("app")
        if app is not None and app not in known.apps:
            yield Refusal(
                line, "inputs", f"there is no app {shown(app)!r}", "import apps first, and name one by its id"
            )
        if item.service is not None and item.service not in known.services:
            yield Refusal(line, "service", f"there is no service {shown(item.service)!r}", "import services first")
        if item.owner is not None and item.owner not in known.people:
            yield Refusal(line, "owner", f"there is nobody called {shown(item.owner)!r}", "import people first")


def sentence(item: CatalogueItem) -> str:
    """What asking for an item says in the chat."""
    if item.says:
        return item.says[0][:1].upper() + item.says[0][1:]
    return f"I need {item.name[:1].lower()}{item.name[1:]}"


def shelves_for(items: Iterable[CatalogueItem], person: Person | None) -> dict[str, list[CatalogueItem]]:
    """What a person may ask for, by category, both in order of name; what is for everybody else is left out."""
    shelves: dict[str, list[CatalogueItem]] = {}
    for item in sorted(items, key=lambda one: (one.category.casefold(), one.name.casefold())):
        if item.offered_to(person):
            shelves.setdefault(item.category or "More", []).append(item)
    return shelves
