"""Attachments: their names, types and sizes, and nothing else. What is in them is neither read nor kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from tickless.connectors.email.parts import bytes_of, filename_of, leaves
from tickless.domain.record import Untrusted

SIZE_HEADER = "X-Tickless-Size"
MOST = 20
_BODIES = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True)
class Attachment:
    """`name` and `kind` come from outside and are tamed; `size` is in bytes."""

    name: str
    kind: str
    size: int

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.size} bytes)"


def is_attached(part: Message) -> bool:
    """Whether a part is no text of the mail itself."""
    disposition = part.get_content_disposition()
    return disposition == "attachment" or part.get_content_type() not in _BODIES or bool(filename_of(part))


def attachments_of(message: Message) -> list[Attachment]:
    """What is attached, in order, the first twenty."""
    found = [part for part in leaves(message) if is_attached(part)]
    return [Attachment(_name(part), _tame(part.get_content_type(), 60), _size(part)) for part in found[:MOST]]


def _name(part: Message) -> str:
    return _tame(filename_of(part).replace("\\", "/").rpartition("/")[2], 120) or "no name"


def _tame(text: str, limit: int) -> str:
    return Untrusted(text.encode("utf-8", "replace").decode()).tame(limit)


def _size(part: Message) -> int:
    noted = str(part.get(SIZE_HEADER, ""))
    if noted.isascii() and noted.isdigit():
        return int(noted[:12])
    return len(bytes_of(part))


def without_attachments(message: Message) -> bytes:
    """The mail with every attachment emptied; names, types and sizes stay. Changes `message`.

    Raises one of `parts.ODD` for a mail that cannot be written down again.
    """
    for part in leaves(message):
        if part is not message and is_attached(part):
            size = _size(part)
            del part[SIZE_HEADER]
            del part["Content-Transfer-Encoding"]
            part.set_payload("")
            part[SIZE_HEADER] = str(size)
    return message.as_bytes()
