"""A mail (RFC 5322) → a message. Mail from machines is marked, so that nobody answers it and no loop begins."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from tickless.connectors.email.settings import Settings
from tickless.connectors.email.text import body_of, header, without_quotes
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = "hand over the mail as it came, with its headers: RFC 5322 bytes, at least a From line"
_ID = re.compile(r"<([^<>\s]{1,300})>")
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_NOBODY = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one mail."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one mail. Raises `PayloadRejected` for what has no sender."""
    message = _parsed(raw)
    name, address = _sender(message)
    own_id = _first_id(message, "Message-ID") or hashlib.sha256(raw).hexdigest()
    conversation = _first_id(message, "References") or _first_id(message, "In-Reply-To") or own_id
    subject = header(message, "Subject")
    text = without_quotes(body_of(message))[: settings.longest_text]
    labels = {
        "channel": "email",
        "account": address,
        "name": name,
        "conversation": conversation,
        "subject": subject,
        "to": header(message, "To"),
        "in_reply_to": _first_id(message, "In-Reply-To"),
        "automatic": _automatic(message, address, settings),
        **_checked_by_us(message, settings.authserv_id),
    }
    return Item(
        fingerprint=f"message:{conversation}",
        title=subject or text.split("\n", maxsplit=1)[0][:200] or "mail without a subject",
        kind="message",
        state="info",
        event_key=own_id,
        body=text,
        labels={key: value for key, value in labels.items() if value},
        occurred_at=_date(message),
    )


def _parsed(raw: bytes) -> Message:
    try:
        return message_from_bytes(raw)
    except (ValueError, LookupError, RecursionError) as error:
        raise PayloadRejected("this is no mail", mend=MEND) from error


def _sender(message: Message) -> tuple[str, str]:
    """Display name and address, in lower case. Raises `PayloadRejected`."""
    found = getaddresses([header(message, "From")])
    name, address = found[0] if found else ("", "")
    if "@" not in address:
        raise PayloadRejected("the mail has no sender", mend=MEND)
    return name, address.lower()


def _first_id(message: Message, name: str) -> str:
    found = _ID.search(header(message, name))
    return found[1] if found else ""


def _automatic(message: Message, address: str, settings: Settings) -> str:
    """Why this mail comes from a machine (RFC 3834, RFC 2919, bounces); empty for mail from a person."""
    if settings.sender and address == settings.sender.lower():
        return "our own mail"
    submitted = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return submitted
    if header(message, "Precedence").lower() in _BULK:
        return "bulk"
    if message.get("List-Id") is not None or message.get("List-Unsubscribe") is not None:
        return "mailing list"
    if message.get_content_type() == "multipart/report" or header(message, "Return-Path") == "<>":
        return "delivery report"
    if message.get("X-Auto-Response-Suppress") is not None or message.get("X-Autoreply") is not None:
        return "auto-replied"
    return "no reply wanted" if _NOBODY.match(address) else ""


def _checked_by_us(message: Message, authserv_id: str) -> dict[str, str]:
    """DKIM and DMARC verdicts of our own server (RFC 8601); what other servers claim is not believed."""
    if not authserv_id:
        return {}
    for value in message.get_all("Authentication-Results") or []:
        server, _, results = str(value).partition(";")
        if server.strip().lower().split(" ")[0] == authserv_id.lower():
            found = re.findall(r"\b(dkim|dmarc|spf)=(\w{1,20})", results)
            return dict(reversed(found))
    return {}


def _date(message: Message) -> dt.datetime | None:
    try:
        return read_time(parsedate_to_datetime(header(message, "Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


RECEIVER = receiver(split=split, read=read)
