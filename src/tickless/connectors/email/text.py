"""The words of a mail: decoded, without markup, without what was quoted. Pure and total."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser

_ATTRIBUTION = re.compile(
    r"^\s*(?:on|am|le|el|il|op|den|em)\b.{3,200}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)[^:\n]{0,120}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_TAIL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|"
    r"message d'origine).*|_{10,}|-- ?|sent from my \w.*)\s*$",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(r"^\s*\*?(?:from|von|de|da)\s?:\*?\s.*@", re.IGNORECASE)
_BLOCK_TAGS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "table"})
_SILENT_TAGS = frozenset({"script", "style", "head", "title", "template"})


def clean(text: str) -> str:
    """Text that can be stored: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def header(message: Message, name: str) -> str:
    """A header as text on one line; what cannot be decoded is kept as it came."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        text = str(value)
    return clean(" ".join(text.split()))


def body_of(message: Message) -> str:
    """The text of a mail: its first plain part, else its first HTML part without markup."""
    html = ""
    for part in message.walk():
        if part.is_multipart() or part.get_filename():
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and (text := _decoded(part)).strip():
            return text
        if kind == "text/html" and not html:
            html = without_markup(_decoded(part))
    return html


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return clean(text.replace("\r\n", "\n"))


class _Words(HTMLParser):
    """Keeps the words of an HTML text, one block a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT_TAGS
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")
        if tag == "blockquote":
            self.parts.append("\n> ")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT_TAGS))
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(data.split()) + " ")


def without_markup(html: str) -> str:
    """The words of an HTML text."""
    words = _Words()
    try:
        words.feed(html)
        words.close()
    except AssertionError:
        return re.sub(r"<[^>]*>", " ", html)  # the standard parser gives up on some broken declarations
    return re.sub(r"\n\s*\n+", "\n", "".join(words.parts)).strip()


def without_quotes(text: str) -> str:
    """What the sender wrote this time: no quoted lines, nothing after an attribution or a signature.

    A mail that would be empty then is kept whole: it may be a forward without a word of its own.
    """
    kept: list[str] = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        two = "\n".join(lines[index : index + 2])
        if _TAIL.match(line) or _HEADER_BLOCK.match(line) or _ATTRIBUTION.match(line) or _wraps(two, line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    own = "\n".join(kept).strip()
    return own or text.strip()


def _wraps(two: str, first: str) -> bool:
    """An attribution that a mail program broke in two lines."""
    return bool(first.strip()) and len(two) < 300 and bool(_ATTRIBUTION.match(two))
