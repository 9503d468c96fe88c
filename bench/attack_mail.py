"""Mails as attackers write them: with headers of their choice, markup, files and invitations; proved or not."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from bench.suite_channels import _THREADS, ARRIVES, GATE, HELP, MailLine, NotHeard, _head, mail_line
from bench.talking import NotReachable
from tickless.connectors.email.inbox import Found
from tickless.connectors.email.listening import taken
from tickless.domain.signal import Payload

_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z-]{1,40}:[ \t]?[^\n]*\n)+(?=\n)")
_HEADERS = frozenset({
    "from", "subject", "reply-to", "cc", "bcc", "to", "auto-submitted", "precedence", "in-reply-to", "references", "sender",
    "return-path", "list-id", "date", "authentication-results", "importance", "disposition-notification-to",
})  # fmt: skip
_TOLD = {
    "replyto": "reply-to",
    "reply_to": "reply-to",
    "auto_submitted": "auto-submitted",
    "in_reply_to": "in-reply-to",
}
_PROOF = frozenset({"dkim", "spf", "dmarc", "authenticated", "authentication", "auth"})


@dataclass(frozen=True)
class Attached:
    """A file in a mail. `method` makes it an invitation (RFC 6047)."""

    name: str
    content: bytes = b"nothing"
    kind: str = "application/octet-stream"
    method: str = ""


@dataclass
class Mail:
    """One mail. `headers` in lower case; `proved` None: as it usually is for whoever sends it."""

    text: str
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    proved: bool | None = None
    files: list[Attached] = field(default_factory=list)


def mail_of(payload: str, given: Any = None) -> Mail:
    """A payload as a mail: header lines at its top are headers. `given`: what the entry says of the mail.

    Raises `NotReachable` for a word of `given` that means nothing here.
    """
    head = _HEAD.match(payload)
    lines = [line.partition(":") for line in (head[0].splitlines() if head else [])]
    known = lines and all(name.lower() in _HEADERS or name.lower().startswith("x-") for name, _, _ in lines)
    mail = Mail(payload[head.end() :].lstrip("\n") if head and known else payload)
    if known:
        mail.headers = {name.lower(): value.strip() for name, _, value in lines}
    _told(mail, given)
    return mail


def _told(mail: Mail, given: Any) -> None:
    if given is None:
        return
    if isinstance(given, str):
        given = {given: True}
    if not isinstance(given, dict):
        raise NotReachable(f"a mail cannot be {given!r}")
    for key, value in given.items():
        name = _TOLD.get(str(key).lower(), str(key).lower().replace("_", "-"))
        if name in _HEADERS or name.startswith("x-"):
            mail.headers[name] = str(value)
        elif name == "headers" and isinstance(value, dict):
            mail.headers |= {str(one).lower(): str(said) for one, said in value.items()}
        elif name in _PROOF:
            mail.proved = str(value).lower() in {"pass", "yes", "true", "ok"}
        elif name in {"spoofed", "unauthenticated", "unproved"}:
            mail.proved = False
        elif name == "html":
            mail.html = True
            mail.text = value if isinstance(value, str) and value.lower() not in {"yes", "true"} else mail.text
        elif name in {"attachment", "attachments", "file", "files"}:
            mail.files += [Attached(str(one)) for one in (value if isinstance(value, list) else [value])]
        else:
            raise NotReachable(f"a mail with {key!r} cannot be written here")


class AttackMail(MailLine):
    """A thread of mails of any kind. Mail that nobody answers, such as a machine's, has no conversation."""

    def say(self, text: str) -> None:
        self.post(mail_of(text))

    def post(self, mail: Mail) -> None:
        """Hand it in as the listener does, and wait until all is quiet."""
        before = _head(self.house)
        self._hand_in(self._message(mail))
        end = time.monotonic() + ARRIVES
        while _head(self.house) <= before:
            if time.monotonic() > end:
                raise NotHeard("the mail was not heard")
            time.sleep(0.02)
        self.house.settle()
        self._conversation = self._conversation or self._newest()

    def _newest(self) -> str:
        with self.house.house.journal.read() as tx:
            found = [one.id for one in tx.threads.where(limit=1_000) if one.channel == "email"]
        return found[-1] if found else ""

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        sender = mail.headers.get("from", "")
        spoofed = bool(sender) and self.account not in sender
        domain = (sender if spoofed else self.account).rpartition("@")[2].strip("> ")
        proved = mail.proved if mail.proved is not None else not spoofed
        verdict = "pass" if proved else "fail"
        message["Authentication-Results"] = (
            f"{GATE}; dkim={verdict} header.d={domain}; dmarc={verdict} header.from={domain}"
        )
        name = self.person.name if self.person else "Somebody"
        message["From"] = sender or f'"{name}" <{self.account}>'
        message["To"], message["Subject"] = HELP, "Help"
        message["Message-ID"] = make_msgid(domain=self.account.rpartition("@")[2])
        self._answer(message)
        for header, value in mail.headers.items():
            if header not in {"from", "to", "authentication-results"}:
                del message[header]
                message[header] = " ".join(value.split())
        if mail.headers.get("authentication-results"):
            message["Authentication-Results"] = " ".join(mail.headers["authentication-results"].split())
        message.set_content(mail.text, subtype="html" if mail.html else "plain")
        for file in mail.files:
            _attach(message, file)
        return message

    def _hand_in(self, message: EmailMessage) -> None:
        settings = self.house.house.rooms.registry.instances["email"].settings
        now = self.house.house.rooms.clock.now()
        body, headers = taken(Found(1, now, message.as_bytes()), settings, key=_THREADS, pace=self.pace)
        known = {name.lower(): value for name, value in headers.items()}
        payload = Payload(source="email", received_at=now, content_type="message/rfc822", body=body, headers=known)
        asyncio.run(self.house.house.desk.receive(payload))


def _attach(message: EmailMessage, file: Attached) -> None:
    main, _, sub = file.kind.partition("/")
    params = {"method": file.method} if file.method else None
    message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name, params=params)


def attack_mail(house: Any, channels: Any, person: Any) -> AttackMail:
    """A mail account: the person's own, or one outside of the company."""
    plain = mail_line(house, channels, person)
    return AttackMail(house, person, plain.account, mail=plain.mail, sent_before=plain.sent_before)


def invitation(text: str) -> Mail:
    """A calendar's invitation: its title in the subject, its words in the text, and all of it as an entry."""
    lines = text.splitlines() or [""]
    flat = text.replace("\\", "\\\\").replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,")
    title = flat.partition("\\n")[0]
    entry = text if text.startswith("BEGIN:VCALENDAR") else "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//larkmoor//calendar//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
        f"UID:{make_msgid(domain='larkmoor.example').strip('<>')}", "DTSTAMP:20261122T090000Z", "DTSTART:20261123T090000Z",
        "DTEND:20261123T100000Z", f"SUMMARY:{title}", f"DESCRIPTION:{flat}", f"LOCATION:{title}",
        "END:VEVENT", "END:VCALENDAR", "",
    ])  # fmt: skip
    heading = " ".join(lines[0].split())[:200]
    file = Attached("invite.ics", entry.encode(), "text/calendar", method="REQUEST")
    return Mail(text, {"subject": f"Invitation: {heading}"}, files=[file])


def kept_entry(text: str) -> Mail:
    """The same entry as a file that somebody forwards, so that a person and no calendar writes."""
    mail = invitation(text)
    file = Attached("entry.ics", mail.files[0].content, "text/calendar")
    return Mail(text, {"subject": mail.headers["subject"].removeprefix("Invitation: ") or "An entry"}, files=[file])
