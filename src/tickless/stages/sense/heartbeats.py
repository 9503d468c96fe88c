"""Whether a source is alive: it has been heard, or it has been silent for longer than it may. Pure.

Some senders say by an alert that always fires that they are there (Prometheus's `Watchdog`). Such an alert is a sign of life
and no trouble; where a rule names it (`beat`), nothing else of that source counts as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec
from pydantic import AwareDatetime, Field

from tickless.domain.record import Record, Untrusted
from tickless.domain.signal import Severity, Signal
from tickless.kit.canonical import digest
from tickless.sdk.receiving import Item

WATCHDOGS = frozenset({"Watchdog", "DeadMansSwitch"})
"""Alerts that always fire, by the names that widely used rule sets give them."""
SOURCE = "heartbeats"
"""The source of our own signals about silent sources."""
NEED = "heartbeat_missed"
MINUTES_KEPT = 10

Condition = Literal["off", "alive", "silent"]


class SourceRule(Record):
    """What is expected of a source, and allowed to it."""

    per_minute: int | None = Field(default=None, ge=1, le=10_000_000)
    """Payloads within a minute; more are answered with 429 and `Retry-After`. None: no limit."""
    heartbeat: float | None = Field(default=None, ge=30, le=31 * 86_400)
    """Seconds of silence after which a case is opened that names the source. None: silence is fine."""
    beat: str = Field(default="", max_length=200)
    """Name of the alert that is its sign of life, such as `Watchdog`. Empty: whatever it sends is one."""
    severity: Severity = "error"
    """Of its silence."""
    named: dict[str, float] = Field(default_factory=dict, max_length=1_000)
    """Heartbeats that it sends by name (Opsgenie's, for one): name → seconds of silence after which a case names it."""
    plans_work: bool = False
    """Whether change records from it may plan work, which holds alerts back."""


class Life(Record):
    """What is known of a source. `payloads`, `refused`, `unread`: since the beginning. `minutes`: payloads of the last minutes,
    by minutes since 1970."""

    heard_at: AwareDatetime | None = None
    beat_at: AwareDatetime | None = None
    """Its last sign of life."""
    silent_since: AwareDatetime | None = None
    """Set while its silence is a case."""
    refused_at: AwareDatetime | None = None
    payloads: int = 0
    refused: int = 0
    unread: int = 0
    minutes: dict[int, int] = Field(default_factory=dict)

    def with_more(self, more: Life) -> Life:
        """This one, and what was heard since."""
        minutes = {key: self.minutes.get(key, 0) + more.minutes.get(key, 0) for key in {*self.minutes, *more.minutes}}
        return Life(
            heard_at=_later(self.heard_at, more.heard_at),
            beat_at=_later(self.beat_at, more.beat_at),
            silent_since=self.silent_since,
            refused_at=_later(self.refused_at, more.refused_at),
            payloads=self.payloads + more.payloads,
            refused=self.refused + more.refused,
            unread=self.unread + more.unread,
            minutes=dict(sorted(minutes.items())[-MINUTES_KEPT:]),
        )

    def rate(self, now: dt.datetime) -> float:
        """Payloads a minute, over the last five whole ones."""
        this = minute_of(now)
        return sum(self.minutes.get(this - back, 0) for back in range(1, 6)) / 5


def minute_of(moment: dt.datetime) -> int:
    return int(moment.timestamp() // 60)


def _later(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def is_watchdog(labels: Mapping[str, str] | None, beat: str = "") -> bool:
    """Whether an alert only says that its sender is there."""
    name = labels.get("alertname") if labels else None
    return name is not None and (name in WATCHDOGS or name == beat)


def as_beat(item: Item) -> Item:
    """What a watchdog's alert is kept as: a heartbeat, which opens no case. Its end only informs: silence tells the rest."""
    return msgspec.structs.replace(item, kind="heartbeat", state="info")


def judge(rule: SourceRule, life: Life, *, watched_since: dt.datetime, now: dt.datetime) -> Condition:
    """Whether the source is alive. It has its whole interval from the moment on at which we began to listen; what is silent
    already stays so until it is heard."""
    if rule.heartbeat is None:
        return "off"
    if life.silent_since is not None:
        return "alive" if life.beat_at is not None and life.beat_at > life.silent_since else "silent"
    heard = max(life.beat_at or watched_since, watched_since)
    return "silent" if (now - heard).total_seconds() > rule.heartbeat else "alive"


def silence(source: str, rule: SourceRule, life: Life, *, identity: str, now: dt.datetime) -> Signal:
    """The alert that a source is silent."""
    last = f"It was last heard on {life.beat_at:%Y-%m-%d at %H:%M:%S} UTC." if life.beat_at else "It was never heard."
    meant = f"the alert {rule.beat!r}" if rule.beat else "anything"
    said = f"{last} It should send {meant} at least every {spell(rule.heartbeat or 0)}."
    return _signal(
        source, rule, "firing", identity=identity, at=now, now=now, title=f"Nothing is heard from {source}", body=said
    )


def back(source: str, rule: SourceRule, life: Life, *, identity: str, now: dt.datetime) -> Signal:
    """The alert's end: the source is heard again, or nobody wants to know any more."""
    off = rule.heartbeat is None
    title = f"The heartbeat of {source} is switched off" if off else f"{source} is heard again"
    return _signal(
        source, rule, "resolved", identity=identity, at=now if off else life.beat_at or now, now=now, title=title
    )


def _signal(
    source: str,
    rule: SourceRule,
    state: Literal["firing", "resolved"],
    *,
    identity: str,
    at: dt.datetime,
    now: dt.datetime,
    title: str,
    body: str = "",
) -> Signal:
    fingerprint = f"heartbeat:{source}"
    return Signal(
        id=identity,
        source=SOURCE,
        event_key=digest([fingerprint, state, at.isoformat()])[:32],
        kind="heartbeat",
        state=state,
        fingerprint=fingerprint,
        occurred_at=at,
        received_at=now,
        severity=rule.severity if state == "firing" else None,
        title=Untrusted(title),
        body=Untrusted(body),
        labels={"class": Untrusted(NEED), "alertname": Untrusted("SourceSilent"), "ci": Untrusted(f"source:{source}"),
                "source": Untrusted(source)},
    )  # fmt: skip


def spell(seconds: float) -> str:
    """`90 s`, `5 min`, `2 h`."""
    whole = round(seconds)
    if whole >= 7_200 and whole % 3_600 == 0:
        return f"{whole // 3_600} h"
    return f"{whole // 60} min" if whole >= 120 and whole % 60 == 0 else f"{whole} s"
