"""What the sample company can be asked. Nothing here changes anything."""

from __future__ import annotations

import json

from tickless.connectors.sample.reaching import client, pick
from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account, AccountState, Member, Membership
from tickless.sdk.capabilities.endpoint import Device, DeviceState, Software, SoftwareState
from tickless.sdk.capabilities.infrastructure import (
    Certificate,
    CertificateName,
    DiskUsage,
    Filesystem,
    Health,
    Pool,
    Process,
    ProcessState,
    ServiceName,
)
from tickless.sdk.capabilities.mailbox import Quota
from tickless.sdk.capabilities.vpn import Gateway, GatewayState, Profile, Tunnel


@probe("account", params=Account, output=AccountState)
def account(call: Call, params: Account) -> Result:
    """How an account stands."""
    state: AccountState = pick(AccountState, client(call).read("office", "accounts", params.username))
    words = [word for word, so in (("locked", state.locked), ("password expired", state.password_expired)) if so]
    standing = (
        "not there" if not state.exists else ", ".join(words) or ("in order" if state.enabled else "switched off")
    )
    return Result(output=state, summary=f"the account {params.username} is {standing}")


@probe("member", params=Membership, output=Member)
def member(call: Call, params: Membership) -> Result:
    """Whether a group names an account."""
    found: Member = pick(Member, client(call).read("office", "accounts", params.username, "groups", params.group))
    return Result(output=found, summary=f"{params.username} is {'' if found.member else 'not '}in {params.group}")


@probe("device", params=Device, output=DeviceState)
def device(call: Call, params: Device) -> Result:
    """Whether a device is known and online."""
    state: DeviceState = pick(DeviceState, client(call).read("office", "devices", params.device))
    standing = "not known" if not state.exists else "online" if state.online else "offline"
    return Result(output=state, summary=f"the device {params.device} is {standing}")


@probe("software", params=Software, output=SoftwareState)
def software(call: Call, params: Software) -> Result:
    """Whether a package is on a device, and in the catalogue."""
    found: SoftwareState = pick(
        SoftwareState, client(call).read("office", "devices", params.device, "software", params.package)
    )
    there = f"on it ({found.version})" if found.installed else "not on it"
    return Result(output=found, summary=f"{params.device}: {params.package} is {there}")


@probe("vpn_profile", params=Account, output=Profile)
def vpn_profile(call: Call, params: Account) -> Result:
    """The VPN profile of a person."""
    found: Profile = pick(Profile, client(call).read("office", "vpn", "profiles", params.username))
    standing = "not there" if not found.exists else "valid" if found.valid else "expired"
    return Result(output=found, summary=f"the VPN profile of {params.username} is {standing}")


@probe("vpn_gateway", params=Gateway, output=GatewayState)
def vpn_gateway(call: Call, params: Gateway) -> Result:
    """Whether the gateway is up."""
    found: GatewayState = pick(GatewayState, client(call).read("office", "vpn", "gateway"))
    return Result(output=found, summary=f"the VPN gateway is {'up' if found.up else 'down'}, {found.sessions} sessions")


@probe("vpn_tunnel", params=Account, output=Tunnel)
def vpn_tunnel(call: Call, params: Account) -> Result:
    """Whether a tunnel of this person would come up now."""
    found: Tunnel = pick(Tunnel, client(call).read("office", "vpn", "tunnels", params.username))
    outcome = "connects" if found.connects else f"does not connect: {found.reason}"
    return Result(output=found, summary=f"a test tunnel of {params.username} {outcome}")


@probe("mailbox_quota", params=Account, output=Quota)
def mailbox_quota(call: Call, params: Account) -> Result:
    """How full a mailbox is."""
    found: Quota = pick(Quota, client(call).read("office", "mailboxes", params.username))
    full = f"{found.percent:.0f} % full" if found.exists else "not there"
    return Result(output=found, summary=f"the mailbox of {params.username} is {full}")


@probe("process_state", params=Process, output=ProcessState)
def process_state(call: Call, params: Process) -> Result:
    """What the supervisor says about a process."""
    found: ProcessState = pick(ProcessState, client(call).read("keeper", "processes", params.process))
    return Result(output=found, summary=f"the process {params.process} is {found.state}")


@probe("health_check", params=ServiceName, output=Health)
def health_check(call: Call, params: ServiceName) -> Result:
    """Ask the service itself, as its users do. No answer is an answer: not healthy."""
    company = client(call)
    url = company.service_url(params.service)
    try:
        reply = company.visit(url, call.settings.patience)
    except Unreachable as error:
        silent = Health(healthy=False, detail=f"no answer ({error.detail})")
        return Result(output=silent, summary=f"{params.service} does not answer")
    health = Health(
        healthy=reply.status < 400,
        status=reply.status,
        latency_ms=round(reply.seconds * 1_000, 1),
        detail=_detail(reply.body),
    )
    outcome = "answers well" if health.healthy else f"answers with {reply.status}: {health.detail}"
    return Result(output=health, summary=f"{params.service} {outcome}")


def _detail(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("detail", ""))[:200] if isinstance(said, dict) else ""


@probe("disk_usage", params=Filesystem, output=DiskUsage)
def disk_usage(call: Call, params: Filesystem) -> Result:
    """How full a filesystem is."""
    where = {"host": params.host, "path": params.path}
    found: DiskUsage = pick(DiskUsage, client(call).read("keeper", "disks", query=where))
    return Result(output=found, summary=f"{params.host}:{params.path} is {found.percent:.0f} % full")


@probe("certificate_state", params=CertificateName, output=Certificate)
def certificate_state(call: Call, params: CertificateName) -> Result:
    """The certificate that is really shown on the wire."""
    try:
        found: Certificate = pick(Certificate, client(call).read("keeper", "certificates", params.name))
    except Rejected as error:
        if "(404)" not in error.public:
            raise
        return Result(output=Certificate(exists=False), summary=f"no certificate is called {params.name}")
    return Result(output=found, summary=f"the certificate {params.name} is valid for {found.days_left:.0f} more days")


@probe("pool_state", params=ServiceName, output=Pool)
def pool_state(call: Call, params: ServiceName) -> Result:
    """The service's connection pool, as the service reports it."""
    found: Pool = pick(Pool, client(call).read_service(params.service, "/pool"))
    return Result(output=found, summary=f"{params.service} uses {found.in_use} of {found.size} connections")
