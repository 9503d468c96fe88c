"""A message of the house → a mail (RFC 5322). Pure: what it is made of comes in as parameters.

Words in plain text and as HTML; nothing is loaded from anywhere. What can be pressed elsewhere is written here as words to
answer. Approvals are the exception: they are a link only, because the sender of a mail is too easily forged to decide by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from tickless.connectors.email.machines import OWN_HEADER
from tickless.connectors.email.threads import WIRE, make_token, own_message_id, place_of
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.chat import Outgoing
from tickless.sdk.face import HEAVY, Row
from tickless.sdk.spelled import Part, as_html, as_text, choices, is_cancel, is_yes_no, line, spell

ADDRESS = re.compile(r"[^@\s<>,;:\"()\\\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"[^<>\s\x00-\x20\x7f]{1,300}")
_ANSWERS = re.compile(r"^(?:re|aw|sv|antw|odp|vs|tr)\s*:", re.IGNORECASE)
NOT_BY_MAIL = "This is decided in the console, where you are signed in. An answer to this mail decides nothing."
TWO_NUMBERS = "Answer with the two numbers in the first line, such as 2 2."
MOST_SUBJECT = 200


@dataclass(frozen=True)
class Letterhead:
    """Who writes. `thread_key`: signs the token that brings an answer back; empty: none."""

    sender: str
    name: str
    thread_key: str
    plus_addressing: bool


def write(out: Outgoing, head: Letterhead, *, key: str) -> EmailMessage:
    """The mail for a message. The same key has the same Message-ID. Raises `Rejected` for an address that is none."""
    to, place = out.address.get("to", ""), out.address.get("place", "") or place_of(key)
    if not ADDRESS.fullmatch(to) or not to.isascii():
        raise Rejected("there is no address to answer to", detail=to[:100])
    user, _, domain = head.sender.partition("@")
    token = make_token(head.thread_key, place, to) if head.thread_key else place
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(display_name=line(head.name, 80), addr_spec=head.sender)
    mail["To"] = to
    if head.thread_key and head.plus_addressing:
        mail["Reply-To"] = Address(display_name=line(head.name, 80), username=f"{user}+{token}", domain=domain)
    mail["Subject"] = subject_of(out)
    mail["Message-ID"] = f"<{own_message_id(token, key=key, domain=domain)}>"
    before = [one for one in out.address.get("references", "").split() if _ID.fullmatch(one) and one.isascii()]
    if before:
        mail["In-Reply-To"] = f"<{before[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in before)
    mail["Auto-Submitted"] = "auto-replied" if before else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OWN_HEADER] = "message"
    parts = spell(out, _draw)
    if out.card is not None and out.card.get("kind") == "rating":
        parts.append(Part(TWO_NUMBERS))
    mail.set_content(as_text(parts))
    mail.add_alternative(page(parts), subtype="html")
    return mail


def subject_of(out: Outgoing) -> str:
    """One line: the person's own subject, answered."""
    asked = line(out.address.get("subject", ""), MOST_SUBJECT)
    if not asked:
        return line(out.title, MOST_SUBJECT) or "Your request"
    return asked if _ANSWERS.match(asked) else f"Re: {asked}"


def _draw(row: Row) -> list[Part]:
    label = [Part(row.label)] if row.label else []
    if any(button.deed in HEAVY for button in row.buttons):
        return [*label, Part(NOT_BY_MAIL)]
    if is_cancel(row):
        return [*label, Part(f"To stop this, answer {row.buttons[0].says.upper()}.")]
    if is_yes_no(row):
        return [*label, Part("Answer YES or NO in the first line.")]
    return [*label, *choices(row)]


def page(parts: list[Part]) -> str:
    """A page of HTML without anything from outside."""
    style = "font-family:system-ui,sans-serif;font-size:15px;line-height:1.5"
    return f'<!doctype html>\n<html lang="en"><body style="{style}">\n{as_html(parts)}\n</body></html>\n'
