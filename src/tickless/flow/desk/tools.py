"""Tools that outside servers offer: what people say of them, what has changed since, and who is told.

A tool may be called only after somebody classified the very one that is offered now. What servers offer is looked at every
ten minutes (`watch`, in one process); a tool that changed since becomes an alert that names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tickless.domain.errors import BadInput, Conflict, NotFound, TicklessError
from tickless.domain.record import Record, Untrusted
from tickless.domain.runbook import Effect
from tickless.domain.tool_effect import ToolEffect, ToolState, in_force, state_of
from tickless.flow.desk.tools_news import tool_changed
from tickless.flow.rooms import Rooms
from tickless.journal import Journal, Tx
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.sdk.capabilities.toolbox import ToolShown, ToolsShown
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import BoundOperation

OFFERED: Final = "toolbox.offered"
EVERY: Final = dt.timedelta(minutes=10)
PATIENCE: Final = 8.0
_MARK: Final = "tools:"
_log = get_logger("flow")


class SeenTools(Record):
    """What a server offered when it was looked at last. `trouble`: why it could not be looked at the last time."""

    at: dt.datetime | None = None
    tools: tuple[ToolShown, ...] = ()
    tried_at: dt.datetime | None = None
    trouble: str = ""
    alarmed: tuple[str, ...] = ()
    """Tools whose change was told."""


@dataclass(frozen=True)
class ToolRow:
    """One tool: how it stands, what its server says of it now, and what somebody said."""

    name: str
    state: ToolState
    offered: ToolShown | None
    said: ToolEffect | None


@dataclass(frozen=True)
class Toolbox:
    """One server. Rows that somebody has to read come first."""

    instance: str
    seen_at: dt.datetime | None
    trouble: str
    rows: tuple[ToolRow, ...]

    @property
    def waiting(self) -> int:
        """How many nobody has read, or have changed since."""
        return sum(row.state in {"new", "changed"} for row in self.rows)


@dataclass(frozen=True)
class Word:
    """What somebody says. `sha256` is that of the tool that they read."""

    tool: str
    sha256: str
    effect: Effect
    idempotent: bool = False
    undo: str = ""
    verify: str = ""
    note: str = ""


def said_of(journal: Journal, instance: str) -> Mapping[str, ToolEffect]:
    """What counts of what people said of this server's tools."""
    with journal.read() as tx:
        return in_force(_words(tx, instance))


