"""Names of time zones, looked up on the disk once: who reads a record with one in it must not read a folder for that."""

from __future__ import annotations

import zoneinfo
from functools import cache


@cache
def zones() -> frozenset[str]:
    """Every IANA name that this machine knows, such as `Europe/Berlin`."""
    return frozenset(zoneinfo.available_timezones())
