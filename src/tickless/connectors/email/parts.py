"""The parts of a mail and their headers, within bounds: whatever stands in them, each question here has an answer. Pure.

The standard library raises for odd parameters (RFC 2231) and character sets, and takes very long over very long ones. So a mail
is bounded before anything is asked of it (`parsed`), and what it cannot say counts as not said.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from itertools import islice

from tickless.domain.errors import PayloadRejected

MEND = "hand over the mail as it came, with its headers: RFC 5322 bytes, at least a From line"
ODD = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError)
"""What the standard library raises for a mail that makes no sense."""
MOST_LINES = 60_000
MOST_BOUNDARIES = 100
MOST_HEADERS = 1_000
MOST_PARTS = 100
LONGEST_HEADER = 10_000
LONGEST_STRUCTURED = 2_000
_LONGEST_SENDER = 4_000
_BOUNDARY = re.compile(rb"boundary[*0-9\s]{0,8}=", re.IGNORECASE)
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
"""What Python decodes and no mail is written in; some of them take very long, some always fail."""


def parsed(raw: bytes) -> Message:
    """The mail, its headers cut to what is ever read. Raises `PayloadRejected` for what is no mail, or built without end."""
    if sum(1 for _ in islice(_BOUNDARY.finditer(raw), MOST_BOUNDARIES + 1)) > MOST_BOUNDARIES:
        raise PayloadRejected("the mail has too many parts within parts", mend=MEND)
    try:
        message = message_from_bytes(_first_lines(raw))
        for part in message.walk():
            _cut_headers(part)
    except ODD as error:
        raise PayloadRejected("this is no mail", mend=MEND) from error
    return message


def _first_lines(raw: bytes) -> bytes:
    if raw.count(b"\n") + raw.count(b"\r") <= MOST_LINES:
        return raw
    return b"\n".join(raw.splitlines()[:MOST_LINES])


def _cut_headers(part: Message) -> None:
    if len(part) > MOST_HEADERS:
        raise ValueError("too many headers")
    cut = [(name, value[: _longest(name)]) for name, value in part.raw_items()]
    if all(len(value) <= _longest(name) for name, value in part.raw_items()):
        return
    for name in {name.lower() for name, _ in cut}:
        del part[name]
    for name, value in cut:
        part.set_raw(name, value)


def _longest(name: str) -> int:
    return LONGEST_STRUCTURED if name.lower().startswith("content-") else LONGEST_HEADER


def clean(text: str) -> str:
    """Text that can be stored: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def raw_header(message: Message, name: str) -> str:
    """The first header of this name on one line, as it came: encoded words are still encoded."""
    value = message.get(name)
    return "" if value is None else clean(" ".join(str(value)[:LONGEST_HEADER].split()))


def header(message: Message, name: str) -> str:
    """A header as text on one line; what cannot be decoded is kept as it came."""
    return decoded(raw_header(message, name))


def decoded(text: str) -> str:
    """Text with its encoded words decoded (RFC 2047)."""
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
        if any(charset and not is_charset(charset) for _, charset in pieces):
            return text
        return clean(" ".join(str(make_header(pieces)).split()))
    except ODD:
        return text


def is_charset(name: str) -> bool:
    """Whether texts are written in this character set."""
    try:
        return codecs.lookup(name).name.replace("_", "-") not in _NO_CHARSETS
    except ODD:
        return False


def addresses_of(text: str) -> list[tuple[str, str]]:
    """Display name (decoded) and address of everybody in a header that is not decoded yet.

    Names are decoded after the cut: an encoded word cannot say who the sender is. Empty for what cannot be read.
    """
    if text.count("(") > 50:
        return []
    try:
        found = getaddresses([text[:_LONGEST_SENDER]])
    except ODD:
        return []
    return [(decoded(name), address) for name, address in found]


def leaves(message: Message) -> Iterator[Message]:
    """The first hundred parts that hold something, without looking into mails that are attached."""
    return islice(_leaves(message), MOST_PARTS)


def _leaves(message: Message) -> Iterator[Message]:
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def filename_of(part: Message) -> str:
    """The name of a file; empty without one."""
    try:
        return decoded(clean(part.get_filename() or ""))
    except ODD:
        return "no name"


def charset_of(part: Message) -> str:
    """The declared character set where it is one, else UTF-8."""
    try:
        declared = (part.get_content_charset() or "utf-8").lower()
    except ODD:
        return "utf-8"
    return declared if is_charset(declared) else "utf-8"


def bytes_of(part: Message) -> bytes:
    """What a part holds, without its transfer encoding."""
    try:
        payload = part.get_payload(decode=True)
    except ODD:
        return b""
    return payload if isinstance(payload, bytes) else b""


def is_invitation(part: Message) -> bool:
    """A calendar's invitation, or somebody's calendar answering one (RFC 6047)."""
    try:
        return part.get_content_type() == "text/calendar" and part.get_param("method") is not None
    except ODD:
        return True
