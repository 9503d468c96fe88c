"""Disks and named commands over a real OpenSSH server, and over hosts that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.silent import silent_port
from tests.servers.sshd import Sshd, fresh_sshd
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, closed_port
from tickless.sdk.testing.cases import Fault, OpenWorld


def settings(server: Sshd, **changes: Any) -> dict[str, Any]:
    mark = str(server.scratch / "mark")
    return {
        "hosts": {
            "web-1": {
                "address": server.host,
                "port": changes.get("port", server.port),
                "username": changes.get("username", server.username),
                "clean_up": [{"path": str(server.scratch), "pattern": "*.log"}],
            }
        },
        "key": "env:SSH_KEY",
        "known_hosts": str(changes.get("known_hosts", server.known_hosts)),
        "commands": {
            "make-mark": {"argv": ["touch", mark], "done_if": ["test", "-e", mark]},
            "fail": {"argv": ["false"]},
        },
    }


@contextmanager
def host(**changes: Any) -> Iterator[World]:
    need("sshd")
    server = fresh_sshd()
    server.fill("old.log", kilobytes=64, days_old=30)
    server.fill("new.log", kilobytes=64, days_old=1)
    server.fill("old.txt", kilobytes=64, days_old=30)
    port = changes.pop("port", server.port)
    if port != server.port:
        known = server.known_hosts.with_name("known_hosts_elsewhere")
        known.write_text(server.known_hosts.read_text().replace(f":{server.port} ", f":{port} "))
        changes["known_hosts"] = known
    yield World(
        settings(server, port=port, **changes),
        {"SSH_KEY": server.key_path.read_text().strip()},
        look=lambda: sorted(path.name for path in server.scratch.rglob("*")),
        params={},
    )


@contextmanager
def with_scratch_as_path() -> Iterator[World]:
    with host() as world:
        path = world.settings["hosts"]["web-1"]["clean_up"][0]["path"]
        yield World(world.settings, world.secrets, world.look, {"path": path})


@contextmanager
def unknown_host_key() -> Iterator[World]:
    with host() as world:
        server = fresh_sshd()
        other = server.known_hosts.with_name("known_hosts_other")
        key = server.key_path.with_suffix(".pub").read_text()
        other.write_text(f"[{server.host}]:{server.port} {key}")
        yield World({**world.settings, "known_hosts": str(other)}, world.secrets, world.look)


@contextmanager
def unknown_account() -> Iterator[World]:
    with host(username="no-such-account") as world:
        yield world


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port, host(port=port) as world:
        yield world


@contextmanager
def not_listening() -> Iterator[World]:
    with host(port=closed_port()) as world:
        yield world


@contextmanager
def elsewhere() -> Iterator[World]:
    """Asked for a path that is not there, where nothing may be cleaned up either."""
    with host() as world:
        yield World(world.settings, world.secrets, world.look, {"path": "/no/such/path"})


@contextmanager
def no_such_command() -> Iterator[World]:
    with host() as world:
        yield World(world.settings, world.secrets, world.look, {"command": "rm"})


@contextmanager
def failing_command() -> Iterator[World]:
    with host() as world:
        yield World(world.settings, world.secrets, world.look, {"command": "fail"})


GONE: dict[Fault, OpenWorld] = {
    "unauthenticated": unknown_account,
    "forbidden": unknown_host_key,
    "hangs": silent,
    "not_listening": not_listening,
}
CASES = [
    ContractCase("disk_usage", host, {"host": "web-1", "path": "/"}, faults={**GONE, "not_found": elsewhere}),
    ContractCase(
        "disk_biggest",
        with_scratch_as_path,
        {"host": "web-1", "path": "/etc", "at_least_mb": 0.01},
        faults={**GONE, "not_found": elsewhere},
    ),
    ContractCase(
        "disk_clean_up",
        with_scratch_as_path,
        {"host": "web-1", "path": "/"},
        changes=True,
        expect={"files": 1},
        faults={**GONE, "invalid": elsewhere},
    ),
    ContractCase(
        "disk_clean_up",
        with_scratch_as_path,
        {"host": "web-1", "path": "/", "older_than_days": 60},
        expect={"files": 0, "freed_mb": 0.0},
        name="nothing so old",
    ),
    ContractCase(
        "run",
        host,
        {"host": "web-1", "command": "make-mark"},
        changes=True,
        expect={"ran": True},
        faults={**GONE, "not_found": no_such_command, "invalid": failing_command},
    ),
]
