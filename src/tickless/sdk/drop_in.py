"""Drop-in: a connector that answers at the very paths which its vendor's clients call: they need only another base URL.

A connector says `DROP_IN = drop_in(...)` in its `drop_in.py`. The door (`doors/hooks/vendors.py`) does what is the same for
all: it bounds and unpacks the body, knows whose token it is, hands in what arrived, and answers after that is durable. The
connector only knows its vendor's words. All functions are pure; they may raise `BadInput` and `NotFound`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tickless.domain.errors import TicklessError
from tickless.domain.matchers import Matcher
from tickless.domain.signal import Signal
from tickless.domain.silence import Silence

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Asked:
    """A request of a vendor's client. `parts` are the values of the path's `{names}`, `query` the last value of each name,
    `repeated` all values of each; `headers` have lower-case names and are never kept."""

    method: Method
    parts: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: dt.datetime
    request: str
    """An id that no other request has, as UUID."""
    repeated: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Handed:
    """What is handed in to the source's receiver: without the credential. `about` is for the answer: what it is about."""

    body: bytes
    about: str = ""
    content_type: str = "application/json"


@dataclass(frozen=True)
class Answer:
    """What the client hears; `body` is sent as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AlertNow:
    """An alert as it stands, and the newest of its signals, oldest first. None of them for one that was never seen firing."""

    fingerprint: str
    source: str
    firing: bool
    count: int
    title: str
    occurred_at: dt.datetime
    case: int | None
    """Number of the case it is in."""
    held: str | None = None
    """Why it is held back from cases (`HoldReason`), while it is."""
    held_by: str = ""
    """The silence, planned work or case that holds it back."""
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Event:
    """A signal that came in by the client's own request. `placed`: it has been taken in, so that its alert is there."""

    signal: Signal
    placed: bool


class Book(Protocol):
    """What a drop-in may look up: of the sender's own source only, unless the token may read everything."""

    def alert(self, fingerprint: str) -> AlertNow | None:
        """One alert, with up to 200 signals."""
        ...

    def alerts(self, *, firing: bool | None = None, offset: int = 0, limit: int = 100) -> list[AlertNow]:
        """Newest first, each with up to 20 signals; at most 1,000."""
        ...

    def count(self, *, firing: bool | None = None) -> int:
        """How many there are."""
        ...

    def event(self, event_key: str) -> Event | None:
        """By the event key that the receiver gave it."""
        ...


@dataclass(frozen=True)
class Taking:
    """A call that brings something: `take` says what is handed in, `taken` what is answered once it is durable."""

    method: Method
    path: str
    take: Callable[[Asked], Handed]
    taken: Callable[[Asked, Handed], Answer]


@dataclass(frozen=True)
class Reading:
    """A call that only asks."""

    method: Method
    path: str
    read: Callable[[Asked, Book], Answer]


class SilenceBook(Protocol):
    """What a drop-in may do with silences: as the person whose token the client shows, and as far as policy lets them."""

    def all(self) -> list[Silence]:
        """Those that last or are still to come, and those that ended lately."""
        ...

    def one(self, identity: str) -> Silence:
        """Raises `NotFound`."""
        ...

    def make(
        self,
        matchers: tuple[Matcher, ...],
        *,
        reason: str,
        starts_at: dt.datetime | None,
        ends_at: dt.datetime,
        instead_of: str | None = None,
    ) -> Silence:
        """Raises `BadInput`, `Forbidden`; `NotFound` for one to replace that is not there."""
        ...

    def expire(self, identity: str) -> Silence:
        """Raises `NotFound`, `Conflict`, `Forbidden`."""
        ...


@dataclass(frozen=True)
class Silencing:
    """A call about silences; `changes` says that it needs the right to act."""

    method: Method
    path: str
    do: Callable[[Asked, SilenceBook], Answer]
    changes: bool = False


@dataclass(frozen=True)
class DropIn:
    """An API that clients of that vendor know. `source`: whom it is from, where the token is bound to no source.

    `token`: where the client shows its key, None to look where everybody shows it (bearer, basic, `?token=`). `refused`:
    an error in the vendor's own shape.
    """

    source: str
    calls: tuple[Taking | Reading | Silencing, ...]
    token: Callable[[Asked], str | None]
    refused: Callable[[Asked, TicklessError], Answer]


def drop_in(
    *,
    source: str,
    calls: Sequence[Taking | Reading | Silencing],
    refused: Callable[[Asked, TicklessError], Answer],
    token: Callable[[Asked], str | None] = lambda asked: None,
) -> DropIn:
    """Declare `DROP_IN = drop_in(...)` in a connector's `drop_in.py`. Paths are matched in the order of `calls`."""
    return DropIn(source=source, calls=tuple(calls), token=token, refused=refused)
