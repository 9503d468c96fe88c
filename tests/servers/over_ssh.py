"""Worlds for connectors that work on a host over SSH: the real OpenSSH server, and every way in which reaching it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.servers.silent import silent_port
from tests.servers.sshd import Sshd, fresh_sshd
from tests.servers.worlds import need

from tickless.sdk.testing import World, closed_port
from tickless.sdk.testing.cases import Fault, OpenWorld

SECRET = "SSH_KEY"


def access(server: Sshd, *, host: str = "web-1", become: tuple[str, ...] = ()) -> dict[str, Any]:
    """The settings of `sdk.hosts.Hosts` that lead to this server."""
    one = {"address": server.host, "port": server.port, "username": server.username, "become": become}
    return {"hosts": {host: one}, "key": f"env:{SECRET}", "known_hosts": str(server.known_hosts)}


def key_of(server: Sshd) -> dict[str, str]:
    """The secret behind `access()`."""
    return {SECRET: server.key_path.read_text().strip()}


def ssh_faults(open_world: OpenWorld) -> dict[Fault, OpenWorld]:
    """The world of a case, with the way to its first host broken in each way."""
    return {
        "unauthenticated": partial(_changed, open_world, username="no-such-account"),
        "forbidden": partial(_other_key, open_world),
        "hangs": partial(_silent, open_world),
        "not_listening": partial(_nobody, open_world),
    }


@contextmanager
def _changed(open_world: OpenWorld, **changes: Any) -> Iterator[World]:
    need("sshd")
    with open_world() as world:
        hosts = {name: {**one, **changes} for name, one in world.settings["hosts"].items()}
        settings = {**world.settings, "hosts": hosts}
        if "port" in changes:
            server = fresh_sshd()
            known = server.known_hosts.with_name("known_hosts_elsewhere")
            known.write_text(server.known_hosts.read_text().replace(f":{server.port} ", f":{changes['port']} "))
            settings["known_hosts"] = str(known)
        yield World(settings, world.secrets, world.look, world.params)


@contextmanager
def _other_key(open_world: OpenWorld) -> Iterator[World]:
    with open_world() as world:
        server = fresh_sshd()
        other = server.known_hosts.with_name("known_hosts_other")
        other.write_text(f"[{server.host}]:{server.port} {server.key_path.with_suffix('.pub').read_text()}")
        yield World({**world.settings, "known_hosts": str(other)}, world.secrets, world.look, world.params)


@contextmanager
def _silent(open_world: OpenWorld) -> Iterator[World]:
    with silent_port() as port, _changed(open_world, port=port) as world:
        yield world


@contextmanager
def _nobody(open_world: OpenWorld) -> Iterator[World]:
    with _changed(open_world, port=closed_port()) as world:
        yield world
