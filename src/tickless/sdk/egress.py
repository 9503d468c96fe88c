"""Where a connector may call: the hosts of its own settings and its manifest, what the operator adds, and nobody else.

`invoke` and the listeners of the house open this door for the instance that works; every client of the kit asks `reach` before
it connects. A value that came from outside (an address in a message, in a webhook, in a runbook's inputs) thus never leads
to a host that no operator wrote down.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.errors import Forbidden
from tickless.sdk.manifest import Manifest

PORTS = {"http": 80, "https": 443, "ldap": 389, "ldaps": 636, "ws": 80, "wss": 443}
SETTINGS = "settings."


@dataclass(frozen=True, order=True)
class Place:
    """A host by its name or a pattern (`*.example.com`), in lower case; `port` None: any."""

    host: str
    port: int | None = None

    def covers(self, host: str, port: int) -> bool:
        return (self.port is None or self.port == port) and fnmatch.fnmatchcase(host, self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


class EgressSettings(BaseModel):
    """Where connectors may call beyond what each is configured for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["configured", "open"] = "configured"
    """`configured`: the hosts in a connector's settings and manifest, and `allow`; `open`: any host but those in `deny`."""
    allow: tuple[str, ...] = Field(default=(), max_length=500)
    """Further hosts for every connector, such as `proxy.internal:3128` or `*.example.com`."""
    deny: tuple[str, ...] = Field(default=(), max_length=500)
    """Hosts that no connector ever calls, whatever its settings say."""


@dataclass(frozen=True)
class Egress:
    """Where one instance may call."""

    instance: str
    places: tuple[Place, ...] = ()
    denied: tuple[Place, ...] = ()
    anywhere: bool = False

    def allows(self, host: str, port: int) -> bool:
        """Whether a call to this host and port may be made. Names are compared as written, without a dot at the end."""
        name = host.lower().rstrip(".")
        if self.denies(name, port):
            return False
        return self.anywhere or any(place.covers(name, port) for place in self.places)

    def denies(self, host: str, port: int) -> bool:
        """Whether the operator denies this host, whatever the settings say."""
        name = host.lower().rstrip(".")
        return any(place.covers(name, port) for place in self.denied)


_here: ContextVar[Egress | None] = ContextVar("tickless_egress", default=None)


@contextmanager
def only_to(egress: Egress) -> Iterator[None]:
    """Everything in the block, in this thread and in what it awaits, may call these places only."""
    token = _here.set(egress)
    try:
        yield
    finally:
        _here.reset(token)


def reach(host: str, port: int) -> None:
    """Ask before connecting. Raises `Forbidden` where the instance at work may not call; outside of one, nothing is refused."""
    egress = _here.get()
    if egress is None or egress.allows(host, port):
        return
    raise Forbidden(
        f"{egress.instance} may not call {Place(host[:200], port)}",
        mend="if it should, name the host in its settings or in `egress.allow`",
    )


def reach_named(host: str, port: int) -> None:
    """`reach` for a host that an operator wrote into a secret: only a denied one is refused."""
    egress = _here.get()
    if egress is not None and egress.denies(host, port):
        raise Forbidden(f"{egress.instance} may not call {Place(host[:200], port)}", mend="it stands in `egress.deny`")


def reach_url(url: str) -> None:
    """`reach` for the host of an address; one that names no host (a socket's file) is nobody's to refuse."""
    place = place_of(url)
    if place is not None:
        reach(place.host, place.port if place.port is not None else 0)


def egress_of(name: str, manifest: Manifest, settings: Any, house: EgressSettings) -> Egress:
    """Where an instance may call, by its manifest's `egress`, its settings and the house's."""
    found: set[Place] = set()
    for entry in manifest.egress:
        found |= set(_told(entry, settings))
    return Egress(
        instance=name,
        places=tuple(sorted(found | set(_written(house.allow)), key=str)),
        denied=tuple(_written(house.deny)),
        anywhere=house.mode == "open",
    )


def place_of(text: str) -> Place | None:
    """A host out of an address (`https://x:8443/y`), `tcp:host:port`, `host:port` or `host`; None when it names none."""
    if text.startswith(("unix:", "file:", "/")) or not text or any(letter.isspace() for letter in text):
        return None
    try:
        parts = urlsplit(text if "://" in text else "//" + text.removeprefix("tcp:"))
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return Place(parts.hostname.lower().rstrip("."), port if port is not None else PORTS.get(parts.scheme))


def _told(entry: str, settings: Any) -> Iterator[Place]:
    """An entry of a manifest: `settings.path.to.value` (with `*` for every key), or a host of the vendor's."""
    if entry.startswith(SETTINGS):
        yield from _places(_values(settings, entry.removeprefix(SETTINGS).split(".")))
        return
    place = place_of(entry)
    if place is not None:
        yield place if urlsplit(entry).port is not None or "://" not in entry else Place(place.host)


def _values(value: Any, path: Sequence[str]) -> Iterator[Any]:
    if not path:
        yield value
        return
    name, rest = path[0], path[1:]
    if name == "*":
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
        for one in inner:
            yield from _values(one, rest)
        return
    found = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    if found is not None:
        yield from _values(found, rest)


def _places(values: Iterator[Any]) -> Iterator[Place]:
    for value in values:
        if isinstance(value, str):
            place = place_of(value)
            if place is not None:
                yield place
        elif isinstance(value, Mapping):
            yield from _places(iter(value.values()))
        elif isinstance(value, (list, tuple, set, frozenset)):
            yield from _places(iter(value))
        elif isinstance(getattr(value, "address", None), str):
            yield Place(value.address.lower(), getattr(value, "port", None))


def _written(entries: Sequence[str]) -> Iterator[Place]:
    for entry in entries:
        place = place_of(entry)
        if place is not None:
            yield place
