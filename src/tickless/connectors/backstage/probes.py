"""What a catalogue can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tickless.connectors.backstage.client import Catalogue, connect
from tickless.connectors.backstage.documents import documents_of
from tickless.connectors.backstage.reading import read_entities
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.inventory import Document, Inventory, InventoryAsked, Misfit


@probe("read", params=InventoryAsked, output=Inventory)
def read(call: Call, params: InventoryAsked) -> Result:
    """Everything that the catalogue knows."""
    catalogue = connect(call)
    entities = catalogue.entities() if call.settings.api else []
    told = [(f"entity {number}", entity) for number, entity in enumerate(entities, start=1)]
    return _told(read_entities([*_documents(catalogue), *told], whole=True))


@probe("parse", params=Document, output=Inventory)
def parse(call: Call, params: Document) -> Result:
    """One `catalog-info.yaml`, or several documents in one file."""
    return _told(read_entities(documents_of(params.text, params.name or "the file"), whole=False))


def _documents(catalogue: Catalogue) -> Iterator[tuple[str, Any] | Misfit]:
    for file in catalogue.files():
        if file.problem:
            yield Misfit(place=file.name, reason=file.problem, mend="look at the settings `files` and `urls`")
        else:
            yield from documents_of(file.text, file.name)


def _told(found: Inventory) -> Result:
    return Result(output=found, summary=f"{len(found.services)} services and {len(found.edges)} edges")
