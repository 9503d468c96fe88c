"""What can be done in the sample company. The idempotency key goes along; the company acts once for each key."""

from __future__ import annotations

from tickless.connectors.sample.reaching import client, existing, pick, undo
from tickless.domain.errors import OutsideError, Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.directory import (
    Account,
    Enabled,
    Made,
    Member,
    Membership,
    NewAccount,
    PasswordSet,
    SetEnabled,
    SetPassword,
    Unlocked,
)
from tickless.sdk.capabilities.endpoint import Software, SoftwareState
from tickless.sdk.capabilities.infrastructure import (
    Certificate,
    CertificateName,
    Cleaned,
    CleanUp,
    Pool,
    Process,
    ProcessState,
    ServiceName,
)
from tickless.sdk.capabilities.mailbox import MailboxMade, NewMailbox, Quota, SetQuota
from tickless.sdk.capabilities.phone import Sent, Text
from tickless.sdk.capabilities.vpn import Profile


@action("unlock", params=Account, output=Unlocked)
def unlock(call: Call, params: Account) -> Result:
    """End a lockout."""
    if call.dry_run:
        locked = existing(call, "office", "accounts", params.username)["locked"]
        return Result(output=Unlocked(locked=locked), changed=locked, summary=f"would unlock {params.username}")
    reply = client(call).change("office", "POST", "accounts", params.username, "unlock", key=call.key)
    done = f"unlocked {params.username}" if reply["changed"] else f"{params.username} was not locked"
    return Result(output=pick(Unlocked, reply), changed=reply["changed"], summary=done)


@action("set_password", params=SetPassword, output=PasswordSet)
def set_password(call: Call, params: SetPassword) -> Result:
    """Set a password from a secret reference. That also ends a lockout."""
    if call.dry_run:
        existing(call, "office", "accounts", params.username)
        output = PasswordSet(changed_at=None, must_change_password=params.must_change)
        return Result(output=output, changed=True, summary=f"would set a password for {params.username}")
    body = {"password": call.secret(params.password), "must_change": params.must_change}
    try:
        reply = client(call).change("office", "POST", "accounts", params.username, "password", key=call.key, body=body)
    except OutsideError as error:
        error.detail = ""  # an answer may repeat what was sent
        raise
    return Result(output=pick(PasswordSet, reply), changed=True, summary=f"set a new password for {params.username}")


@action("add_to_group", params=Membership, output=Member)
def add_to_group(call: Call, params: Membership) -> Result:
    """Make an account a member of a group."""
    return _set_member(call, params, wanted=True)


@action("remove_from_group", params=Membership, output=Member)
def remove_from_group(call: Call, params: Membership) -> Result:
    """Take an account out of a group."""
    return _set_member(call, params, wanted=False)


def _set_member(call: Call, params: Membership, *, wanted: bool) -> Result:
    place = ("accounts", params.username, "groups", params.group)
    if call.dry_run:
        existing(call, "office", "accounts", params.username)
        found: Member = pick(Member, client(call).read("office", *place))
        if not found.group_exists:
            raise Rejected(f"there is no group {params.group!r} in the sample company")
        summary = f"would {'add' if wanted else 'remove'} {params.username}: {params.group}"
        return Result(output=found, changed=found.member != wanted, summary=summary)
    reply = client(call).change("office", "POST" if wanted else "DELETE", *place, key=call.key)
    taken_back = undo(call, "remove_from_group" if wanted else "add_to_group", params.model_dump())
    summary = f"{params.username} is now {'in' if wanted else 'out of'} {params.group}"
    changed = reply["changed"]
    return Result(output=pick(Member, reply), changed=changed, summary=summary, undo=taken_back if changed else None)


@action("set_enabled", params=SetEnabled, output=Enabled)
def set_enabled(call: Call, params: SetEnabled) -> Result:
    """Switch an account on or off."""
    word = "on" if params.enabled else "off"
    if call.dry_run:
        enabled = existing(call, "office", "accounts", params.username)["enabled"]
        summary = f"would switch {params.username} {word}"
        return Result(output=Enabled(enabled=enabled), changed=enabled != params.enabled, summary=summary)
    body = {"enabled": params.enabled}
    reply = client(call).change("office", "POST", "accounts", params.username, "enabled", key=call.key, body=body)
    taken_back = undo(call, "set_enabled", {"username": params.username, "enabled": not params.enabled})
    return Result(
        output=pick(Enabled, reply),
        changed=reply["changed"],
        summary=f"the account {params.username} is switched {word}",
        undo=taken_back if reply["changed"] else None,
    )


@action("create_account", params=NewAccount, output=Made)
def create_account(call: Call, params: NewAccount) -> Result:
    """Make an account, switched off."""
    if call.dry_run:
        there = client(call).read("office", "accounts", params.username)["exists"]
        return Result(output=Made(exists=there), changed=not there, summary=f"would make the account {params.username}")
    body = {"display_name": params.display_name}
    reply = client(call).change("office", "POST", "accounts", params.username, key=call.key, body=body)
    back = undo(call, "delete_account", {"username": params.username})
    return Result(output=pick(Made, reply), changed=True, summary=f"made the account {params.username}", undo=back)


