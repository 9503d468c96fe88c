"""Whom an operation calls: nobody where it may call nobody, and otherwise only whom its settings and its manifest name.

Connections by Python are seen as they are made (`socket.socket.connect`, whatever library or event loop makes them). Those of
C libraries (LDAP, PostgreSQL) are not: for them an operation that may call nobody has to say so, with `Forbidden`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tickless.domain.errors import Forbidden, OutsideError
from tickless.sdk.connector import Connector, Instance
from tickless.sdk.egress import Egress, Place, place_of
from tickless.sdk.testing.cases import ContractCase
from tickless.sdk.testing.live import instance_in, run_operation

NOWHERE = (Place("*"),)
Called = list[tuple[str, int]]


@contextmanager
def connections() -> Iterator[Called]:
    """Every address that this process connects to while the block lasts, sockets in files left out."""
    seen: Called = []
    real, real_ex, real_to = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto

    def note(address: Any) -> None:
        if isinstance(address, tuple):
            seen.append((str(address[0]), int(address[1])))

    def connect(self: socket.socket, address: Any) -> None:
        note(address)
        real(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        note(address)
        return real_ex(self, address)

    def sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        note(rest[-1] if rest else None)
        return real_to(self, data, *rest)

    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign,assignment]
    socket.socket.sendto = sendto  # type: ignore[method-assign,assignment]
    try:
        yield seen
    finally:
        socket.socket.connect, socket.socket.connect_ex = real, real_ex  # type: ignore[method-assign]
        socket.socket.sendto = real_to  # type: ignore[method-assign]


def check_calls_nobody(connector: Connector, case: ContractCase) -> None:
    """Where nobody may be called, nobody is; who would have called somebody says `Forbidden`."""
    with case.world() as world:
        here = instance_in(connector, world)
        locked = replace(here, egress=Egress(here.name, denied=NOWHERE))
        before = world.look()
        with connections() as seen:
            said = _forbidden(locked, case, world)
        assert not seen, f"{case.title} calls {seen[0][0]}:{seen[0][1]} without asking"
        assert said or not _calls_out(here, connector, case), (
            f"{case.title} does what it does though it may call nobody"
        )
        if said:
            assert world.look() == before, f"{case.title} changed something though it may call nobody"


def check_calls_its_own(connector: Connector, case: ContractCase) -> None:
    """Who is called stands in the settings, in the manifest, or in a secret that an operator wrote."""
    with case.world() as world:
        here = instance_in(connector, world)
        with connections() as seen:
            run_operation(connector, case.operation, {**case.params, **world.params}, world, timeout=case.patience)
    named = tuple(place for value in world.secrets.values() if (place := place_of(value)) is not None)
    egress = replace(here.egress, places=(*here.egress.places, *named))
    strange = [place for place in seen if not _allowed(egress, *place)]
    assert not strange, f"{case.title} calls {strange[0][0]}:{strange[0][1]}, which no setting names"


def _forbidden(instance: Instance, case: ContractCase, world: Any) -> bool:
    try:
        run_operation(instance.connector, case.operation, {**case.params, **world.params}, world, instance=instance,
                      timeout=case.patience)  # fmt: skip
    except Forbidden:
        return True
    except OutsideError:
        return False
    return False


def _calls_out(instance: Instance, connector: Connector, case: ContractCase) -> bool:
    """Whether doing it means calling somebody: hosts are configured, and it is no reading of a text that is handed in."""
    promise = connector.manifest.actions.get(case.operation) or connector.manifest.probes[case.operation]
    return bool(instance.egress.places) and promise.capability != "inventory.parse"


def _allowed(egress: Egress, host: str, port: int) -> bool:
    names = {host, "localhost"} if host in {"127.0.0.1", "::1"} else {host}
    return any(egress.allows(name, port) for name in names)
