"""Reading `show stat` (HAProxy management guide, 9.1: CSV with a header). Pure; any text is rows or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from tickless.sdk.capabilities.balancer import Admin

Row = Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """A server of a backend. `status` is HAProxy's word; `admin` is what somebody told it to be."""

    backend: str
    name: str
    status: str
    sessions: int
    queue: int
    checked: str

    @property
    def admin(self) -> Admin:
        if self.status.startswith("MAINT"):
            return "maint"
        return "drain" if self.status.startswith("DRAIN") else "ready"

    @property
    def up(self) -> bool:
        """Takes new connections: checked and up, or never checked."""
        return self.status.startswith("UP") or self.status == "no check"


def read_stat(text: str) -> list[Server]:
    """Every server of `show stat`; frontends and the backends' own rows are left out."""
    start = text.find("# pxname")
    if start < 0:
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(text[start + 2 :]), restval=""))
    except csv.Error:
        return []
    return [_server(row) for row in rows if row.get("type") == "2" and row.get("pxname") and row.get("svname")]


def _server(row: Row) -> Server:
    return Server(
        backend=row["pxname"],
        name=row["svname"],
        status=row.get("status") or "",
        sessions=_number(row.get("scur")),
        queue=_number(row.get("qcur")),
        checked=(row.get("check_status") or "")[:40],
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
