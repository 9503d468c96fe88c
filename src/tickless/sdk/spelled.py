"""A message of the house in words, for channels without buttons: paragraphs, lists, links. Pure.

What can be pressed is drawn by the channel (`draw`); everything else reads the same wherever it is read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from tickless.domain.record import Untrusted
from tickless.sdk.capabilities.chat import Outgoing
from tickless.sdk.face import STOP, Face, Row, face_of

LONGEST = 4_000
"""Characters of a line of a card."""


@dataclass(frozen=True)
class Part:
    """A piece of a message: a paragraph, or things in a list. `numbered`: to be answered by number. `href`: where it leads."""

    text: str = ""
    things: tuple[str, ...] = ()
    numbered: bool = False
    href: str = ""


def clean(text: str) -> str:
    """Text that can be written down: no lone surrogates, no control characters but line ends and tabs."""
    kept = "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 0x20 and not 0x7F <= ord(sign) < 0xA0))
    return kept.encode("utf-8", "replace").decode()


def line(text: str, limit: int) -> str:
    """One line of it."""
    return Untrusted(clean(text)).tame(limit)


def spell(out: Outgoing, draw: Callable[[Row], list[Part]]) -> list[Part]:
    """What a message says, in order: its text, its card, its links."""
    said = clean(out.text).strip()
    parts = [Part(f"{line(out.author, 80)} wrote:")] if out.author else []
    parts += [Part(piece.strip()) for piece in re.split(r"\n\s*\n", said) if piece.strip()]
    face = face_of(out.card, home=out.home)
    parts += [Part(_cut(one)) for one in (face.heading, *face.lines) if one.strip() and one.strip() != said]
    if face.entries:
        parts += _entries(face)
    for row in face.rows:
        parts += draw(row)
    return parts + [Part(line(link.label, 300), href=link.href) for link in face.links]


def _cut(text: str) -> str:
    words = clean(text).strip()
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _entries(face: Face) -> list[Part]:
    if len(face.entries) == 1 and not face.entries[0].options:
        return [Part("Answer with the code." if "code" in face.entries[0].label else "Answer with it.")]
    things = tuple(
        line(entry.label, 300)
        + (f" ({', '.join(line(option, 300) for option in entry.options)})" if entry.options else "")
        + ("" if entry.needed else ", if you like")
        for entry in face.entries
    )
    return [Part("Answer with a line for each:"), Part(things=things)]


def is_cancel(row: Row) -> bool:
    """Nothing but a way to stop."""
    return row in STOP


def is_yes_no(row: Row) -> bool:
    return {button.tone for button in row.buttons} == {"yes", "no"}


def choices(row: Row) -> list[Part]:
    """The buttons of a row as a numbered list. That the number answers is said where it does."""
    things = tuple(" ".join(clean(button.label).split()) for button in row.buttons)
    how = "Answer with a number, or in your own words." if all(button.says for button in row.buttons) else ""
    return [Part(things=things, numbered=True), *([Part(how)] if how else [])]


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
    """HTML of paragraphs, lists and links. All text is escaped; every link is one of ours or of a citation."""
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
    return "\n".join(told)
