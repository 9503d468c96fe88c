"""Listening: how a connector hears of messages by itself, over a socket or by looking, where nobody calls our receivers.

A connector's `listening.py` has `LISTENER = listener(listen)`. The house runs one listener of an instance at a time (under a
lease), starts it again after an error with growing pauses, and cancels it when it stops.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tickless.sdk.connector import Instance


class Ear(Protocol):
    """What the house gives to a listener."""

    instance: Instance

    async def hand_in(
        self, body: bytes, *, content_type: str = "application/json", headers: Mapping[str, str] = {}
    ) -> bool:
        """Hand in a payload for the connector's own receiver. Returns once it is durable: only then acknowledge it to the
        vendor. False: it could not be read and was put aside, with the reason; acknowledge it all the same."""
        ...

    async def mark(self) -> str | None:
        """Where this instance stands in the channel, in the connector's own words; None at first."""
        ...

    async def note(self, mark: str) -> None:
        """Note where it stands, durably."""
        ...


Listen = Callable[[Ear], Awaitable[None]]


@dataclass(frozen=True)
class Listener:
    """`listen` goes on until it is cancelled. It raises errors of the house (`Unreachable`, `AuthFailed` …) and no others.

    `wanted`: whether these settings ask for listening at all.
    """

    listen: Listen
    wanted: Callable[[Any], bool]


def listener(listen: Listen, *, wanted: Callable[[Any], bool] = lambda settings: True) -> Listener:
    """Declare `LISTENER = listener(listen)` in a connector's `listening.py`."""
    return Listener(listen, wanted)
