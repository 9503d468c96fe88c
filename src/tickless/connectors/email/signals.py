"""A mail (RFC 5322) → a message of a person, or an alert of a monitor, with what our own server says of its sender. Pure.

Whoever is not vouched for gets an account of this one conversation only (`address#place`): a code that proves who writes here
proves nothing for the next mail with the same sender, and an address that anybody can put into a From line never becomes
somebody's account.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from email.message import Message
from email.utils import parsedate_to_datetime

from tickless.connectors.email.alerts import alert_of, is_monitor
from tickless.connectors.email.attachments import attachments_of
from tickless.connectors.email.machines import why_automatic
from tickless.connectors.email.parts import MEND, ODD, addresses_of, header, parsed, raw_header
from tickless.connectors.email.settings import Settings
from tickless.connectors.email.text import body_of, without_quotes
from tickless.connectors.email.threads import IDS, claimed_place, place_of
from tickless.connectors.email.verdicts import verdicts_of, vouched
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, Spoken, receiver
from tickless.sdk.receiving import read_time

PROVEN = "x-tickless-thread"
"""Set by our own listener: the conversation that a token of ours proves. No door takes this header from outside."""
BOUNDED = "x-tickless-automatic"
"""Set by our own listener: why this is taken for a machine's mail although it does not say so."""
UNREADABLE = "x-tickless-unreadable"
"""Set by our own listener: this mail could not be taken in, and is put aside."""
_ANSWERS = re.compile(r"^\s*(?:re|aw|sv|antw|odp)\s*(?:\[\d+\])?:", re.IGNORECASE)
_FORWARDS = re.compile(r"^\s*(?:(?:fwd?|wg|tr|rv|enc|vs|doorst)\s*:\s*)+", re.IGNORECASE)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one mail."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one mail. Raises `PayloadRejected` for what has no sender, or makes no sense."""
    try:
        return _read(raw, payload, settings)
    except ODD as error:
        raise PayloadRejected("the mail cannot be read", mend=MEND) from error


def _read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    if payload.headers.get(UNREADABLE):
        raise PayloadRejected("the mail cannot be read", mend=MEND)
    message = parsed(raw)
    name, address = sender_of(message)
    own_id = first_id(message, "Message-ID") or hashlib.sha256(raw).hexdigest()
    known = vouched(message, address, settings.authserv_id)
    proven = payload.headers.get(PROVEN, "")
    if not proven and is_monitor(address, known=known, settings=settings):
        return _alert(message, address, own_id, settings)
    place = proven or (claimed_place(message, sender=settings.sender, own_id=own_id) if known else place_of(own_id))
    subject = header(message, "Subject")
    text = without_quotes(body_of(message), subject=subject)[: settings.longest_text]
    said = Spoken(
        account=address if known else f"{address[:254]}#{place}",
        conversation=place,
        name=name,
        address=_answer_to(message, address, place=place, own_id=own_id, subject=subject),
        private=True,
        email=address if known else "",
        automatic=payload.headers.get(BOUNDED, "") or why_automatic(message, address, sender=settings.sender),
    )
    return Item(
        fingerprint=f"message:{place}",
        title=_title(message, subject, text),
        kind="message",
        state="info",
        event_key=f"{own_id[:200]}/{hashlib.sha256(address.encode()).hexdigest()[:16]}",
        body=text,
        labels=_labels(message, said, subject=subject, authserv_id=settings.authserv_id),
        occurred_at=_date(message),
        said=said,
    )


def _alert(message: Message, address: str, own_id: str, settings: Settings) -> Item:
    """A monitor's mail."""
    text = body_of(message)[: settings.longest_text]
    subject, sent_at = header(message, "Subject"), _date(message)
    return alert_of(subject=subject, text=text, address=address, own_id=own_id, sent_at=sent_at, settings=settings)


def sender_of(message: Message) -> tuple[str, str]:
    """Display name and address, in lower case. Raises `PayloadRejected`."""
    found = addresses_of(raw_header(message, "From"))
    name, address = found[0] if found else ("", "")
    if "@" not in address:
        raise PayloadRejected("the mail has no sender", mend=MEND)
    return name, address.lower()


def first_id(message: Message, name: str) -> str:
    """The first message id in a header, without brackets."""
    found = IDS.search(header(message, name))
    return found[1] if found else ""


def _title(message: Message, subject: str, text: str) -> str:
    """The subject where it says something new: that of an answer is what was said before, and would be understood again."""
    answers = _ANSWERS.match(subject) or first_id(message, "In-Reply-To") or first_id(message, "References")
    if subject and not (answers and text):
        return _FORWARDS.sub("", subject).strip() or subject
    return text.split("\n", maxsplit=1)[0][:200] or "mail without a subject"


def _answer_to(message: Message, address: str, *, place: str, own_id: str, subject: str) -> dict[str, str]:
    """What `post` needs. Answers go to the sender and nowhere else: a Reply-To could lead them astray."""
    references = [*IDS.findall(header(message, "References")), own_id]
    kept = references if len(references) <= 6 else [references[0], *references[-5:]]
    joined = " ".join(kept) if sum(map(len, kept)) < 900 else own_id
    found = {"to": address[:300], "subject": subject[:300], "message_id": own_id, "references": joined, "place": place}
    return {key: value for key, value in found.items() if value}


def _labels(message: Message, said: Spoken, *, subject: str, authserv_id: str) -> dict[str, str]:
    attached = attachments_of(message)
    labels = {
        "channel": "email",
        "account": said.account,
        "name": said.name,
        "conversation": said.conversation,
        "subject": subject,
        "to": header(message, "To"),
        "in_reply_to": first_id(message, "In-Reply-To"),
        "automatic": said.automatic,
        "attachments": str(len(attached)) if attached else "",
        **{f"attachment_{index}": str(one) for index, one in enumerate(attached, start=1)},
        **{one.method: one.result for one in reversed(verdicts_of(message, authserv_id)) if one.method in _TOLD},
    }
    return {key: value for key, value in labels.items() if value}


_TOLD = frozenset({"dkim", "dmarc", "spf", "auth"})


def _date(message: Message) -> dt.datetime | None:
    try:
        return read_time(parsedate_to_datetime(header(message, "Date")))
    except (*ODD, OverflowError):
        return None


RECEIVER = receiver(split=split, read=read)
