"""What can be done at Dovecot. Every action looks first and reads back what it did."""

from __future__ import annotations

import math

from tickless.connectors.dovecot.client import Doveadm, connect
from tickless.connectors.dovecot.parameters import ClearedOut, ClearOut
from tickless.connectors.dovecot.probes import shown
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.mailbox import Quota, SetQuota


@action("set_quota", params=SetQuota, output=Quota)
def set_quota(call: Call, params: SetQuota) -> Result:
    """Set somebody's limit, in whole MiB."""
    doveadm = connect(call)
    before = _known(doveadm, params.username)
    wanted = math.ceil(params.quota_mb)
    if not doveadm.settings.quota_dict:
        raise Rejected(
            "quotas do not live in a dictionary here", mend="set `quota_dict`, and let the user database read it"
        )
    if before.quota_mb == wanted:
        return Result(output=before, summary=f"the limit was {wanted} MiB already")
    if not before.quota_mb:
        raise Rejected("this mailbox has no limit", detail=f"user name {params.username!r}")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"would set the limit to {wanted} MiB")
    doveadm.set_limit(params.username, wanted)
    after = _known(doveadm, params.username)
    if after.quota_mb != wanted:
        raise Rejected(
            "the limit was written, but Dovecot does not go by it", mend="let the user database read `quota_dict`"
        )
    undo = UndoStep(
        uses=f"{call.instance.name}.set_quota", with_={"username": params.username, "quota_mb": before.quota_mb}
    )
    return Result(output=after, changed=True, summary=f"the limit is {wanted} MiB now", undo=undo)


@action("clear_out", params=ClearOut, output=ClearedOut)
def clear_out(call: Call, params: ClearOut) -> Result:
    """Delete old mail out of a folder that the settings allow to be cleared; nothing else, whatever is asked."""
    doveadm = connect(call)
    if params.mailbox not in doveadm.settings.clearable:
        raise Rejected(
            "that folder may not be cleared", detail=f"folder {params.mailbox!r}", mend="add it to `clearable`"
        )
    before = _known(doveadm, params.username)
    found = doveadm.old(params.username, params.mailbox, params.older_than_days)
    if not found:
        return Result(output=ClearedOut(messages=0, percent=before.percent), summary="there is nothing so old")
    if call.dry_run:
        return Result(
            output=ClearedOut(messages=found, percent=before.percent),
            changed=True,
            summary=f"would delete {found} messages",
        )
    doveadm.delete_old(params.username, params.mailbox, params.older_than_days)
    gone = found - doveadm.old(params.username, params.mailbox, params.older_than_days)
    after = _known(doveadm, params.username)
    return Result(
        output=ClearedOut(messages=gone, percent=after.percent), changed=gone > 0, summary=f"deleted {gone} messages"
    )


def _known(doveadm: Doveadm, username: str) -> Quota:
    found = shown(doveadm.storage(username))
    if not found.exists:
        raise Rejected("Dovecot has no such mailbox", detail=f"user name {username!r}")
    return found
