"""The sources: what was heard of each, its limit, its heartbeat. A silent one becomes an alert that names it.

What a process heard is kept in the journal every few seconds (`look`, in every process); who is silent is judged from there
(`watch`, in one process). Nothing runs by the clock for sources that nobody asked a heartbeat of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.errors import TicklessError
from tickless.domain.signal import Signal
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.stages.sense.heartbeats import Condition, Life, SourceRule, back, judge, silence

_MARK = "source:"
_log = get_logger("flow")


@dataclass(frozen=True)
class SourceState:
    """A source as it stands. `rate`: payloads a minute, lately. `waiting`: payloads in quarantine, not replayed yet."""

    name: str
    connector: str
    rule: SourceRule
    life: Life
    condition: Condition
    rate: float
    waiting: int


class Sources:
    """`wake` tells the intake that something new stands in the log."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._watched_since: dt.datetime | None = None

    @property
    def _rules(self) -> dict[str, SourceRule]:
        return self._rooms.sense.sources.rules

    def look(self) -> None:
        """Keep what this process heard. Raises `Unreachable`; then it is kept the next time."""
        taken = self._rooms.sense.sources.take()
        if not taken:
            return
        try:
            with self._rooms.journal.write() as tx:
                for source, more in taken.items():
                    _keep(tx, source, _life(tx, source).with_more(more))
        except TicklessError:
            self._rooms.sense.sources.give_back(taken)
            raise

    def watch(self, now: dt.datetime) -> None:
        """Find out who has fallen silent, or is heard again; each becomes a signal, once."""
        since = self._watched_since = self._watched_since or now
        with self._rooms.journal.read() as tx:
            lives = {source: _life(tx, source) for source in self._rules}
        for source, life in lives.items():
            signal = self._news(source, life, since, now)
            if signal is None:
                continue
            self._rooms.journal.signals.append([signal])  # first: a crash in between says it twice, under one key
            silent_since = signal.occurred_at if signal.state == "firing" else None
            with self._rooms.journal.write() as tx:
                _keep(tx, source, _life(tx, source).model_copy(update={"silent_since": silent_since}))
            _log.warning("a source is silent" if silent_since else "a source is heard again", source=source)

    def _news(self, source: str, life: Life, since: dt.datetime, now: dt.datetime) -> Signal | None:
        rule = self._rules[source]
        condition = judge(rule, life, watched_since=since, now=now)
        if condition == "silent" and life.silent_since is None:
            return silence(source, rule, life, identity=new_id("sig"), now=now)
        if condition != "silent" and life.silent_since is not None:
            return back(source, rule, life, identity=new_id("sig"), now=now)
        return None

    def report(self) -> list[SourceState]:
        """Every configured source that receives, by name. What this process heard is kept first. Raises `Unreachable`."""
        self.look()
        now = self._rooms.clock.now()
        waiting = self._rooms.journal.signals.waiting_by_source()
        with self._rooms.journal.read() as tx:
            return [
                self._state(tx, name, what, waiting.get(name, 0), now) for name, what in sorted(self._names().items())
            ]

    def _names(self) -> dict[str, str]:
        """Every source, and what it is: a connector that receives, a heartbeat by name, or telemetry."""
        instances = self._rooms.registry.instances
        found = {
            name: instance.connector.manifest.name
            for name, instance in instances.items()
            if instance.connector.receiver is not None
        }
        for name in self._rules.keys() - instances.keys():
            found[name] = f"heartbeat of {of}" if (of := name.partition("/")[0]) in instances else "telemetry"
        return found

    def _state(self, tx: Tx, name: str, connector: str, waiting: int, now: dt.datetime) -> SourceState:
        rule, life = self._rooms.sense.sources.rule(name), _life(tx, name)
        condition = judge(rule, life, watched_since=self._watched_since or now, now=now)
        return SourceState(name, connector, rule, life, condition, life.rate(now), waiting)


def _life(tx: Tx, source: str) -> Life:
    said = tx.coordination.mark(_MARK + source)
    return Life.model_validate_json(said) if said else Life()


def _keep(tx: Tx, source: str, life: Life) -> None:
    tx.coordination.note(_MARK + source, life.model_dump_json(exclude_none=True))
