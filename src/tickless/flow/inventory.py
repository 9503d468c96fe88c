"""The service map kept up to date: asks who knows of services, at their pace, and takes in what they say.

What a source says is read by its connector and weighed in `practices/services`; this room asks, one at a time, and remembers
how it went.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tickless.domain.claim import RefusedRow
from tickless.domain.errors import BadInput, Conflict, NotFound, TicklessError
from tickless.domain.service import Dependency, Service
from tickless.flow.inventory_traces import inventory_of
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.practices.services.judging import Judgement, judge_edge, state_service
from tickless.practices.services.matching import Teller
from tickless.practices.services.settling import settle_map
from tickless.practices.services.syncing import MapDiff, record_of, sync_source
from tickless.sdk.capabilities.inventory import Inventory
from tickless.sdk.connector import Call, Instance
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import BoundOperation, connector_folders, load_connector
from tickless.sdk.secrets import Secrets
from tickless.stages.sense.telemetry.calls import Call as SeenCall
from tickless.stages.sense.telemetry.calls import Operation as SeenOperation

TRACES = "traces"
MARK = "map-sync:"
SETTLED = "map-settled"
SETTLE_EVERY = dt.timedelta(minutes=10)
SECONDS = 60.0
"""A source may take to answer."""
_log = get_logger("flow")


@dataclass(frozen=True)
class MapRules:
    """`every` seconds each source is asked. `connectors`: which (None: all that know of services). `traces`: whether who calls
    whom counts."""

    every: float
    connectors: tuple[str, ...] | None
    traces: bool


@dataclass(frozen=True)
class MapSource:
    """Who knows of services, and how it went when it was asked last."""

    name: str
    origin: str
    asked_at: dt.datetime | None = None
    said: str = ""
    problem: str = ""
    doubtful: bool = False
    waiting: int = 0
    askable: bool = True
    """A file speaks only when somebody brings it in."""


class MapDesk:
    """`seen`: who calls whom, and which services have operations, as the traces say; `renew`: the world is read anew."""

    def __init__(
        self,
        rooms: Rooms,
        rules: MapRules,
        *,
        seen: Callable[[], tuple[Sequence[SeenCall], Sequence[SeenOperation]] | None],
        renew: Callable[[], None],
    ) -> None:
        self._rooms = rooms
        self._rules = rules
        self._seen = seen
        self._renew = renew
        self._busy = threading.Lock()
        self._due: dict[str, dt.datetime] = {}
        self._broken: set[str] = set()
        self._settled_at: dt.datetime | None = None

    def names(self) -> dict[str, str]:
        """Source → the kind of source, of all that can be asked."""
        found = {
            name: one.connector.manifest.id
            for name, one in sorted(self._rooms.registry.instances.items())
            if _answers(one) and (self._rules.connectors is None or name in self._rules.connectors)
        }
        return {**found, **({TRACES: TRACES} if self._rules.traces and self._seen() is not None else {})}

    def sources(self) -> list[MapSource]:
        """Everybody who can be asked or has said something, by name."""
        asked = self.names()
        with self._rooms.journal.read() as tx:
            told = {*map(str, tx.map_refused.values("source")), *_files(tx)} - set(asked)
            waiting = {one: tx.map_refused.count(tx.map_refused.table.c.source == one,
                                                 tx.map_refused.table.c.state == "waiting")
                       for one in {*asked, *told}}  # fmt: skip
            marks = {name: json.loads(tx.coordination.mark(MARK + name) or "{}") for name in {*asked, *told}}
        return [_source(name, asked.get(name), marks[name], waiting[name]) for name in sorted(marks)]

    def sync(self, source: str, *, by: str, dry_run: bool = False, sure: bool = False) -> MapDiff:
        """Ask a source and take in what it says, or with `dry_run` only say what would be done. Raises `NotFound`, `Conflict`
        while a source is being asked, and `OutsideError` where it cannot be."""
        origin = self.names().get(source)
        if origin is None:
            raise NotFound(
                f"{source[:60]!r} is nobody who knows of services", mend=f"there are: {', '.join(self.names())}"
            )
        if not self._busy.acquire(timeout=5.0):
            raise Conflict("a source is being asked just now", mend="try again in a moment")
        try:
            found = self._ask(source)
            return self._take(found, Teller(source, origin, self._now()), by=by, dry_run=dry_run, sure=sure)
        except TicklessError as error:
            if not dry_run:
                self._note(source, {"at": self._now().isoformat(), "origin": origin, "problem": error.public})
            raise
        finally:
            self._busy.release()

    def parse(
        self, document: str, *, form: str, name: str, source: str, by: str, dry_run: bool = False, whole: bool = False
    ) -> MapDiff:
        """Take in a file in the form of a connector, as the word of `source`. `whole`: it is everything that the source says.
        Raises `BadInput` for a form that nobody reads."""
        bound = _parser(form)
        call = Call(instance=bound.instance, key=new_id("map"), now=self._now(), timeout=SECONDS)
        output = invoke(bound, {"name": name, "text": document}, call).output
        assert isinstance(output, Inventory), "the contract suite checks what a capability answers"
        found = output.model_copy(update={"whole": whole})
        return self._take(found, Teller(source, form, self._now()), by=by, dry_run=dry_run, sure=whole)

    def replay(self, refused: str, *, by: str) -> RefusedRow:
        """Try a row again that did not fit, with the map as it is now. Raises `NotFound`, `Conflict` where it cannot be."""
        with self._rooms.journal.read() as tx:
            row = tx.map_refused.need(refused)
        if row.found is None:
            raise Conflict(
                "nothing could be read of it, so it cannot be tried again", mend="mend it, and bring it in anew"
            )
        found = Inventory.model_validate({**row.found, "whole": False})
        diff = self._take(found, Teller(row.source, row.origin, self._now()), by=by)
        if refused not in {one.id for one in diff.refused}:
            return self._mark(refused, "taken", by=by)
        with self._rooms.journal.read() as tx:
            return tx.map_refused.need(refused)

    def dismiss(self, refused: str, *, by: str) -> RefusedRow:
        """Leave a row alone: it does not wait any more. Raises `NotFound`."""
        return self._mark(refused, "dismissed", by=by)

    def judge(self, service: str, needs: str, judgement: Judgement, *, by: str, reason: str) -> Dependency:
        """What a person says of an edge. Raises `NotFound`, `BadInput`."""
        with self._rooms.journal.write() as tx:
            found = judge_edge(tx, service, needs, judgement, by=by, reason=_reason(reason), at=self._now())
        self._renew()
        return found

    def state(self, service: str, values: Mapping[str, Any], *, by: str, reason: str) -> Service:
        """What a person says of a service. Raises `NotFound`, `BadInput`."""
        with self._rooms.journal.write() as tx:
            found = state_service(tx, service, values, by=by, reason=_reason(reason), at=self._now())
        self._renew()
        return found

    def look(self, now: dt.datetime) -> None:
        """Ask whoever is due, in a thread of its own; let belief fade every few minutes."""
        if self._settled_at is None or now - self._settled_at >= SETTLE_EVERY:
            self._settled_at = now
            self.settle(now)
        due = [name for name in self.names() if self._due.get(name, now) <= now]
        if due and self._rules.every and not self._busy.locked():
            for name in due:
                self._due[name] = now + dt.timedelta(seconds=self._rules.every)
            threading.Thread(target=self._ask_all, args=(due,), name="map", daemon=True).start()

    def settle(self, now: dt.datetime) -> None:
        """Work the map out anew, as belief in it fades. Nobody waits for it while nothing is different."""
        with self._rooms.journal.read() as tx:
            if not settle_map(tx, at=now, dry_run=True).any:
                return
        with self._rooms.journal.write() as tx:
            changed = settle_map(tx, at=now)
        if changed.seen:
            self._renew()

    def _ask_all(self, due: Sequence[str]) -> None:
        for name in due:
            try:
                self.sync(name, by="system:map")
            except Conflict:
                continue
            except TicklessError as error:
                if name not in self._broken:
                    _log.warning("a source of the service map cannot be asked", source=name, reason=error.public)
                self._broken.add(name)
                continue
            if name in self._broken:
                self._broken.discard(name)
                _log.warning("a source of the service map can be asked again", source=name)

    def _ask(self, source: str) -> Inventory:
        if source == TRACES:
            with self._rooms.journal.read() as tx:
                known = tx.services.where(limit=100_000)
            seen = self._seen()
            return inventory_of(*(seen or ((), ())), known=known)
        bound = self._rooms.registry.find(
            f"{source}.{_operation(self._rooms.registry.instances[source], 'inventory.read')}"
        )
        call = Call(instance=bound.instance, key=new_id("map"), now=self._now(), timeout=SECONDS)
        output = invoke(bound, {}, call).output
        assert isinstance(output, Inventory), "the contract suite checks what a capability answers"
        return output

    def _take(self, found: Inventory, teller: Teller, *, by: str, dry_run: bool = False, sure: bool = False) -> MapDiff:
        journal = self._rooms.journal
        with journal.read() if dry_run else journal.write() as tx:
            diff = sync_source(tx, found, teller=teller, by=by, dry_run=dry_run, sure=sure)
            if not dry_run:
                told = {**record_of(teller.at, diff), "origin": teller.origin}
                tx.coordination.note(MARK + teller.source, json.dumps(told))
        if diff.written and diff.entries:
            self._renew()
        return diff

    def _note(self, source: str, told: Mapping[str, object]) -> None:
        with self._rooms.journal.write() as tx:
            before = json.loads(tx.coordination.mark(MARK + source) or "{}")
            tx.coordination.note(MARK + source, json.dumps({**before, **told}))

    def _mark(self, refused: str, state: str, *, by: str) -> RefusedRow:
        with self._rooms.journal.write() as tx:
            row = tx.map_refused.need(refused).model_copy(update={"state": state})
            tx.audit.append(at=self._now(), actor=by, action=f"map.row_{state}", subject=f"map:{row.source}",
                            detail={"place": row.place, "reason": row.reason})  # fmt: skip
            return tx.map_refused.put(row)

    def _now(self) -> dt.datetime:
        return self._rooms.clock.now()


def _reason(said: str) -> str:
    reason = " ".join(said.split())[:500]
    if not reason:
        raise BadInput("a reason is missing", mend="say in a few words how you know")
    return reason


def _source(name: str, asked: str | None, mark: Mapping[str, Any], waiting: int) -> MapSource:
    at = mark.get("at")
    return MapSource(
        name=name,
        origin=asked or str(mark.get("origin", "")),
        asked_at=dt.datetime.fromisoformat(at) if at else None,
        said=str(mark.get("said", "")),
        problem=str(mark.get("problem", "")),
        doubtful=bool(mark.get("doubtful")),
        waiting=waiting,
        askable=asked is not None,
    )


def _files(tx: Tx) -> set[str]:
    """Sources of files that were brought in."""
    names = {str(name) for name in tx.map_claims.values("source")}
    return {name for name in names if tx.coordination.mark(MARK + name)}


def _operation(instance: Instance, capability: str) -> str:
    """Name of the operation that answers to a capability; empty when there is none."""
    probes = instance.connector.manifest.probes
    return next((name for name, promise in probes.items() if promise.capability == capability), "")


def _answers(instance: Instance) -> bool:
    return bool(_operation(instance, "inventory.read"))


def forms() -> list[str]:
    """Forms of files that can be brought in: ids of the connectors that read them."""
    return [folder.name for folder in connector_folders() if 'capability = "inventory.parse"' in _manifest_text(folder)]


def _manifest_text(folder: Any) -> str:
    return str((folder / "manifest.toml").read_text(encoding="utf-8"))


def _parser(form: str) -> BoundOperation:
    folder = next((one for one in connector_folders() if one.name == form and form in forms()), None)
    if folder is None:
        raise BadInput(f"{form[:40]!r} is no form that can be read", mend=f"there are: {', '.join(forms())}")
    connector = load_connector(folder)
    instance = Instance(name=form, connector=connector, settings=None, secrets=Secrets({}))
    name = _operation(instance, "inventory.parse")
    return BoundOperation(
        full_name=f"{form}.{name}", instance=instance, operation=connector.operations[name],
        promise=connector.manifest.probes[name],
    )  # fmt: skip
