"""Renewing a certificate by the command that the settings name."""

from __future__ import annotations

from tickless.connectors.certificates.probes import look, served_of, shown
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.infrastructure import Certificate, CertificateName
from tickless.sdk.shell import connect


@action("renew", params=CertificateName, output=Certificate)
def renew(call: Call, params: CertificateName) -> Result:
    """Renew, and look at what is served then. One that is good for long enough is left alone, and so is a repeated try."""
    served = served_of(call, params.name)
    if not served.renew:
        raise Rejected("the settings name no command that renews it", mend="set `host` and `renew`")
    before = shown(look(call, params.name), call.now)
    if before.days_left >= served.renew_below_days:
        return Result(output=before, summary=f"good for {before.days_left:.0f} more days: not renewed")
    if call.dry_run:
        return Result(output=before, changed=True, summary="would renew the certificate")
    with connect(call, served.host) as shell:
        done = shell.run(served.renew, privileged=True)
    if done.status != 0:
        raise Rejected(f"the command that renews ended with status {done.status}", detail=done.errors[-300:])
    after = shown(look(call, params.name), call.now)
    if after.serial == before.serial:
        raise Rejected(
            "the command ended well, but the server still serves the old certificate", mend="reload the server"
        )
    return Result(output=after, changed=True, summary=f"renewed, good for {after.days_left:.0f} days")
