"""One word of a person in Slack, whichever way it came."""

from __future__ import annotations

import msgspec


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """`direct`: nobody else reads it. `thread`: what an answer belongs to. `key`: the same for every copy of it."""

    account: str
    user: str
    words: str
    key: str
    channel: str = ""
    thread: str = ""
    direct: bool = False
    at: str = ""
    name: str = ""
    email: str = ""
    automatic: str = ""
    deed: str = ""
    ref: str = ""
    values: dict[str, str] = {}
    files: tuple[str, ...] = ()
    """Names of what was sent along: nobody's words."""
