"""Parameters and answers of the e-mail connector."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params


class HowMany(Params):
    most: int = Field(default=50, ge=1, le=500)


class Mail(Output):
    """`raw_base64`: the mail's bytes, for this connector's own receiver."""

    uid: int
    raw_base64: str


class Unseen(Output):
    mails: tuple[Mail, ...]


class Uids(Params):
    uids: tuple[int, ...] = Field(min_length=1, max_length=500)


class Flagged(Output):
    """How many mails were not flagged so before."""

    changed: int
