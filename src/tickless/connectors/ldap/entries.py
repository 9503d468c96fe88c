"""What LDAP says, as plain values: entries, filters, times. Pure; needs no LDAP library."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SPECIAL = re.compile(r"[\x00-\x1f\x7f()*\\]|[^\x00-\x7f]")
_TIME = re.compile(r"(\d{14})(?:[.,]\d+)?Z")
_WINDOWS_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def escape(value: str) -> str:
    """A value for use inside a search filter (RFC 4515, section 3): nothing in it can be read as filter syntax."""
    return _SPECIAL.sub(lambda found: "".join(f"\\{byte:02x}" for byte in found.group().encode()), value)


def escape_name(value: str) -> str:
    """A value as part of an entry's name (RFC 4514, section 2.4): nothing in it can begin another part."""
    return "".join(f"\\{byte:02x}" if _plain(byte) is None else chr(byte) for byte in value.encode())


def _plain(byte: int) -> str | None:
    sign = chr(byte)
    return sign if byte < 0x80 and (sign.isalnum() or sign in "._-") else None


@dataclass(frozen=True)
class Entry:
    """One entry. Attribute names are case-insensitive; values are bytes."""

    dn: str
    values: Mapping[str, Sequence[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, dn: str, attributes: Mapping[str, Sequence[bytes]]) -> Entry:
        """Made from what the library hands out."""
        return cls(dn, {name.lower(): tuple(found) for name, found in attributes.items()})

    def text(self, name: str) -> str:
        """The first value as text; empty if there is none."""
        found = self.values.get(name.lower(), ())
        return found[0].decode(errors="replace") if found else ""

    def number(self, name: str) -> int:
        """The first value as a whole number; 0 if it is none."""
        try:
            return int(self.text(name))
        except ValueError:
            return 0


@dataclass(frozen=True)
class Change:
    """Set an attribute to these values; none: take it away."""

    attribute: str
    values: tuple[bytes, ...] = ()


def generalized_time(text: str) -> dt.datetime | None:
    """`20260302093000Z` (RFC 4517, section 3.3.13) as UTC, to the second; None if it is no such time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        return dt.datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def filetime(ticks: int) -> dt.datetime | None:
    """Windows FILETIME: 100 ns since 1601, as UTC; None for 0, for "never" and for what no calendar holds."""
    try:
        return _WINDOWS_EPOCH + dt.timedelta(microseconds=ticks // 10) if ticks > 0 else None
    except OverflowError:
        return None
