"""What Dovecot can be asked."""

from __future__ import annotations

from tickless.connectors.dovecot.client import MIB_IN_KIB, Storage, connect
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.mailbox import Quota


@probe("quota", params=Account, output=Quota)
def quota(call: Call, params: Account) -> Result:
    """How full somebody's mailbox is."""
    found = shown(connect(call).storage(params.username))
    return Result(output=found, summary=f"{found.percent:.0f} % full" if found.exists else "there is no such mailbox")


def shown(storage: Storage | None) -> Quota:
    """A mailbox as the capability shows it; without a limit it is 0 % full."""
    if storage is None:
        return Quota(exists=False)
    percent = 100 * storage.used / storage.limit if storage.limit else 0.0
    used, limit = storage.used / MIB_IN_KIB, storage.limit / MIB_IN_KIB
    return Quota(used_mb=round(used, 3), quota_mb=round(limit, 3), percent=round(percent, 2))
