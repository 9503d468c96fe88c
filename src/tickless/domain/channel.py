"""Outside channels: whose account it is, where a conversation is answered, and what is on its way there."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

BindingWay = Literal["directory", "code", "administrator"]
"""How we know: the vendor vouches for an address on record · a code sent to the registered phone · somebody with the right."""


class Binding(Record):
    """A channel account that belongs to a person. `id` is `<channel>:<account>`."""

    version: Literal[1] = 1
    id: str
    channel: str
    """Name of the connector instance: `slack`, `mail`."""
    account: str
    person: str
    way: BindingWay
    active: bool = True
    at: AwareDatetime
    by: str
    """Who bound it: a person, or `tickless`."""


class Thread(Record):
    """A conversation in an outside channel. `id` is the conversation's."""

    version: Literal[1] = 1
    id: str
    channel: str
    account: str
    person: str | None = None
    address: dict[str, str] = Field(default_factory=dict)
    """What the connector needs to answer there: channel and thread, room, message ids …"""
    private: bool = True
    """Nobody but this person reads it."""
    last_heard_at: AwareDatetime
    automatic: int = 0
    """Messages of machines in a row: nobody answers those."""

    @property
    def by_letter(self) -> bool:
        """Whether every message is a letter of its own, which answers letters before it."""
        return "references" in self.address


DeliveryState = Literal["pending", "open", "sent", "failed"]
"""`open`: sent, and its card still waits to be pressed; it becomes `sent` when that is over."""


class Delivery(Record):
    """A message on its way to an outside channel. `id` is `<message>@<thread>`: sent once."""

    version: Literal[1] = 1
    id: str
    message: str
    thread: str
    state: DeliveryState = "pending"
    proactive: bool = False
    """Nobody waits for it: courtesy decides when it goes out."""
    tries: int = 0
    due_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    begun_at: AwareDatetime | None = None
    """Since when a try may have got through unnoticed: look before it is sent again."""
    external: str = ""
    """The channel's own id of what was posted."""
    reason: str = ""
