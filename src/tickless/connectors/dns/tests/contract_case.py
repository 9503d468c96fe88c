"""Records of a real name server, and servers that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.knot import ZONE, fresh_knot
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, closed_port, silent_port

OTHER = "YW5vdGhlci1rZXktdGhhdC1pcy1ub3Qta25vd24="


def settings(port: int, **more: Any) -> dict[str, Any]:
    zone = {"types": ["A", "TXT"], "names": ["www", "new", "*.dev", "mail"]}
    return {
        "server": "127.0.0.1",
        "port": port,
        "zones": {ZONE: zone},
        "key_name": "tickless",
        "secret": "env:TSIG",
        **more,
    }


@contextmanager
def server(**more: Any) -> Iterator[World]:
    need("knot")
    knot = fresh_knot()
    yield World(
        settings(knot.port, **more), {"TSIG": knot.secret}, lambda: {name: knot.ask(name) for name in ("www", "new")}
    )


@contextmanager
def with_a_wrong_key() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, {"TSIG": OTHER}, world.look)


@contextmanager
def with_a_key_that_may_not() -> Iterator[World]:
    with server(key_name="reader") as world:
        yield world


@contextmanager
def elsewhere() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, world.secrets, world.look, {"name": "www.example.org"})


@contextmanager
def what_may_not_be_changed() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, world.secrets, world.look, {"name": f"ns.{ZONE}"})


@contextmanager
def no_address() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, world.secrets, world.look, {"values": ["300.1.1.1"]})


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World(settings(port), {"TSIG": OTHER})


@contextmanager
def not_listening() -> Iterator[World]:
    yield World(settings(closed_port()), {"TSIG": OTHER})


GONE: dict[Any, Any] = {"hangs": silent, "not_listening": not_listening}
WWW = {"name": f"www.{ZONE}"}
CHANGED = {**WWW, "values": ["192.0.2.9"]}
CASES = [
    ContractCase("record", server, WWW, expect={"exists": True, "values": ("192.0.2.1", "192.0.2.2"), "ttl": 120},
                 faults={**GONE, "not_found": elsewhere}),
    ContractCase("record", server, {"name": f"none.{ZONE}"}, expect={"exists": False}, name="none"),
    ContractCase("record", server, {"name": f"mail.{ZONE}", "type": "MX"}, expect={"values": (f"10 ns.{ZONE}.",)}, name="mail"),
    ContractCase("set_record", server, CHANGED, changes=True, expect={"values": ("192.0.2.9",), "ttl": 120}, undo_restores=True,
                 faults={**GONE, "unauthenticated": with_a_wrong_key, "forbidden": with_a_key_that_may_not,
                         "not_found": elsewhere, "invalid": what_may_not_be_changed}),
    ContractCase("set_record", server, {"name": f"new.{ZONE}", "values": ["192.0.2.7"]}, changes=True, expect={"ttl": 300},
                 undo_restores=True, name="a new one", faults={"invalid": no_address}),
    ContractCase("set_record", server, {**WWW, "values": []}, changes=True, expect={"exists": False}, undo_restores=True,
                 name="taken away"),
    ContractCase("set_record", server, {**WWW, "values": ["192.0.2.2", "192.0.2.1"]}, expect={"exists": True},
                 name="is so already"),
]  # fmt: skip
