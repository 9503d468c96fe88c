"""What can be done: send a mail, flag mails, set a quota."""

from __future__ import annotations

from contextlib import suppress

from tickless.connectors.email.connect import mailbox_of, own_mailbox, password_of
from tickless.connectors.email.imap import flag_seen, has_copy, keep_copy, set_storage_quota, storage_quota
from tickless.connectors.email.parameters import Flagged, Uids
from tickless.connectors.email.probes import as_quota
from tickless.connectors.email.render import Letterhead, write
from tickless.connectors.email.settings import Settings
from tickless.connectors.email.smtp import compose, deliver
from tickless.domain.errors import OutsideError, Rejected, SettingsInvalid
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.chat import Outgoing, Posted
from tickless.sdk.capabilities.mail import Letter, LetterSent
from tickless.sdk.capabilities.mailbox import Quota, SetQuota


@action("send", params=Letter, output=LetterSent)
def send(call: Call, params: Letter) -> Result:
    """Send a mail. SMTP cannot tell whether an interrupted try got through, so a repeat is refused by default."""
    settings = call.settings
    if settings.smtp is None or not settings.sender:
        raise SettingsInvalid(f"{call.instance.name} cannot send", mend="set `smtp` and `sender`")
    if call.first_started is not None and settings.when_unsure == "refuse":
        raise Rejected("an earlier try may have got through", mend="ask the recipient, or set `when_unsure`")
    mail = compose(
        sender=settings.sender,
        to=params.to,
        subject=params.subject,
        text=params.text,
        in_reply_to=params.in_reply_to,
        key=call.key,
        html=params.html,
        attached=params.attached,
    )
    if not call.dry_run:
        deliver(settings.smtp, mail, password=password_of(call, settings.smtp), timeout=call.timeout)
    output = LetterSent(sent=not call.dry_run, message_id=mail["Message-ID"].strip("<>"))
    return Result(output=output, changed=True, summary="would send a mail" if call.dry_run else "sent a mail")


@action("post", params=Outgoing, output=Posted)
def post(call: Call, params: Outgoing) -> Result:
    """Answer a person in their thread. After an interrupted try it looks into `sent_folder` first; without one it sends
    again, with the same Message-ID: mail programs and servers show such a double once."""
    settings: Settings = call.settings
    if settings.smtp is None or not settings.sender:
        raise SettingsInvalid(f"{call.instance.name} cannot send", mend="set `smtp` and `sender`")
    head = Letterhead(
        sender=settings.sender,
        name=settings.sender_name,
        thread_key=call.secret(settings.thread_key) if settings.thread_key else "",
        plus_addressing=settings.plus_addressing,
    )
    mail = write(params, head, key=call.key)
    external = mail["Message-ID"].strip("<>")
    keeps = bool(settings.sent_folder) and settings.imap is not None
    if keeps and call.first_started is not None:
        with own_mailbox(call) as client:
            if has_copy(client, settings.sent_folder, external):
                return Result(output=Posted(external=external), summary="it was sent before")
    if call.dry_run:
        return Result(output=Posted(external=external), changed=True, summary="would answer by mail")
    deliver(settings.smtp, mail, password=password_of(call, settings.smtp), timeout=call.timeout)
    if keeps:
        with suppress(OutsideError), own_mailbox(call) as client:  # it is sent: a missing copy must not send it again
            keep_copy(client, settings.sent_folder, mail.as_bytes())
    return Result(output=Posted(external=external), changed=True, summary="answered by mail")


@action("mark_seen", params=Uids, output=Flagged)
def mark_seen(call: Call, params: Uids) -> Result:
    """Mark mails as seen: once they are stored, and not before."""
    return _flag(call, params, seen=True)


@action("mark_unseen", params=Uids, output=Flagged)
def mark_unseen(call: Call, params: Uids) -> Result:
    """Take the seen flag away, so that the mails are read again."""
    return _flag(call, params, seen=False)


def _flag(call: Call, params: Uids, *, seen: bool) -> Result:
    with own_mailbox(call) as client:
        changed = flag_seen(client, call.settings.folder, params.uids, seen=seen, dry_run=call.dry_run)
    back = UndoStep(
        uses=f"{call.instance.name}.{'mark_unseen' if seen else 'mark_seen'}", with_={"uids": list(params.uids)}
    )
    word = "seen" if seen else "unseen"
    return Result(
        output=Flagged(changed=changed), changed=changed > 0, summary=f"{changed} mails marked as {word}", undo=back
    )


@action("set_quota", params=SetQuota, output=Quota)
def set_quota(call: Call, params: SetQuota) -> Result:
    """Set a mailbox's storage quota (SETQUOTA, RFC 2087) and read it back."""
    wanted = round(params.quota_mb * 1_024)
    with mailbox_of(call, params.username) as (client, mailbox):
        before = storage_quota(client, mailbox, call.settings.quotas.root)
        if before is None:
            raise Rejected("this mailbox has no storage quota", mend="give it one on the mail server first")
        limit, used = int(before.limit), int(before.usage)
        if limit == wanted:
            return Result(output=as_quota(used, limit), summary=f"the quota is {params.quota_mb:g} MiB already")
        if call.dry_run:
            summary = f"would set the quota to {params.quota_mb:g} MiB"
            return Result(output=as_quota(used, wanted), changed=True, summary=summary)
        set_storage_quota(client, _name(before.quota_root), wanted)
        after = storage_quota(client, mailbox, call.settings.quotas.root)
    if after is None or int(after.limit) != wanted:
        raise Rejected("the mail server took the quota and still has another")
    undo = {"username": params.username, "quota_mb": limit / 1_024}
    return Result(
        output=as_quota(int(after.usage), int(after.limit)),
        changed=True,
        summary=f"the quota is {params.quota_mb:g} MiB now",
        undo=UndoStep(uses=f"{call.instance.name}.set_quota", with_=undo) if limit > 0 else None,
    )


def _name(root: str | bytes) -> str:
    return root.decode(errors="replace") if isinstance(root, bytes) else root
