"""Processes under a real supervisord, and under doors that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers.supervisord import Supervisord, fresh_supervisord
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, http_faults

SECRETS = {"SUPERVISOR_PASSWORD": "another-password-77ce-secret"}


@contextmanager
def supervised(prepare: Callable[[Supervisord], object] = lambda server: None) -> Iterator[World]:
    need("supervisord")
    server = fresh_supervisord()
    prepare(server)
    yield World(
        {"url": server.url, "username": server.username, "password": "env:SUPERVISOR_PASSWORD"},
        {"SUPERVISOR_PASSWORD": server.password},
        look=lambda: server.info()["pid"],
    )


@contextmanager
def running() -> Iterator[World]:
    """A world whose state is only whether the process runs: starting it again gives it another process id."""
    with supervised() as world:
        yield World(world.settings, world.secrets, look=lambda: bool(world.look()))


@contextmanager
def killed() -> Iterator[World]:
    with supervised(lambda server: server.kill()) as world:
        yield world


@contextmanager
def unknown() -> Iterator[World]:
    with supervised() as world:
        yield World(world.settings, world.secrets, world.look, {"process": "no-such-process"})


def at(url: str) -> World:
    return World({"url": f"{url}/RPC2", "username": "tickless", "password": "env:SUPERVISOR_PASSWORD"}, SECRETS)


WEB = {"process": "web"}
FAULTS = http_faults(at)
NOBODY = {**FAULTS, "not_found": unknown}

CASES = [
    ContractCase("state", supervised, WEB, expect={"exists": True, "running": True, "state": "running"}, faults=FAULTS),
    ContractCase("state", killed, WEB, expect={"running": False, "pid": None, "state": "exited"}, name="killed"),
    ContractCase("state", unknown, expect={"exists": False, "running": False}, name="unknown"),
    ContractCase("start", killed, WEB, changes=True, expect={"running": True}, undo_restores=True, faults=NOBODY),
    ContractCase("start", supervised, WEB, expect={"running": True}, name="runs"),
    ContractCase("stop", running, WEB, changes=True, expect={"running": False}, undo_restores=True, faults=NOBODY),
    ContractCase("stop", killed, WEB, expect={"running": False}, name="down"),
    ContractCase("restart", supervised, WEB, changes=True, expect={"running": True}, faults=NOBODY),
    ContractCase("restart", killed, WEB, changes=True, expect={"running": True}, name="down"),
]
