"""Parameters and outputs of what only Dovecot has."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output
from tickless.sdk.capabilities.directory import Account


class ClearOut(Account):
    """A folder of somebody's mailbox, one of those that the settings allow to be cleared."""

    mailbox: str = Field(default="Trash", min_length=1, max_length=200)
    older_than_days: int = Field(default=30, ge=0, le=3650)
    """Days since a message came into this folder, not since it was received."""


class ClearedOut(Output):
    """How many messages went, and how full the mailbox is now."""

    messages: int
    percent: float
