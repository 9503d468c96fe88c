"""Reads the whole world of records into one snapshot."""

from __future__ import annotations

from typing import Any

from tickless.domain.world import World
from tickless.journal.journal import Tx

_ALL = 1_000_000


def read_world(tx: Tx) -> World:
    """Everything that is known about people, apps, devices, services and items now; without edges that somebody denies."""

    def everything(shelf: Any) -> Any:
        return shelf.where(limit=_ALL)

    return World.of(
        people=everything(tx.people),
        apps=everything(tx.apps),
        devices=everything(tx.devices),
        services=everything(tx.services),
        items=everything(tx.items),
        dependencies=[edge for edge in everything(tx.dependencies) if edge.confidence > 0],
        catalogue=everything(tx.catalogue),
    )


def write_world(tx: Tx, world: World) -> None:
    """Insert or overwrite every record of a snapshot."""
    tx.people.put_all(world.people.values())
    tx.apps.put_all(world.apps.values())
    tx.devices.put_all(world.devices.values())
    tx.services.put_all(world.services.values())
    tx.items.put_all(world.items.values())
    tx.dependencies.put_all(world.dependencies)
    tx.catalogue.put_all(world.catalogue.values())
