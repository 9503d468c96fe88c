"""What a mail server can be asked."""

from __future__ import annotations

import base64

from tickless.connectors.email.connect import mailbox_of, own_mailbox
from tickless.connectors.email.imap import storage_quota, unseen
from tickless.connectors.email.parameters import HowMany, Mail, Unseen
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.mailbox import Quota


@probe("unseen", params=HowMany, output=Unseen)
def unseen_mails(call: Call, params: HowMany) -> Result:
    """The oldest mails that nobody has seen. They stay unseen: call `mark_seen` once they are stored."""
    with own_mailbox(call) as client:
        found = unseen(client, call.settings.folder, most=params.most)
    mails = tuple(Mail(uid=uid, raw_base64=base64.b64encode(raw).decode()) for uid, raw in found)
    return Result(output=Unseen(mails=mails), summary=f"{len(mails)} unseen mails")


@probe("quota", params=Account, output=Quota)
def quota(call: Call, params: Account) -> Result:
    """How full a mailbox is. A mailbox without a quota has `quota_mb` 0."""
    with mailbox_of(call, params.username) as (client, mailbox):
        found = storage_quota(client, mailbox, call.settings.quotas.root)
    output = as_quota(0, 0) if found is None else as_quota(int(found.usage), int(found.limit))
    return Result(output=output, summary=f"{output.used_mb:g} of {output.quota_mb:g} MiB used")


def as_quota(used_kib: int, limit_kib: int) -> Quota:
    """KiB, as IMAP counts, to what the capability says."""
    percent = 100 * used_kib / limit_kib if limit_kib else 0.0
    return Quota(used_mb=round(used_kib / 1_024, 3), quota_mb=round(limit_kib / 1_024, 3), percent=round(percent, 1))
