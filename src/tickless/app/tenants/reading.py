"""What a tenant's settings say of everything that must be its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import make_url

from tickless.app.tenants.book import Tenant
from tickless.app.tenants.checking import Footprint, shared
from tickless.domain.errors import SettingsInvalid

_REFERENCE = re.compile(r"(?:env|file|vault):\S+")


def footprint_of(tenant: Tenant) -> Footprint:
    """Raises `SettingsInvalid` when its settings are wrong."""
    settings = tenant.settings()
    own = {tenant.data.resolve()}
    databases = frozenset([_place(settings.database)]) if settings.database else frozenset()
    secrets = dict(_references(settings.model_dump(mode="json")))
    return Footprint(tenant.name, tenant.host, tenant.port, databases, frozenset(own), secrets)


def _place(database: str) -> str:
    """Which database it is, whoever signs in to it."""
    url = make_url(database)
    return f"{url.host or url.query.get('host')}:{url.port or 5432}/{url.database}"


def check(tenants: list[Tenant]) -> None:
    """Raises `SettingsInvalid` with everything that two of them share, and with a host name that its own house refuses."""
    found = shared([footprint_of(one) for one in tenants])
    found += [
        f"{one.name} does not answer to {one.host}: name it in `entrance.hosts`" for one in tenants if not _answers(one)
    ]
    if found:
        raise SettingsInvalid("; ".join(found), mend="give each tenant its own; nothing is started until then")


def _answers(tenant: Tenant) -> bool:
    return tenant.settings().entrance.trusts(tenant.host)


def _references(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _references(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _references(inner, f"{place}.{number}")
    elif isinstance(value, str) and _REFERENCE.fullmatch(value):
        yield place, value
