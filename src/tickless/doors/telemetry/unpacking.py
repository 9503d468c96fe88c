"""Request → the message inside, unpacked up to a limit. A small body that unpacks to a huge one is refused before it does."""

from __future__ import annotations

import zlib
from typing import Literal

import cramjam

from tickless.domain.errors import PayloadRejected
from tickless.doors.entrance.problems import TooLarge, UnsupportedType

Encoding = Literal["identity", "gzip", "snappy"]


def unpack(body: bytes, encoding: str, *, limit: int) -> bytes:
    """The body as it was before it was packed. Raises `TooLarge`, `UnsupportedType`, `PayloadRejected`."""
    match encoding.strip().lower():
        case "identity" | "":
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body, limit)
        case "snappy":
            return _unsnap(body, limit)
        case _:
            raise UnsupportedType(
                "this content encoding is not understood", mend="send it plain, with gzip or with snappy"
            )


def _gunzip(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise PayloadRejected("the body is said to be gzip and is not", mend="send what the header says") from error
    if len(plain) > limit:
        raise _too_large(limit)
    if not unpacker.eof:
        raise PayloadRejected("the gzip body ends too early", mend="send all of it")
    return plain


def _unsnap(body: bytes, limit: int) -> bytes:
    """The raw format, without frames, as remote-write has it. Its head says how long it is unpacked."""
    try:
        if cramjam.snappy.decompress_raw_len(body) > limit:
            raise _too_large(limit)
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise PayloadRejected("the body is said to be snappy and is not", mend="send what the header says") from error


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"at most {limit:,} bytes are taken here, unpacked", mend="send it in smaller parts")
