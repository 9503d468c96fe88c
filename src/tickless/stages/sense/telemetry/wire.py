"""Protocol Buffers on the wire, read without generated classes: just what telemetry needs, in bounded steps."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from tickless.domain.errors import PayloadRejected

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_DOUBLE = struct.Struct("<d")
_UNSIGNED = struct.Struct("<Q")
_SIGNED = struct.Struct("<q")


class Field(NamedTuple):
    """One field. `value` of a varint; otherwise the field's bytes are `body[start:stop]`."""

    number: int
    kind: int
    value: int
    start: int
    stop: int


def broken() -> PayloadRejected:
    """What is raised for bytes that are no such message."""
    return PayloadRejected("these bytes are not the message they claim to be", mend="send it as its protocol says")


def read_varint(body: bytes, at: int) -> tuple[int, int]:
    """(value, where it ends). Raises `PayloadRejected`."""
    value = shift = 0
    try:
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
            if shift > 63:
                raise broken()
    except IndexError:
        raise broken() from None


def fields(body: bytes, at: int, end: int) -> Iterator[Field]:
    """The fields of the message in `body[at:end]`, in their order. Raises `PayloadRejected` on the way."""
    while at < end:
        tag, at = read_varint(body, at)
        kind = tag & 7
        if kind == BYTES:
            length, at = read_varint(body, at)
            stop = at + length
            found = Field(tag >> 3, kind, 0, at, stop)
        elif kind == VARINT:
            value, stop = read_varint(body, at)
            found = Field(tag >> 3, kind, value, at, stop)
        elif kind in (FIXED64, FIXED32):
            stop = at + (8 if kind == FIXED64 else 4)
            found = Field(tag >> 3, kind, 0, at, stop)
        else:
            raise broken()
        if stop > end:
            raise broken()
        yield found
        at = stop


def skip_field(body: bytes, at: int, end: int) -> int:
    """Where the field at `at` ends."""
    return next(fields(body, at, end)).stop


def double_at(body: bytes, found: Field) -> float:
    """A `double`. Raises `PayloadRejected` for a field of another kind."""
    _is(found, FIXED64)
    return float(_DOUBLE.unpack_from(body, found.start)[0])


def fixed_at(body: bytes, found: Field) -> int:
    """A `fixed64`."""
    _is(found, FIXED64)
    return int(_UNSIGNED.unpack_from(body, found.start)[0])


def signed_fixed_at(body: bytes, found: Field) -> int:
    """An `sfixed64`."""
    _is(found, FIXED64)
    return int(_SIGNED.unpack_from(body, found.start)[0])


def text_at(body: bytes, found: Field) -> str:
    """A `string`; what is no UTF-8 in it is replaced."""
    _is(found, BYTES)
    return body[found.start : found.stop].decode("utf-8", "replace")


def signed(value: int) -> int:
    """An `int64` that came as a varint."""
    return value - (1 << 64) if value >> 63 else value


def write_varint(value: int) -> bytes:
    """A number of at least 0 as a varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_bytes(number: int, content: bytes) -> bytes:
    """A field of bytes, text or a message."""
    return write_varint(number << 3 | BYTES) + write_varint(len(content)) + content


def _is(found: Field, kind: int) -> None:
    if found.kind != kind:
        raise broken()
