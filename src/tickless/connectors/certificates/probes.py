"""What a server's certificate can be asked."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.certificates.client import Seen, fetch
from tickless.connectors.certificates.parameters import Trust
from tickless.connectors.certificates.settings import Served, Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import Certificate, CertificateName
from tickless.sdk.deadline import Deadline

DAY = 86_400


@probe("state", params=CertificateName, output=Certificate)
def state(call: Call, params: CertificateName) -> Result:
    """How long the certificate is good that the server serves at this moment: not the one in a file."""
    found = shown(look(call, params.name), call.now)
    return Result(output=found, summary=f"good for {found.days_left:.1f} more days")


@probe("trust", params=CertificateName, output=Trust)
def trust(call: Call, params: CertificateName) -> Result:
    """Whether a client that checks would take it: chain, name and time."""
    problem = look(call, params.name, check=True).problem
    return Result(
        output=Trust(trusted=not problem, problem=problem), summary=problem or "a client that checks takes it"
    )


def served_of(call: Call, name: str) -> Served:
    """What the settings say of a certificate. Raises `Rejected` for any other."""
    settings: Settings = call.settings
    found = settings.certificates.get(name)
    if found is None:
        raise Rejected("the settings name no such certificate", detail=f"certificate {name!r}")
    return found


def look(call: Call, name: str, *, check: bool = False) -> Seen:
    """What is served now; `check`: and whether a client that checks would take it."""
    return fetch(served_of(call, name), Deadline.within(call.timeout, who="the server"), check=check)


def shown(seen: Seen, now: dt.datetime) -> Certificate:
    """A certificate as the capability shows it; days below 0 once it has ended."""
    left = (seen.not_after - now).total_seconds() / DAY
    return Certificate(days_left=round(left, 3), not_after=seen.not_after, serial=seen.serial)
