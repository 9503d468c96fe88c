"""Reading `wg show INTERFACE dump` (wg(8)): one line for the interface, one for each peer, fields between tabs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal["", "gateway_down", "no_profile", "profile_expired", "profile_off", "no_handshake"]


@dataclass(frozen=True)
class Live:
    """Public key → seconds since 1970 of the last handshake (0: none yet)."""

    handshakes: dict[str, int]

    def sessions(self, *, now: int, quiet: int) -> int:
        """How many peers have shaken hands lately."""
        return sum(1 for moment in self.handshakes.values() if moment and now - moment <= quiet)


def read_dump(text: str) -> Live:
    """Lines that are no peers are left out; the first line (the interface, with its private key) is never kept."""
    found = {}
    for line in text.splitlines()[1:]:
        fields = line.split("\t")
        if len(fields) == 8 and fields[4].isascii() and fields[4].isdigit():
            found[fields[0]] = int(fields[4][:15])
    return Live(found)
