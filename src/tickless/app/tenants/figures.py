"""What each house says of itself, side by side. Each is asked with its own token; nothing is added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tickless.app.tenants.book import Tenant
from tickless.doors.cli.client import ApiClient, CallFailed, NotReachable, RunningServer

SECONDS = 10.0


@dataclass(frozen=True)
class Standing:
    """A tenant's house: whether it answers, and its own first numbers (None where it does not)."""

    tenant: Tenant
    running: bool
    numbers: dict[str, Any] | None


def standings(tenants: Sequence[Tenant]) -> list[Standing]:
    """In the order given."""
    return [_standing(one) for one in tenants]


def _standing(tenant: Tenant) -> Standing:
    server = RunningServer.find(tenant.data)
    if server is None:
        return Standing(tenant, False, None)
    try:
        numbers = ApiClient.connect(server.url, server.token, timeout=SECONDS).get("/numbers")
    except (NotReachable, CallFailed):
        return Standing(tenant, False, None)
    return Standing(tenant, True, numbers)
