"""The catalogue: what the caller may ask for, and how to say it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from tickless.domain.catalogue import CatalogueItem
from tickless.doors.api.guards import DeskHere, Talker, new_router
from tickless.doors.api.schemas import Page, Shown

router = new_router("catalogue")


class ItemOffered(Shown):
    """One thing that can be asked for."""

    id: str
    name: str
    summary: str
    category: str
    need: str
    inputs: dict[str, str]
    offered: bool
    approval: str
    lead_time: str
    support: str
    cost: str
    owner: str | None
    says: list[str]


@router.get("/catalogue", summary="What can be asked for")
def list_catalogue(
    desk: DeskHere,
    visitor: Talker,
    every: Annotated[bool, Query(description="What is not for the caller, too")] = False,
) -> Page[ItemOffered]:
    """By category and name. Without the right `read` only what is offered to the caller."""
    with desk.journal.read() as tx:
        items = tx.catalogue.where(limit=5_000)
    shown = [_shown(item, offered=item.offered_to(visitor.person)) for item in items]
    everything = every and visitor.may("read")
    kept = [item for item in shown if item.offered or everything]
    return Page(items=sorted(kept, key=lambda item: (item.category.casefold(), item.name.casefold())))


def _shown(item: CatalogueItem, *, offered: bool) -> ItemOffered:
    fields = {name: getattr(item, name) for name in ItemOffered.model_fields if name not in {"offered", "says"}}
    return ItemOffered(**fields, offered=offered, says=list(item.says))
