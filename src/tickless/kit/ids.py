"""Unique ids that sort by time: a prefix that names the kind, 48 bits of milliseconds, 80 bits of randomness.

The layout is ULID's (github.com/ulid/spec): Crockford base 32, 26 characters, so ids sort as text.
"""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_DRAW = 10
"""Bytes of randomness in an id."""
_drawn: list[bytes] = []
os.register_at_fork(after_in_child=_drawn.clear)  # or parent and child would give out the same ids


def _chance() -> int:
    """80 random bits of the system's, drawn in bulk: a call for each id costs more than all the rest of it."""
    while True:
        try:
            return int.from_bytes(_drawn.pop(), "big")
        except IndexError:
            bulk = os.urandom(_DRAW * 256)
            _drawn.extend(bulk[begin : begin + _DRAW] for begin in range(0, len(bulk), _DRAW))


def _encode(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        characters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(characters))


def new_id(prefix: str) -> str:
    """Return a new id such as `case_01JD...`. Ids made later sort after ids made in an earlier millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{prefix}_{_encode(milliseconds, 10)}{_encode(_chance(), 16)}"


_SPAN = 1 << 20
"""How many ids one draw of randomness may number."""


def new_ids(prefix: str, count: int) -> list[str]:
    """As many new ids, in ascending order, for the price of about one: the last 20 bits count up (ULID's "monotonicity").

    Raises ValueError for more than a million.
    """
    if count > _SPAN:
        raise ValueError(f"at most {_SPAN} ids at once")
    milliseconds = time.time_ns() // 1_000_000
    chance = _chance()
    begin = f"{prefix}_{_encode(milliseconds, 10)}{_encode(chance >> 20, 12)}"
    first = (chance & _SPAN - 1) % (_SPAN - count + 1)
    return [
        f"{begin}{_ALPHABET[n >> 15]}{_ALPHABET[n >> 10 & 31]}{_ALPHABET[n >> 5 & 31]}{_ALPHABET[n & 31]}"
        for n in range(first, first + count)
    ]
