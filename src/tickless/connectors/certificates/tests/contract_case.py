"""Certificates that a real nginx serves, renewed over a real OpenSSH server, and servers that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.nginx_tls import fresh_nginx_tls
from tests.servers.over_ssh import access, key_of, ssh_faults
from tests.servers.sshd import fresh_sshd
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, closed_port, silent_port

SHOP = {"name": "shop"}


@contextmanager
def served(*, days: float = 10, **more: Any) -> Iterator[World]:
    need("sshd")
    need("nginx_tls")
    nginx, sshd = fresh_nginx_tls(days=days), fresh_sshd()
    shop = {
        "address": "127.0.0.1",
        "port": nginx.port,
        "ca_file": str(nginx.ca_file),
        "host": "web-1",
        "renew": [nginx.renew],
        **more,
    }
    yield World({**access(sshd), "certificates": {"shop": shop}}, key_of(sshd), nginx.serial)


@contextmanager
def good_for_long() -> Iterator[World]:
    with served(days=60) as world:
        yield world


@contextmanager
def ended() -> Iterator[World]:
    with served(days=-1) as world:
        yield world


@contextmanager
def of_nobody() -> Iterator[World]:
    with served(ca_file="") as world:
        yield world


@contextmanager
def by_a_command_that_fails() -> Iterator[World]:
    with served(renew=["false"]) as world:
        yield world


@contextmanager
def by_a_command_that_does_nothing() -> Iterator[World]:
    with served(renew=["true"]) as world:
        yield world


@contextmanager
def unknown() -> Iterator[World]:
    with served() as world:
        yield World(world.settings, world.secrets, world.look, {"name": "no-such-certificate"})


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World({"certificates": {"shop": {"address": "127.0.0.1", "port": port}}})


@contextmanager
def not_listening() -> Iterator[World]:
    yield World({"certificates": {"shop": {"address": "127.0.0.1", "port": closed_port()}}})


LOOKING: dict[Any, Any] = {"hangs": silent, "not_listening": not_listening, "not_found": unknown}
SSH = ssh_faults(served)
CASES = [
    ContractCase("state", served, SHOP, expect={"exists": True}, faults=LOOKING),
    ContractCase("trust", served, SHOP, expect={"trusted": True}, faults=LOOKING),
    ContractCase("trust", ended, SHOP, expect={"trusted": False, "problem": "certificate has expired"}, name="ended"),
    ContractCase("trust", of_nobody, SHOP, expect={"trusted": False}, name="of nobody"),
    ContractCase("renew", served, SHOP, changes=True,
                 faults={**SSH, "not_found": unknown, "invalid": by_a_command_that_fails}),
    ContractCase("renew", good_for_long, SHOP, name="good for long", faults={}),
    ContractCase("renew", ended, SHOP, changes=True, name="ended", faults={"invalid": by_a_command_that_does_nothing}),
]  # fmt: skip
