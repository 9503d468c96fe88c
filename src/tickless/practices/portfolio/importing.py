"""Brings files of material assets into the journal, and writes such files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from tickless.domain.portfolio import Asset, AssetState
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.world import read_world
from tickless.kit.cells import Column, write_cells
from tickless.kit.merging import Outcome, Reading, Values, merge, settle
from tickless.kit.tabular import Refusal, Table, shown, write_csv

MOST = 100_000
_DAY = r"\d{4}-\d{2}-\d{2}"
_DAY_SAYS = "a day, as 2027-03-01"
_OURS = re.compile(r"ast-\d+")
"""Ids that the house itself gives to what is written down by hand."""
_STATES: tuple[tuple[str, object], ...] = tuple((one.replace("_", " "), one) for one in get_args(AssetState))
ASSETS = (
    Column("id", ("asset tag", "tag", "asset id", "inventory number"), needed=True,
           pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", most=64, pattern_says="letters, digits and . _ -, at most 64"),
    Column("title", ("name", "asset", "description"), needed=True),
    Column("kind", ("type", "category", "model category"), needed=True),
    Column("state", ("status", "lifecycle", "install status"), "choice", choices=_STATES),
    Column("service", ("service id", "used by service")),
    Column("owner", ("owner id", "assigned to", "responsible", "owner email")),
    Column("supplier", ("vendor", "manufacturer")),
    Column("serial", ("serial number", "serial no")),
    Column("item", ("ci", "configuration item")),
    Column("warranty_until", ("warranty", "warranty end", "warranty expiration"), pattern=_DAY, pattern_says=_DAY_SAYS),
    Column("supported_until", ("end of support", "eos", "support end"), pattern=_DAY, pattern_says=_DAY_SAYS),
    Column("open_weaknesses", ("vulnerabilities", "open vulnerabilities"), pattern=r"\d{1,6}", pattern_says="a whole number"),
    Column("note", ("comment", "notes", "remarks"), most=2_000),
)  # fmt: skip


def import_assets(
    tx: Tx, table: Table, *, by: str, at: dt.datetime, partial: bool = False, dry_run: bool = False
) -> Outcome:
    """Insert what is new and change what differs, by the asset tag; a refused row means that nothing is written, unless
    `partial`."""
    known = {one.id: one for one in tx.assets.where(limit=MOST)}
    reading = read_assets(table, world=read_world(tx), known=known, by=by, at=at)
    put = None if dry_run else tx.assets.put_all
    outcome = settle("assets", reading, known=known, key_of=lambda one: one.id, put=put, partial=partial)
    if outcome.written:
        detail = {**outcome.on_record(), "partial": partial}
        tx.audit.append(at=at, actor=by, action="records.imported", subject="records:assets", detail=detail)
    return outcome


def read_assets(table: Table, *, world: World, known: Mapping[str, Asset], by: str, at: dt.datetime) -> Reading[Asset]:
    """Assets by line. Refused: what is missing or does not fit, a service or an owner whom nobody knows."""

    def identify(values: Values) -> tuple[str, Values]:
        key = str(values.get("id") or "")
        owner = world.person_called(str(values["owner"])) if values.get("owner") else None
        service = world.service_named(str(values["service"])) if values.get("service") else None
        made = {} if key in known else {"made_by": by, "made_at": at}
        return key, {
            **made,
            **({"owner": owner.id} if owner else {}),
            **({"service": service.id} if service else {}),
        }

    reading = merge(table, model=Asset, columns=ASSETS, identify=identify, known=known,
                    defaults={"state": "in_use", "supplier": "", "serial": "", "item": "", "note": ""})  # fmt: skip
    return reading.without(list(_strangers(reading.records, world, known)))


def _strangers(assets: Mapping[int, Asset], world: World, known: Mapping[str, Asset]) -> Iterator[Refusal]:
    for line, one in assets.items():
        if one.id not in known and _OURS.fullmatch(one.id):
            yield Refusal(
                line, "id", f"{one.id} is an id that the house gives itself", "give the tag of your own register"
            )
        if one.service is not None and one.service not in world.services:
            yield Refusal(line, "service", f"there is no service {shown(one.service)!r}", "import services first")
        if one.owner is not None and one.owner not in world.people:
            yield Refusal(line, "owner", f"there is nobody called {shown(one.owner)!r}", "import people first")


def write_assets(assets: Iterable[Asset]) -> str:
    """Assets as the CSV that `import_assets` reads."""
    rows = (write_cells(one.model_dump(mode="json"), ASSETS) for one in assets)
    return write_csv([column.field for column in ASSETS], rows)
