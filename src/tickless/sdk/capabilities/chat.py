"""`chat.*`: a conversation in an outside channel. The house asks the connector of the conversation, so nothing is bound."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Outgoing(Params):
    """One message of the house. `address` is what the connector put into `Spoken.address` when the person wrote there.

    `card` is one of `domain.card` as a mapping (`read_card`); a channel that cannot draw it says the same in words.
    `title`: what a new thread is called where threads have subjects. `private`: only for the person; the house never
    hands such a message to a conversation that others read.
    """

    address: dict[str, str]
    text: str = Field(max_length=40_000)
    card: dict[str, Any] | None = None
    title: str = ""
    private: bool = False
    author: str = ""
    """The person who wrote it, if it was a colleague and not the house."""
    home: str = ""
    """Base URL of this house, for links."""


class Posted(Output):
    """The channel's own id of the message."""

    external: str


class Amended(Params):
    """A message of the house whose card was answered: it is drawn again without what can be pressed, with `note` below."""

    address: dict[str, str]
    external: str
    """What `Posted` said."""
    text: str = Field(max_length=40_000)
    card: dict[str, Any] | None = None
    note: str = Field(max_length=300)
    home: str = ""


SHAPES = (Shape("chat.post", "action", Outgoing, Posted), Shape("chat.update", "action", Amended, Posted))