class ToolsDesk:
    """Every server of the settings that offers tools."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def boxes(self) -> list[Toolbox]:
        """Every server by name, as it was looked at last."""
        return [self.box(name) for name in sorted(self._servers())]

    def box(self, instance: str) -> Toolbox:
        """One server. Raises `NotFound`."""
        self._server(instance)
        with self._rooms.journal.read() as tx:
            seen, said = _seen(tx, instance), in_force(_words(tx, instance))
        offered = {tool.name: tool for tool in seen.tools}
        hashes = {name: tool.sha256 for name, tool in offered.items()}
        names = sorted({*offered, *said}) if seen.at else sorted(said)
        rows = [ToolRow(name, state_of(name, hashes, said), offered.get(name), said.get(name)) for name in names]
        order = {"changed": 0, "new": 1, "gone": 2, "classified": 3}
        return Toolbox(
            instance, seen.at, seen.trouble, tuple(sorted(rows, key=lambda row: (order[row.state], row.name)))
        )

    def history(self, instance: str, tool: str) -> list[ToolEffect]:
        """Everything that was ever said of a tool, newest first."""
        with self._rooms.journal.read() as tx:
            return sorted(tx.tool_effects.by(instance=instance, tool=tool), key=lambda one: one.at, reverse=True)

    def look(self, instance: str) -> Toolbox:
        """Ask the server now. Raises `NotFound`, and the connector's errors."""
        found = self._ask(self._server(instance))
        self._note(instance, found)
        return self.box(instance)

    def classify(self, instance: str, word: Word, *, by: str) -> ToolEffect:
        """Say what a tool does. Raises `NotFound`, `Conflict` (it is another one by now), `BadInput`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            offered = {tool.name: tool for tool in self._need(tx, instance).tools}
            tool = offered.get(word.tool)
            if tool is None:
                raise NotFound("the server offers no such tool", mend="look at its tools again")
            if tool.sha256 != word.sha256:
                raise Conflict("this is not the tool that you read: it has changed", mend="read it again")
            _check_others(word, offered, in_force(_words(tx, instance)))
            said = ToolEffect(
                id=new_id("tef"), instance=instance, tool=word.tool, sha256=word.sha256, effect=word.effect,
                idempotent=word.idempotent, undo=word.undo, verify=word.verify, note=word.note.strip(),
                description=Untrusted(tool.description), by=by, at=now,
            )  # fmt: skip
            tx.tool_effects.put(said)
            tx.audit.append(at=now, actor=by, action="tool.classified", subject=f"tool:{instance}/{word.tool}",
                            detail={"effect": word.effect, "sha256": word.sha256, "undo": word.undo,
                                    "verify": word.verify, "idempotent": word.idempotent, "note": said.note})  # fmt: skip
        self._tell(instance)
        return said

    def withdraw(self, instance: str, tool: str, *, by: str, reason: str) -> ToolEffect:
        """From now on nobody has said what this tool does. Raises `NotFound`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            word = in_force(_words(tx, instance)).get(tool)
            if word is None:
                raise NotFound("nobody has said what this tool does")
            gone = tx.tool_effects.put(word.model_copy(update={"withdrawn_by": by, "withdrawn_at": now}))
            tx.audit.append(at=now, actor=by, action="tool.withdrawn", subject=f"tool:{instance}/{tool}",
                            detail={"effect": word.effect, "reason": reason})  # fmt: skip
        self._tell(instance)
        return gone

    def watch(self, now: dt.datetime) -> None:
        """Look at each server whose turn it is; what changed since somebody read it becomes an alert, once."""
        for instance, server in self._servers().items():
            with self._rooms.journal.read() as tx:
                tried = _seen(tx, instance).tried_at
            if tried is not None and now - tried < EVERY:
                continue
            try:
                self._note(instance, self._ask(server))
            except TicklessError as error:
                self._note_trouble(instance, error.public)
            self._tell(instance)

    def _servers(self) -> dict[str, BoundOperation]:
        registry = self._rooms.registry
        found = {}
        for name, instance in registry.instances.items():
            for probe, promise in instance.connector.manifest.probes.items():
                if promise.capability == OFFERED:
                    found[name] = registry.find(f"{name}.{probe}")
        return found

    def _server(self, instance: str) -> BoundOperation:
        found = self._servers().get(instance)
        if found is None:
            raise NotFound(f"no connector called {instance[:80]!r} offers tools", mend="see the settings' connectors")
        return found

    def _ask(self, server: BoundOperation) -> tuple[ToolShown, ...]:
        call = Call(instance=server.instance, key="tools:look", now=self._rooms.clock.now(), timeout=PATIENCE)
        told = invoke(server, {}, call).output
        assert isinstance(told, ToolsShown)
        return told.tools

    def _need(self, tx: Tx, instance: str) -> SeenTools:
        self._server(instance)
        seen = _seen(tx, instance)
        if seen.at is None:
            raise Conflict("nobody has looked at that server's tools yet", mend="look at them first")
        return seen

    def _note(self, instance: str, tools: tuple[ToolShown, ...]) -> None:
        now = self._rooms.clock.now()
        plain = tuple(tool.model_copy(update={"state": "new", "effect": None}) for tool in tools)
        with self._rooms.journal.write() as tx:
            before = _seen(tx, instance)
            _keep(tx, instance, SeenTools(at=now, tools=plain, tried_at=now, alarmed=before.alarmed))

    def _note_trouble(self, instance: str, why: str) -> None:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            _keep(tx, instance, _seen(tx, instance).model_copy(update={"tried_at": now, "trouble": why[:300]}))

    def _tell(self, instance: str) -> None:
        """An alert for each tool that changed since somebody read it, and its end."""
        now = self._rooms.clock.now()
        changed = {row.name for row in self.box(instance).rows if row.state == "changed"}
        with self._rooms.journal.read() as tx:
            told = set(_seen(tx, instance).alarmed)
        news = [tool_changed(instance, tool, "firing", now) for tool in sorted(changed - told)]
        news += [tool_changed(instance, tool, "resolved", now) for tool in sorted(told - changed)]
        if not news:
            return
        self._rooms.journal.signals.append(news)  # first: a crash in between says it twice
        with self._rooms.journal.write() as tx:
            _keep(tx, instance, _seen(tx, instance).model_copy(update={"alarmed": tuple(sorted(changed))}))
            for tool in sorted(changed - told):
                tx.audit.append(
                    at=now, actor="house", action="tool.changed", subject=f"tool:{instance}/{tool}", detail={}
                )
        _log.warning("tools changed", instance=instance, changed=len(changed - told))


def _check_others(word: Word, offered: Mapping[str, ToolShown], said: Mapping[str, ToolEffect]) -> None:
    """What takes it back changes something, and what verifies it reads: both are classified already, as they are now."""
    if word.effect == "read" and (word.undo or word.verify):
        raise BadInput("a tool that reads needs neither undo nor check", mend="leave them empty")
    for name, of, wanted in (("undo", word.undo, {"change", "destroy"}), ("verify", word.verify, {"read"})):
        if not of:
            continue
        other, tool = said.get(of), offered.get(of)
        if of == word.tool and name == "undo" and word.effect in wanted:
            continue
        if other is None or tool is None or other.sha256 != tool.sha256 or other.effect not in wanted:
            raise BadInput(
                f"{of[:80]!r} cannot be its {name}", mend=f"classify that tool first, as {' or '.join(sorted(wanted))}"
            )


def _words(tx: Tx, instance: str) -> list[ToolEffect]:
    return tx.tool_effects.by(instance=instance, limit=10_000)


def _seen(tx: Tx, instance: str) -> SeenTools:
    told = tx.coordination.mark(_MARK + instance)
    return SeenTools.model_validate_json(told) if told else SeenTools()


def _keep(tx: Tx, instance: str, seen: SeenTools) -> None:
    tx.coordination.note(_MARK + instance, seen.model_dump_json(exclude_none=True))
