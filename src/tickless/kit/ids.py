"""Unique ids that sort by time: a prefix that names the kind, 48 bits of milliseconds, 80 bits of randomness.

The layout is ULID's (github.com/ulid/spec): Crockford base 32, 26 characters, so ids sort as text.
"""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _encode(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        characters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(characters))


def new_id(prefix: str) -> str:
    """Return a new id such as `case_01JD...`. Ids made later sort after ids made in an earlier millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{prefix}_{_encode(milliseconds, 10)}{_encode(secrets.randbits(80), 16)}"
