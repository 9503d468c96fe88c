"""A message of the house → a mail (RFC 5322). Pure: what it is made of comes in as parameters.

Words in plain text and as HTML; nothing is loaded from anywhere. What can be pressed elsewhere is written here as words to
answer. Approvals are the exception: they are a link only, because the sender of a mail is too easily forged to decide by it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from tickless.connectors.email.machines import OWN_HEADER
from tickless.connectors.email.text import clean
from tickless.connectors.email.threads import WIRE, make_token, own_message_id, place_of
from tickless.domain.errors import Rejected
from tickless.domain.record import Untrusted
from tickless.sdk.capabilities.chat import Outgoing
from tickless.sdk.face import HEAVY, Face, Row, face_of

ADDRESS = re.compile(r"[^@\s<>,;:\"()\\\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"[^<>\s\x00-\x20\x7f]{1,300}")
_ANSWERS = re.compile(r"^(?:re|aw|sv|antw|odp|vs|tr)\s*:", re.IGNORECASE)
NOT_BY_MAIL = "This is decided in the console, where you are signed in. An answer to this mail decides nothing."
MOST_SUBJECT = 200


@dataclass(frozen=True)
class Letterhead:
    """Who writes. `thread_key`: signs the token that brings an answer back; empty: none."""

    sender: str
    name: str
    thread_key: str
    plus_addressing: bool


@dataclass(frozen=True)
class Part:
    """A piece of a mail: a paragraph, or things in a list. `numbered`: to be answered by number. `href`: where it leads."""

    text: str = ""
    things: tuple[str, ...] = ()
    numbered: bool = False
    href: str = ""


def write(out: Outgoing, head: Letterhead, *, key: str) -> EmailMessage:
    """The mail for a message. The same key has the same Message-ID. Raises `Rejected` for an address that is none."""
    to, place = out.address.get("to", ""), out.address.get("place", "") or place_of(key)
    if not ADDRESS.fullmatch(to) or not to.isascii():
        raise Rejected("there is no address to answer to", detail=to[:100])
    user, _, domain = head.sender.partition("@")
    token = make_token(head.thread_key, place, to) if head.thread_key else place
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(display_name=_line(head.name, 80), addr_spec=head.sender)
    mail["To"] = to
    if head.thread_key and head.plus_addressing:
        mail["Reply-To"] = Address(display_name=_line(head.name, 80), username=f"{user}+{token}", domain=domain)
    mail["Subject"] = subject_of(out)
    mail["Message-ID"] = f"<{own_message_id(token, key=key, domain=domain)}>"
    before = [one for one in out.address.get("references", "").split() if _ID.fullmatch(one) and one.isascii()]
    if before:
        mail["In-Reply-To"] = f"<{before[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in before)
    mail["Auto-Submitted"] = "auto-replied" if before else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OWN_HEADER] = "message"
    parts = parts_of(out)
    mail.set_content(as_text(parts))
    mail.add_alternative(as_html(parts), subtype="html")
    return mail


def subject_of(out: Outgoing) -> str:
    """One line: the person's own subject, answered."""
    asked = _line(out.address.get("subject", ""), MOST_SUBJECT)
    if not asked:
        return _line(out.title, MOST_SUBJECT) or "Your request"
    return asked if _ANSWERS.match(asked) else f"Re: {asked}"


def _line(text: str, limit: int) -> str:
    return Untrusted(clean(text)).tame(limit)


def parts_of(out: Outgoing) -> list[Part]:
    """What the mail says, in order."""
    said = clean(out.text).strip()
    parts = [Part(f"{_line(out.author, 80)} wrote:")] if out.author else []
    parts += [Part(piece.strip()) for piece in re.split(r"\n\s*\n", said) if piece.strip()]
    face = face_of(out.card, home=out.home)
    parts += [Part(clean(line)) for line in (face.heading, *face.lines) if line and line.strip() != said]
    if face.entries:
        parts += _entries(face)
    for row in face.rows:
        parts += _row(row)
    return parts + [Part(clean(link.label), href=link.href) for link in face.links]


def _row(row: Row) -> list[Part]:
    label = [Part(row.label)] if row.label else []
    if any(button.deed in HEAVY for button in row.buttons):
        return [*label, Part(NOT_BY_MAIL)]
    if [button.deed for button in row.buttons] == ["cancel"]:
        return [*label, Part(f"To stop this, answer {row.buttons[0].says.upper()}.")]
    if {button.tone for button in row.buttons} == {"yes", "no"}:
        return [*label, Part("Answer YES or NO in the first line.")]
    things = tuple(" ".join(clean(button.label).split()) for button in row.buttons)
    how = "Answer with a number, or in your own words." if all(button.says for button in row.buttons) else ""
    return [*label, Part(things=things, numbered=True), *([Part(how)] if how else [])]


def _entries(face: Face) -> list[Part]:
    if len(face.entries) == 1 and not face.entries[0].options:
        return [Part(f"{clean(face.entries[0].label)}: answer with it in the first line.")]
    things = tuple(
        clean(entry.label)
        + (f" ({', '.join(map(clean, entry.options))})" if entry.options else "")
        + ("" if entry.needed else ", if you like")
        for entry in face.entries
    )
    return [Part("Answer with a line for each:"), Part(things=things)]


def as_text(parts: list[Part]) -> str:
    """Plain text."""
    told: list[str] = []
    for part in parts:
        if part.things:
            marks = [f"{n}." if part.numbered else "-" for n in range(1, len(part.things) + 1)]
            told.append("\n".join(f"{mark} {thing}" for mark, thing in zip(marks, part.things, strict=True)))
        else:
            told.append(f"{part.text}: {part.href}" if part.href else part.text)
    return "\n\n".join(told) + "\n"


def as_html(parts: list[Part]) -> str:
    """HTML without anything from outside. All text is escaped; every link is one of ours or of a citation."""
    told: list[str] = []
    for part in parts:
        if part.things:
            tag = "ol" if part.numbered else "ul"
            items = "".join(f"<li>{html.escape(thing)}</li>" for thing in part.things)
            told.append(f"<{tag}>{items}</{tag}>")
        elif part.href:
            told.append(f'<p><a href="{html.escape(part.href)}">{html.escape(part.text)}</a></p>')
        else:
            told.append(f"<p>{html.escape(part.text).replace(chr(10), '<br>')}</p>")
    style = "font-family:system-ui,sans-serif;font-size:15px;line-height:1.5"
    return f'<!doctype html>\n<html lang="en"><body style="{style}">\n' + "\n".join(told) + "\n</body></html>\n"
