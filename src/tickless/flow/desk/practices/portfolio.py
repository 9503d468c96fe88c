"""What doors may ask about the service portfolio and assets. Ruled and audited."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.errors import Conflict, NotFound
from tickless.domain.portfolio import Asset, AssetDraft, EntryDraft, Failover, FailoverDraft, PortfolioEntry, Stage
from tickless.domain.service import Service
from tickless.flow.keeping import Keeper, Keeping
from tickless.journal import Tx
from tickless.practices.portfolio.core import Posture, gaps, met, missing, posture

MOST = 5_000
_STAGE_OF: dict[str, Stage] = {"planned": "designed", "live": "live", "retiring": "retiring", "retired": "retired"}


@dataclass(frozen=True)
class EntryShown:
    """A service as the portfolio has it: its gaps, and for each of its failovers whether it kept the targets."""

    service: Service
    entry: PortfolioEntry
    gaps: tuple[str, ...]
    kept: tuple[bool, ...]


@dataclass(frozen=True)
class AssetShown:
    asset: Asset
    posture: Posture


class PortfolioDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def listed(self) -> list[EntryShown]:
        """Every service of the map, the most critical first."""
        with self._journal.read() as tx:
            entries = {one.id: one for one in tx.portfolio.where(limit=MOST)}
        services = sorted(self._keeping.world.services.values(), key=lambda one: (one.criticality or 9, one.name))
        return [self._shown(one, entries.get(one.id)) for one in services[:MOST]]

    def show(self, service: str) -> EntryShown:
        """Raises `NotFound`."""
        known = self._service(service)
        with self._journal.read() as tx:
            return self._shown(known, tx.portfolio.get(known.id))

    def keep(self, service: str, draft: EntryDraft, *, by: Keeper) -> EntryShown:
        """Its support model and recovery targets. Raises `NotFound`, `Forbidden`."""
        known = self._service(service)
        self._keeping.allow(by, "portfolio", "keep", services=[known.id])
        with self._journal.write() as tx:
            entry = self._entry(tx, known, by)
            changes = {name: value for name, value in draft.model_dump().items() if value is not None}
            text = (
                ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in changes.items()) or "Nothing changed."
            )
            return self._put(tx, (known, entry.model_copy(update=changes)), by=by, what="kept", text=text)

    def move(self, service: str, to: Stage, *, by: Keeper, note: str = "") -> EntryShown:
        """Through a gate. Raises `Conflict` that names everything that is missing."""
        known = self._service(service)
        self._keeping.allow(by, "portfolio", "move", services=[known.id])
        with self._journal.write() as tx:
            entry = self._entry(tx, known, by)
            lacks = missing(known, entry, to, world=self._keeping.world, now=self._keeping.now)
            if lacks:
                raise Conflict(f"{known.name} may not be {to} yet: {'; '.join(lacks)}", mend="mend these first")
            text = f"From {entry.state} to {to}. {note}".strip()
            return self._put(tx, (known, entry.model_copy(update={"state": to})), by=by, what="moved", text=text)

    def failover(self, service: str, draft: FailoverDraft, *, by: Keeper) -> EntryShown:
        """A recovery that was tried or needed, with what shows it. Raises `NotFound`, `Forbidden`."""
        known = self._service(service)
        self._keeping.allow(by, "portfolio", "failover", services=[known.id])
        with self._journal.write() as tx:
            entry = self._entry(tx, known, by)
            made = Failover(**draft.model_dump(), by=by.by)
            done = entry.model_copy(update={"failovers": (*entry.failovers, made)[-100:]})
            text = f"{'Worked' if made.worked else 'Did not work'}: {made.evidence}"
            return self._put(tx, (known, done), by=by, what="failover", text=text)

    def assets(self, *, state: str | None = None, service: str | None = None) -> list[AssetShown]:
        """By name."""
        with self._journal.read() as tx:
            table = tx.assets.table.c
            states, about = [table.state == state] if state else [], [table.service == service] if service else []
            found = tx.assets.where(*states, *about, limit=MOST)
        return [self._asset(one) for one in sorted(found, key=lambda one: one.title.casefold())]

    def asset(self, identity: str) -> AssetShown:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            return self._asset(tx.assets.need(identity))

    def keep_asset(self, draft: AssetDraft, *, by: Keeper, identity: str | None = None) -> AssetShown:
        """Write an asset down, new or changed. Raises `BadInput`, `NotFound`, `Forbidden`."""
        keeping = self._keeping
        service = keeping.service(draft.service)
        keeping.allow(by, "portfolio", "keep_asset", services=[service])
        with self._journal.write() as tx:
            if identity is not None:
                tx.assets.need(identity)
            made = Asset(
                **draft.model_dump(exclude={"service", "owner"}),
                id=identity or keeping.new_id(tx, "ast"),
                service=service,
                owner=keeping.person(draft.owner),
                made_by=by.by,
                made_at=keeping.now,
            )
            keeping.record(tx, by.by, "asset.kept", made.id, {"title": made.title, "state": made.state})
            return self._asset(tx.assets.put(made))

    def _service(self, name: str) -> Service:
        known = self._keeping.world.service_named(name)
        if known is None:
            raise NotFound("there is no such service", mend="name one of the service map")
        return known

    def _entry(self, tx: Tx, service: Service, by: Keeper) -> PortfolioEntry:
        known = tx.portfolio.get(service.id, lock=True)
        return known or PortfolioEntry(
            id=service.id,
            title=service.name[:200],
            service=service.id,
            owner=service.owner,
            state=_STAGE_OF[service.lifecycle],
            made_by=by.by,
            made_at=self._keeping.now,
        )

    def _put(self, tx: Tx, pair: tuple[Service, PortfolioEntry], *, by: Keeper, what: str, text: str) -> EntryShown:
        service, entry = pair
        self._keeping.record(tx, by.by, f"portfolio.{what}", f"service:{service.id}", {"text": text})
        kept = entry.model_copy(update={"story": (*entry.story, self._keeping.event(by.by, what, text))[-200:]})
        return self._shown(service, tx.portfolio.put(kept))

    def _shown(self, service: Service, entry: PortfolioEntry | None) -> EntryShown:
        now = self._keeping.now
        there = entry or PortfolioEntry(
            id=service.id,
            title=service.name[:200] or service.id,
            service=service.id,
            owner=service.owner,
            state=_STAGE_OF[service.lifecycle],
            made_by="",
            made_at=now,
        )
        return EntryShown(
            service, there, gaps(service, entry, now=now), tuple(met(there, one) for one in there.failovers)
        )

    def _asset(self, one: Asset) -> AssetShown:
        service = self._keeping.world.services.get(one.service or "")
        criticality = service.criticality if service else None
        return AssetShown(one, posture(one, today=self._keeping.now.date(), criticality=criticality))
