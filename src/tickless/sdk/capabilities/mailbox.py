"""`mailbox.*`: quota and use."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output


class Quota(Output):
    """Sizes in MiB, `percent` 0–100 and above."""

    exists: bool = True
    used_mb: float = 0
    quota_mb: float = 0
    percent: float = 0


class SetQuota(Account):
    quota_mb: float = Field(gt=0, le=1_000_000)


class NewMailbox(Account):
    """A mailbox for an account, with its address."""

    email: str = Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=200)


class MailboxMade(Output):
    exists: bool


SHAPES = (
    Shape("mailbox.quota", "probe", Account, Quota),
    Shape("mailbox.set_quota", "action", SetQuota, Quota),
    Shape("mailbox.create", "action", NewMailbox, MailboxMade),
    Shape("mailbox.delete", "action", Account, MailboxMade),
)
