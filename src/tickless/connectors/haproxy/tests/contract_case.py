"""Servers of a real HAProxy, and sockets that fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.haproxy import fresh_haproxy
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, closed_port
from tickless.sdk.testing.cases import Fault, OpenWorld
from tickless.sdk.testing.fakes import silent_port


@contextmanager
def edge() -> Iterator[World]:
    need("haproxy")
    server = fresh_haproxy()
    yield World({"socket": f"tcp:127.0.0.1:{server.admin}"}, look=server.states)


@contextmanager
def by_file() -> Iterator[World]:
    need("haproxy")
    server = fresh_haproxy()
    yield World({"socket": f"unix:{server.unix}"}, look=server.states)


@contextmanager
def that_may_only_look() -> Iterator[World]:
    with edge():
        yield World({"socket": f"tcp:127.0.0.1:{fresh_haproxy().operator}"})


@contextmanager
def drained() -> Iterator[World]:
    with edge() as world:
        fresh_haproxy().ask("set server shop/web2 state drain")
        yield world


@contextmanager
def unknown_backend() -> Iterator[World]:
    with edge() as world:
        yield World(world.settings, params={"backend": "no-such-backend"})


@contextmanager
def unknown_server() -> Iterator[World]:
    with edge() as world:
        yield World(world.settings, params={"server": "web9"})


@contextmanager
def last_one() -> Iterator[World]:
    with edge() as world:
        yield World(world.settings, params={"backend": "lonely", "server": "only"})


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World({"socket": f"tcp:127.0.0.1:{port}"})


@contextmanager
def not_listening() -> Iterator[World]:
    yield World({"socket": f"tcp:127.0.0.1:{closed_port()}"})


@contextmanager
def no_such_file() -> Iterator[World]:
    yield World({"socket": "unix:/nowhere/haproxy.sock"})


GONE: dict[Fault, OpenWorld] = {"hangs": silent, "not_listening": not_listening, "failing": no_such_file}
WEB1 = {"backend": "shop", "server": "web1"}
CASES = [
    ContractCase("backend", edge, {"backend": "shop"}, expect={"up": 2, "servers": 2, "down": ()},
                 faults={**GONE, "not_found": unknown_backend}),
    ContractCase("backend", drained, {"backend": "shop"}, expect={"up": 1, "down": ("web2",)}, name="one drained"),
    ContractCase("server", edge, WEB1, expect={"state": "ready", "up": True}, faults={**GONE, "not_found": unknown_server}),
    ContractCase("server", by_file, WEB1, expect={"up": True}, name="by a file"),
    ContractCase("set_server", edge, {**WEB1, "state": "drain"}, changes=True, expect={"state": "drain", "up": False},
                 undo_restores=True,
                 faults={**GONE, "forbidden": that_may_only_look, "not_found": unknown_server, "invalid": last_one}),
    ContractCase("set_server", edge, {**WEB1, "state": "ready"}, expect={"state": "ready"}, name="is so already"),
    ContractCase("set_server", drained, {"backend": "shop", "server": "web2", "state": "maint"}, changes=True,
                 expect={"state": "maint"}, name="from drain to out"),
]  # fmt: skip
