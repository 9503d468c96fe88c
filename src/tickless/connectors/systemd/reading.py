"""Reading what `systemctl` prints. Pure; any text is read as something, if only as nothing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

SHOWN = ("LoadState", "ActiveState", "SubState", "MainPID", "Result", "ActiveEnterTimestamp")
UP = frozenset({"active", "reloading", "activating"})
_UNIT = re.compile(r"^(?:[●*]\s+)?([A-Za-z0-9][\w:.@\\-]{0,199}\.[a-z]+)\s")
_MOMENT = re.compile(r"^\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$", re.ASCII)
MOST_FAILED = 100


@dataclass(frozen=True)
class UnitInfo:
    """`age`: seconds since it was last started, by the host's own clock; None where it is not up."""

    exists: bool
    active: str = ""
    sub: str = ""
    result: str = ""
    pid: int | None = None
    age: float | None = None

    @property
    def running(self) -> bool:
        return self.active == "active"

    @property
    def up(self) -> bool:
        """Runs, or is on its way there."""
        return self.active in UP


def read_unit(text: str, *, clock: str) -> UnitInfo:
    """`systemctl show` with `SHOWN` where TZ is UTC, and `date +%s` of the same moment."""
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if found.get("LoadState", "not-found") in {"not-found", ""}:
        return UnitInfo(exists=False)
    active = _word(found.get("ActiveState", ""))
    return UnitInfo(
        exists=True,
        active=active,
        sub=_word(found.get("SubState", "")),
        result=_word(found.get("Result", "")),
        pid=_number(found.get("MainPID", "")) or None,
        age=_age(found.get("ActiveEnterTimestamp", ""), clock) if active in UP else None,
    )


def read_failed(text: str) -> tuple[str, ...]:
    """Unit names of `list-units --plain`, in order of name."""
    found = {match[1] for line in text.splitlines() if (match := _UNIT.match(line + " "))}
    return tuple(sorted(found)[:MOST_FAILED])


def _age(entered: str, clock: str) -> float | None:
    """Both in whole seconds of the host's own clock."""
    now = _number(clock.strip())
    found = _MOMENT.match(entered)
    if not now or found is None:
        return None
    try:
        since = dt.datetime.fromisoformat(found[1]).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return max(0.0, now - since.timestamp())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _word(text: str) -> str:
    return text if re.fullmatch(r"[a-z-]{1,40}", text) else ""
