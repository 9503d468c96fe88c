"""Parameters and answers of the Matrix connector's own operations."""

from __future__ import annotations

from tickless.sdk import Output, Params


class Nothing(Params):
    """No parameters."""


class Me(Output):
    """The account that the access token belongs to."""

    user_id: str


class WhichEvent(Params):
    room: str
    event: str


class Event(Output):
    """An event as the homeserver has it. `text`: the words of a message, of its newest edit if there is one."""

    sender: str
    kind: str
    text: str
