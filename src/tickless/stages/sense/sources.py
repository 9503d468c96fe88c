"""What this process heard of each source: how much it may send, and when it was last alive. In memory; taken from time to time.

Safe to call from any thread.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from tickless.domain.errors import PayloadRejected, TooFast
from tickless.sdk.receiving import Item
from tickless.stages.sense.heartbeats import Life, SourceRule, is_watchdog, minute_of

_FREE = SourceRule()


class Allowance:
    """A bucket that holds a minute's worth of payloads and fills up steadily. Pure but for what it holds."""

    __slots__ = ("_at", "_left", "_per_minute")

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left = float(per_minute)
        self._at: dt.datetime | None = None

    def wait(self, at: dt.datetime) -> float:
        """Take one; 0 if there was one, else the seconds until there is."""
        if self._at is not None and at > self._at:
            more = (at - self._at).total_seconds() * self._per_minute / 60
            self._left = min(self._left + more, float(self._per_minute))
        self._at = at if self._at is None else max(at, self._at)
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) * 60 / self._per_minute


class _Heard:
    """`Life`, while it is counted: a payload of a storm costs next to nothing here."""

    __slots__ = ("beat_at", "heard_at", "minutes", "payloads", "refused", "refused_at", "unread")

    def __init__(self) -> None:
        self.heard_at: dt.datetime | None = None
        self.beat_at: dt.datetime | None = None
        self.refused_at: dt.datetime | None = None
        self.payloads = self.refused = self.unread = 0
        self.minutes: dict[int, int] = {}

    def payload(self, at: dt.datetime, *, beat: bool) -> None:
        self.heard_at = at
        self.beat_at = at if beat else self.beat_at
        self.payloads += 1
        minute = minute_of(at)
        self.minutes[minute] = self.minutes.get(minute, 0) + 1

    def and_before(self, life: Life) -> None:
        self.heard_at = self.heard_at or life.heard_at
        self.beat_at = self.beat_at or life.beat_at
        self.refused_at = self.refused_at or life.refused_at
        self.payloads += life.payloads
        self.refused += life.refused
        self.unread += life.unread
        self.minutes = {
            key: self.minutes.get(key, 0) + life.minutes.get(key, 0) for key in {*self.minutes, *life.minutes}
        }

    def life(self) -> Life:
        return Life(
            heard_at=self.heard_at, beat_at=self.beat_at, refused_at=self.refused_at, payloads=self.payloads,
            refused=self.refused, unread=self.unread, minutes=self.minutes,
        )  # fmt: skip


def named(source: str, heartbeat: str) -> str:
    """Under which name a heartbeat of a source is watched."""
    return f"{source}/{heartbeat}"


class SourceBook:
    """The rules of the sources, and what was heard since it was taken last."""

    def __init__(self, rules: Mapping[str, SourceRule] | None = None) -> None:
        self.rules = dict(rules or {})
        for source, rule in (rules or {}).items():
            for name, seconds in rule.named.items():
                self.rules[named(source, name)] = SourceRule(heartbeat=seconds, severity=rule.severity)
        self._allowed = {name: Allowance(rule.per_minute) for name, rule in self.rules.items() if rule.per_minute}
        self._lives: dict[str, _Heard] = {}
        self._lock = Lock()

    def rule(self, source: str) -> SourceRule:
        return self.rules.get(source, _FREE)

    def admit(self, source: str, at: dt.datetime) -> None:
        """Count a payload; it is a sign of life unless the rule names the alert that is one. Raises `TooFast` when there were
        too many within a minute."""
        with self._lock:
            allowance = self._allowed.get(source)
            wait = allowance.wait(at) if allowance else 0.0
            heard = self._lives.setdefault(source, _Heard())
            if wait:
                heard.refused += 1
                heard.refused_at = at
            else:
                heard.payload(at, beat=not self.rule(source).beat)
        if wait:
            told = f"{source} sends more than {self.rules[source].per_minute} payloads a minute"
            raise TooFast(told, after=wait, mend="send more at once and less often, or raise its `per_minute`")

    def beat_of(self, source: str, item: Item, at: dt.datetime) -> None:
        """One of its heartbeats by name was heard; names that nobody watches are not remembered."""
        name = named(source, (item.labels or {}).get("heartbeat", ""))
        if item.kind == "heartbeat" and name in self.rules:
            self.beat(name, at)

    def beat(self, source: str, at: dt.datetime) -> None:
        """It gave a sign of life."""
        with self._lock:
            self._lives.setdefault(source, _Heard()).beat_at = at

    def unread(self, source: str) -> None:
        """A payload was put aside."""
        with self._lock:
            self._lives.setdefault(source, _Heard()).unread += 1

    def take(self) -> dict[str, Life]:
        """What was heard since the last time, by source."""
        with self._lock:
            taken, self._lives = self._lives, {}
        return {source: heard.life() for source, heard in taken.items()}

    def give_back(self, taken: Mapping[str, Life]) -> None:
        """What was taken could not be kept."""
        with self._lock:
            for source, life in taken.items():
                self._lives.setdefault(source, _Heard()).and_before(life)


def beats(rule: SourceRule, items: Sequence[bytes], body: bytes, read: Callable[[bytes], Item]) -> bool:
    """Whether a payload holds the alert that is the source's sign of life, and it fires."""
    name = rule.beat.encode()
    if name not in body:
        return False
    for item in items:
        if name not in item:
            continue
        try:
            found = read(item)
        except PayloadRejected:
            continue
        if found.state != "resolved" and (is_watchdog(found.labels, rule.beat) or found.title == rule.beat):
            return True
    return False