@action("delete_account", params=Account, output=Made)
def delete_account(call: Call, params: Account) -> Result:
    """Delete an account with its groups and sessions."""
    if call.dry_run:
        there = client(call).read("office", "accounts", params.username)["exists"]
        return Result(output=Made(exists=there), changed=there, summary=f"would delete the account {params.username}")
    reply = client(call).change("office", "DELETE", "accounts", params.username, key=call.key)
    return Result(
        output=pick(Made, reply), changed=reply["changed"], summary=f"there is no account {params.username} now"
    )


@action("mailbox_create", params=NewMailbox, output=MailboxMade)
def mailbox_create(call: Call, params: NewMailbox) -> Result:
    """Open a mailbox of the normal size."""
    if call.dry_run:
        there = client(call).read("office", "mailboxes", params.username)["exists"]
        return Result(output=MailboxMade(exists=there), changed=not there, summary=f"would open {params.email}")
    reply = client(call).change("office", "POST", "mailboxes", params.username, key=call.key)
    back = undo(call, "mailbox_delete", {"username": params.username}) if reply["changed"] else None
    return Result(
        output=pick(MailboxMade, reply), changed=reply["changed"], summary=f"{params.email} takes mail", undo=back
    )


@action("mailbox_delete", params=Account, output=MailboxMade)
def mailbox_delete(call: Call, params: Account) -> Result:
    """Close a mailbox, with what is in it."""
    if call.dry_run:
        there = client(call).read("office", "mailboxes", params.username)["exists"]
        return Result(
            output=MailboxMade(exists=there), changed=there, summary=f"would close {params.username}'s mailbox"
        )
    reply = client(call).change("office", "DELETE", "mailboxes", params.username, key=call.key)
    return Result(
        output=pick(MailboxMade, reply), changed=reply["changed"], summary=f"{params.username} has no mailbox now"
    )


@action("install", params=Software, output=SoftwareState)
def install(call: Call, params: Software) -> Result:
    """Bring the catalogue's version of a package onto a device, also over an older one."""
    place = ("devices", params.device, "software", params.package)
    if call.dry_run:
        return _would_install(call, params, place)
    reply = client(call).change("office", "POST", *place, key=call.key)
    # An older version that was there before can't be brought back: then there is no way back to hand out.
    back = undo(call, "uninstall", params.model_dump()) if reply["changed"] and not reply["before"] else None
    summary = f"{params.package} {reply['version']} is on {params.device}"
    return Result(output=pick(SoftwareState, reply), changed=reply["changed"], summary=summary, undo=back)


def _would_install(call: Call, params: Software, place: tuple[str, ...]) -> Result:
    existing(call, "office", "devices", params.device)
    reply = client(call).read("office", *place)
    found: SoftwareState = pick(SoftwareState, reply)
    if not found.available:
        raise Rejected(f"{params.package} is not in the sample company's catalogue")
    changed = found.version != reply["offered"]
    return Result(output=found, changed=changed, summary=f"would install {params.package} {reply['offered']}")


@action("uninstall", params=Software, output=SoftwareState)
def uninstall(call: Call, params: Software) -> Result:
    """Take a package off a device."""
    place = ("devices", params.device, "software", params.package)
    if call.dry_run:
        existing(call, "office", "devices", params.device)
        found: SoftwareState = pick(SoftwareState, client(call).read("office", *place))
        return Result(output=found, changed=found.installed, summary=f"would uninstall {params.package}")
    reply = client(call).change("office", "DELETE", *place, key=call.key)
    back = undo(call, "install", params.model_dump()) if reply["changed"] and reply["available"] else None
    summary = f"{params.package} is not on {params.device} any more"
    return Result(output=pick(SoftwareState, reply), changed=reply["changed"], summary=summary, undo=back)


@action("vpn_renew_profile", params=Account, output=Profile)
def vpn_renew_profile(call: Call, params: Account) -> Result:
    """Issue a new VPN profile; the one before stops working."""
    if call.dry_run:
        existing(call, "office", "accounts", params.username)
        found: Profile = pick(Profile, client(call).read("office", "vpn", "profiles", params.username))
        return Result(output=found, changed=True, summary=f"would renew the VPN profile of {params.username}")
    reply = client(call).change("office", "POST", "vpn", "profiles", params.username, "renew", key=call.key)
    profile: Profile = pick(Profile, reply)
    until = f" until {profile.expires_at:%d %B %Y}" if profile.expires_at else ""
    return Result(output=profile, changed=True, summary=f"{params.username} has a new VPN profile{until}")


