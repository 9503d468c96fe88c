"""The file of peers: sections as `wg addconf` reads them, each with a comment that says whose it is. Pure.

    # tickless: anna until 2027-01-31
    [Peer]
    PublicKey = …
    AllowedIPs = 10.8.0.7/32

What has no such comment belongs to somebody else and is kept as it is, line for line. A peer that is switched off keeps its
section as comments (`#off `), so that it can come back with the same key and address.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_MARK = re.compile(r"^# tickless: ([A-Za-z0-9][A-Za-z0-9._@-]{0,127}) until (\d{4}-\d\d-\d\d)$", re.ASCII)
_SETTING = re.compile(r"^([A-Za-z]+)\s*=\s*(\S.*)$", re.ASCII)
_KEY = re.compile(r"^[A-Za-z0-9+/]{43}=$", re.ASCII)
_NETWORKS = re.compile(r"^[0-9a-fA-F.:/, ]+$")
OFF = "#off "


@dataclass(frozen=True)
class Peer:
    """`lines` are the section as it stands in the file, without its mark and without `#off `."""

    username: str
    until: dt.date
    enabled: bool
    lines: tuple[str, ...]

    def setting(self, name: str) -> str:
        """A setting of the section; empty if it has none."""
        for line in self.lines:
            found = _SETTING.match(line.strip())
            if found and found[1].lower() == name.lower():
                return found[2].strip()
        return ""

    @property
    def public_key(self) -> str:
        """Empty unless it is a key."""
        key = self.setting("PublicKey")
        return key if _KEY.match(key) else ""

    @property
    def addresses(self) -> str:
        """As `wg set … allowed-ips` takes them; empty unless they are addresses."""
        told = self.setting("AllowedIPs")
        return re.sub(r"\s", "", told) if _NETWORKS.match(told) else ""


Part = Peer | str
"""A peer with a mark, or a line that is not ours."""


def read_peers(text: str) -> list[Part]:
    """The file in its order. Total: what cannot be understood is a line of somebody else's."""
    parts: list[Part] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        mark = _MARK.match(lines[at])
        until = _date(mark[2]) if mark else None
        if mark is None or until is None:
            parts.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].strip() and not lines[end].startswith("# tickless:"):
            end += 1
        section = lines[at + 1 : end]
        is_off = bool(section) and all(line.startswith(OFF) for line in section)
        parts.append(
            Peer(mark[1], until, not is_off, tuple(line.removeprefix(OFF) if is_off else line for line in section))
        )
        at = end
    return parts


def write_peers(parts: Sequence[Part]) -> str:
    """The text of the file: `write_peers(read_peers(text)) == text`."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
            continue
        lines.append(f"# tickless: {part.username} until {part.until.isoformat()}")
        lines += [line if part.enabled else OFF + line for line in part.lines]
    return "\n".join(lines)


def peer_of(parts: Sequence[Part], username: str) -> Peer | None:
    """Somebody's peer; None when there is none, or more than one."""
    found = [part for part in parts if isinstance(part, Peer) and part.username == username]
    return found[0] if len(found) == 1 else None


def with_peer(parts: Sequence[Part], changed: Peer) -> list[Part]:
    """The same file with this person's peer in place of the one that was."""
    return [changed if isinstance(part, Peer) and part.username == changed.username else part for part in parts]


def renewed(peer: Peer, *, until: dt.date) -> Peer:
    """Good until then, and let in. It never gets a shorter time than it had."""
    return replace(peer, until=max(peer.until, until), enabled=True)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
