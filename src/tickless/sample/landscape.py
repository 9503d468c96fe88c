"""What the sample company runs: services in layers, what each needs, and where it runs.

Layers: business → application → platform → infrastructure. A service needs only services further right, or further
down in the same layer, so that the map has no circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, TypeAdapter

from tickless.domain.service import Criticality
from tickless.sample.table import rows, words

Kind = Literal["business", "application", "platform", "infrastructure"]
Placement = Literal["own", "shared", "office"]
"""Where a service lives in the estate: in a process of its own, in the shared one, or in the office process."""


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    kind: Kind
    criticality: Annotated[Criticality, BeforeValidator(int)]
    department: str
    host: str
    placement: Placement
    aliases: tuple[str, ...]
    users: tuple[str, ...]
    needs: tuple[str, ...]


def _row(cells: dict[str, str]) -> Row:
    lists = {name: words(cells[name]) for name in ("aliases", "users", "needs")}
    return _ROW.validate_python({**cells, **lists})


_ROW = TypeAdapter(Row)
ROWS: tuple[Row, ...] = tuple(_row(cells) for cells in rows("services"))

HOSTS: tuple[str, ...] = ("edge-1", "app-1", "app-2", "db-1", "db-2", "files-1")
FILESYSTEMS: tuple[tuple[str, str, str], ...] = (
    ("edge-1", "/var", "edge-proxy"), ("app-1", "/var", "shop-web"), ("app-2", "/var", "warehouse-api"),
    ("db-1", "/srv", "orders-db"), ("db-2", "/srv", "message-bus"), ("files-1", "/srv", "file-share"),
)  # fmt: skip
"""Host, mount point and the service that fills it."""
DISK_MB = 4_096
CERTIFICATES: tuple[tuple[str, str], ...] = (("shop", "edge-proxy"), ("login", "sign-in"), ("intranet", "intranet"))
"""First label of the name, and the service that shows the certificate."""
POOLS: tuple[tuple[str, str, int], ...] = (
    ("orders-api", "orders-db", 8), ("catalog-api", "catalog-db", 8), ("warehouse-api", "stock-api", 6),
)  # fmt: skip
"""Service, what its pool connects to, and how many connections it holds."""