@action("mailbox_set_quota", params=SetQuota, output=Quota)
def mailbox_set_quota(call: Call, params: SetQuota) -> Result:
    """Set the size that a mailbox may have."""
    if call.dry_run:
        found: Quota = pick(Quota, existing(call, "office", "mailboxes", params.username))
        summary = f"would set the quota of {params.username} to {params.quota_mb:.0f} MiB"
        return Result(output=found, changed=found.quota_mb != params.quota_mb, summary=summary)
    body = {"quota_mb": params.quota_mb}
    reply = client(call).change("office", "POST", "mailboxes", params.username, "quota", key=call.key, body=body)
    back = undo(call, "mailbox_set_quota", {"username": params.username, "quota_mb": reply["before_mb"]})
    summary = f"the mailbox of {params.username} may hold {params.quota_mb:.0f} MiB"
    changed = reply["changed"]
    return Result(output=pick(Quota, reply), changed=changed, summary=summary, undo=back if changed else None)


@action("phone_send", params=Text, output=Sent)
def phone_send(call: Call, params: Text) -> Result:
    """Send a text message. What it says may be a one-time code, so no summary repeats it."""
    if call.dry_run:
        return Result(output=Sent(sent=True), changed=True, summary="would send a text message")
    try:
        client(call).change("office", "POST", "phones", params.phone, key=call.key, body={"text": params.text})
    except OutsideError as error:
        error.detail = ""  # an answer may repeat what was sent
        raise
    return Result(output=Sent(sent=True), changed=True, summary="sent a text message")


@action("process_start", params=Process, output=ProcessState)
def process_start(call: Call, params: Process) -> Result:
    """Start a process that does not run, and wait until it answers."""
    return _tell_process(call, params, "start", "process_stop")


@action("process_stop", params=Process, output=ProcessState)
def process_stop(call: Call, params: Process) -> Result:
    """Stop a process."""
    return _tell_process(call, params, "stop", "process_start")


@action("process_restart", params=Process, output=ProcessState)
def process_restart(call: Call, params: Process) -> Result:
    """Stop a process if it runs, start it again, and wait until it answers."""
    return _tell_process(call, params, "restart", "")


def _tell_process(call: Call, params: Process, verb: str, way_back: str) -> Result:
    if call.dry_run:
        found: ProcessState = pick(ProcessState, client(call).read("keeper", "processes", params.process))
        changed = verb == "restart" or found.running == (verb == "stop")
        return Result(output=found, changed=changed, summary=f"would {verb} {params.process}")
    reply = client(call).change("keeper", "POST", "processes", params.process, verb, key=call.key)
    back = undo(call, way_back, params.model_dump()) if way_back and reply["changed"] else None
    summary = f"{verb} {params.process}: {reply['state']}"
    return Result(output=pick(ProcessState, reply), changed=reply["changed"], summary=summary, undo=back)


@action("disk_clean_up", params=CleanUp, output=Cleaned)
def disk_clean_up(call: Call, params: CleanUp) -> Result:
    """Delete old logs, oldest first, on mount points that the settings allow."""
    if params.path not in call.settings.clean_up:
        raise Rejected(f"nothing may be deleted on {params.path!r}", mend="allow the mount point in `clean_up`")
    body = {**params.model_dump(), "dry_run": call.dry_run}
    reply = client(call).change("keeper", "POST", "disks", "clean_up", key=call.key, body=body)
    done = f"{'would delete' if call.dry_run else 'deleted'} {reply['files']} old logs, {reply['freed_mb']:.0f} MB"
    return Result(output=pick(Cleaned, reply), changed=reply["changed"], summary=f"{done} on {params.host}")


@action("certificate_renew", params=CertificateName, output=Certificate)
def certificate_renew(call: Call, params: CertificateName) -> Result:
    """Issue a new certificate and let the service show it."""
    if call.dry_run:
        found: Certificate = pick(Certificate, client(call).read("keeper", "certificates", params.name))
        return Result(output=found, changed=True, summary=f"would renew the certificate {params.name}")
    reply = client(call).change("keeper", "POST", "certificates", params.name, "renew", key=call.key)
    renewed: Certificate = pick(Certificate, reply)
    summary = f"renewed {params.name}, valid for {renewed.days_left:.0f} days"
    return Result(output=renewed, changed=True, summary=summary)


@action("pool_recycle", params=ServiceName, output=Pool)
def pool_recycle(call: Call, params: ServiceName) -> Result:
    """Close the connections that nobody gives back."""
    if call.dry_run:
        found: Pool = pick(Pool, client(call).read_service(params.service, "/pool"))
        return Result(
            output=found, changed=found.in_use >= found.size, summary=f"would recycle {params.service}'s pool"
        )
    reply = client(call).change("keeper", "POST", "pools", params.service, "recycle", key=call.key)
    summary = f"freed {reply['freed']} connections of {params.service}"
    return Result(output=pick(Pool, reply), changed=reply["changed"], summary=summary)
