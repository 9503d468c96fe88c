"""Takes in what a source says: it changes only its own claims, and what it no longer says goes stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tickless.domain.claim import Claim, ClaimKind, RefusedRow
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.practices.services.matching import Teller, match
from tickless.practices.services.settling import ALL, settle_map
from tickless.sdk.capabilities.inventory import Inventory

What = Literal["added", "changed", "same", "gone", "back"]
MOST_ON_RECORD = 200
ENOUGH = 10
"""Claims from which a source that falls silent about more than half of them is doubted."""


_WORDS: tuple[tuple[ClaimKind, str], ...] = (("service", "service"), ("dependency", "edge"), ("item", "item"))


@dataclass(frozen=True)
class Entry:
    """One thing that a source says otherwise than before. `new`: the map does not have it yet."""

    kind: ClaimKind
    key: str
    what: What
    fields: tuple[str, ...] = ()
    new: bool = False


@dataclass(frozen=True)
class MapDiff:
    """What a sync did to the map, or would do. `doubtful`: so much is missing that nothing was taken for gone."""

    source: str
    entries: tuple[Entry, ...]
    same: int
    refused: tuple[RefusedRow, ...]
    written: bool
    doubtful: bool = False

    def count(self, what: What, kind: ClaimKind | None = None, *, new: bool = False) -> int:
        """How many of a kind (None: any); with `new` only what the map lacks so far."""
        return sum(one.what == what and kind in {None, one.kind} and (one.new or not new) for one in self.entries)

    @property
    def sentence(self) -> str:
        """In one sentence, for people."""
        would = "" if self.written else "would "
        new = [self.count("added", kind, new=True) for kind, _ in _WORDS]
        told = ", ".join(
            f"{count} {word}{'' if count == 1 else 's'}" for count, (_, word) in zip(new, _WORDS, strict=True)
        )
        parts = [f"{would}{'add' if would else 'added'} {told}"]
        vouched = self.count("added") - sum(new)
        parts += [f"{vouched} more that the map has already"] if vouched else []
        parts += [f"{count} changed"] if (count := self.count("changed") + self.count("back")) else []
        parts += [f"{count} stale"] if (count := self.count("gone")) else []
        parts += [f"{self.same} as before"] if self.same else []
        parts += [f"{rows} {'does' if rows == 1 else 'do'} not fit"] if (rows := len(self.refused)) else []
        parts += (
            ["more than half of what it said before is missing, so nothing was taken for gone"] if self.doubtful else []
        )
        return f"{self.source}: {'; '.join(parts)}."


def sync_source(
    tx: Tx, inventory: Inventory, *, teller: Teller, by: str, dry_run: bool = False, sure: bool = False
) -> MapDiff:
    """Take in a source's answer. `sure`: believe it even when it lacks most of what it said before. `dry_run`: only say what
    would be done."""
    owned = any(one.owner for one in inventory.services)
    people = tx.people.where(limit=ALL) if owned else ()
    known = World.of(people=people, services=tx.services.where(limit=ALL))
    before = {claim.id: claim for claim in tx.map_claims.by(source=teller.source, limit=ALL)}
    matched = match(inventory, teller=teller, known=known, before=before.values())
    has = _on_the_map(tx)
    entries, put, same = _differences(before, matched.claims, has)
    gone = [claim for claim in before.values() if claim.id not in matched.claims and claim.withdrawn_at is None]
    doubtful = inventory.whole and not sure and len(before) >= ENOUGH and len(gone) * 2 > len(before)
    if not inventory.whole or doubtful:
        gone = []
    entries += [Entry(claim.kind, claim.key, "gone") for claim in gone]
    diff = MapDiff(teller.source, tuple(entries), same, matched.refused, written=not dry_run, doubtful=doubtful)
    if dry_run:
        return diff
    tx.map_claims.put_all(put)
    tx.map_claims.put_all(claim.model_copy(update={"withdrawn_at": teller.at}) for claim in gone)
    keep_refused(tx, teller, matched.refused, whole=inventory.whole)
    spoken = any(claim.kind == "item" for claims in (before, matched.claims) for claim in claims.values())
    settle_map(tx, at=teller.at, items=spoken)
    if entries:
        detail = {
            "said": diff.sentence,
            "things": {f"{one.kind} {one.key}": [one.what, *one.fields] for one in entries[:MOST_ON_RECORD]},
        }
        tx.audit.append(at=teller.at, actor=by, action="map.synced", subject=f"map:{teller.source}", detail=detail)
    return diff


def _on_the_map(tx: Tx) -> set[tuple[ClaimKind, str]]:
    services: set[tuple[ClaimKind, str]] = {("service", str(one)) for one in tx.services.values("id")}
    items: set[tuple[ClaimKind, str]] = {("item", str(one)) for one in tx.items.values("id")}
    edges: set[tuple[ClaimKind, str]] = {
        ("dependency", f"{one.service} → {one.needs}") for one in tx.dependencies.where(limit=ALL)
    }
    return services | items | edges


def _differences(
    before: Mapping[str, Claim], now: Mapping[str, Claim], has: set[tuple[ClaimKind, str]]
) -> tuple[list[Entry], list[Claim], int]:
    """(what is different, claims to write, how many are as before)."""
    entries: list[Entry] = []
    put: list[Claim] = []
    same = 0
    for identity, claim in now.items():
        old = before.get(identity)
        if old is None:
            entries.append(Entry(claim.kind, claim.key, "added", new=(claim.kind, claim.key) not in has))
            put.append(claim)
            continue
        seen = max(old.last_seen, claim.last_seen)
        fields = tuple(
            sorted(name for name in {*old.values, *claim.values} if old.values.get(name) != claim.values.get(name))
        )
        put.append(claim.model_copy(update={"first_seen": old.first_seen, "last_seen": seen}))
        if fields:
            entries.append(Entry(claim.kind, claim.key, "changed", fields))
        elif old.withdrawn_at is not None:
            entries.append(Entry(claim.kind, claim.key, "back"))
        else:
            same += 1
    return entries, put, same


def keep_refused(tx: Tx, teller: Teller, refused: Sequence[RefusedRow], *, whole: bool) -> None:
    """Keep what does not fit until it is mended; what a whole answer no longer has is mended."""
    known = {row.id: row for row in tx.map_refused.by(source=teller.source, limit=ALL)}
    rows = []
    for row in refused:
        old = known.get(row.id)
        state = "dismissed" if old is not None and old.state == "dismissed" else "waiting"
        rows.append(row.model_copy(update={"count": old.count + 1 if old else 1, "state": state}))
    tx.map_refused.put_all(rows)
    if whole:
        now = {row.id for row in refused}
        tx.map_refused.put_all(taken(known.values(), now))


def taken(known: Iterable[RefusedRow], now: set[str]) -> list[RefusedRow]:
    """Rows that waited and are not refused any more."""
    return [row.model_copy(update={"state": "taken"}) for row in known if row.id not in now and row.state == "waiting"]


def record_of(at: dt.datetime, diff: MapDiff) -> dict[str, object]:
    """What is kept of a source's last sync."""
    return {
        "at": at.isoformat(),
        "said": diff.sentence,
        "claims": diff.same + sum(one.what in {"added", "changed", "back"} for one in diff.entries),
        "waiting": len(diff.refused),
        "doubtful": diff.doubtful,
    }
