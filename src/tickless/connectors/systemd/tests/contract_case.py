"""Units of a real systemd over a real OpenSSH server, and over hosts that fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.over_ssh import access, key_of, ssh_faults
from tests.servers.shared import shared
from tests.servers.sshd import fresh_sshd
from tests.servers.systemd import fresh_systemd, run_systemd
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World


@contextmanager
def units() -> Iterator[World]:
    need("sshd")
    need("systemd")
    systemd, sshd = fresh_systemd(), fresh_sshd()
    settings = {
        **access(sshd),
        "units": {
            "shop": {"host": "web-1", "unit": systemd.shop},
            "broken": {"host": "web-1", "unit": systemd.broken},
            "nowhere": {"host": "web-1", "unit": "nowhere.service"},
        },
        "scope": "user",
        "runtime_folder": str(systemd.runtime),
    }
    yield World(settings, key_of(sshd), lambda: (systemd.state(systemd.shop), systemd.pid(systemd.shop) > 0))


@contextmanager
def down() -> Iterator[World]:
    with units() as world:
        systemd = shared("systemd", run_systemd)
        systemd.control("stop", systemd.shop)
        yield world


@contextmanager
def by_process() -> Iterator[World]:
    with units() as world:
        systemd = fresh_systemd()
        yield World(world.settings, world.secrets, lambda: systemd.pid(systemd.shop))


@contextmanager
def unknown_to_systemd() -> Iterator[World]:
    with units() as world:
        yield World(world.settings, world.secrets, world.look, {"process": "nowhere"})


@contextmanager
def unknown_to_the_settings() -> Iterator[World]:
    with units() as world:
        yield World(world.settings, world.secrets, world.look, {"process": "sshd"})


@contextmanager
def that_cannot_start() -> Iterator[World]:
    with units() as world:
        yield World(world.settings, world.secrets, world.look, {"process": "broken"})


@contextmanager
def unknown_host() -> Iterator[World]:
    with units() as world:
        yield World(world.settings, world.secrets, world.look, {"host": "web-9"})


GONE = ssh_faults(units)
SHOP = {"process": "shop"}
CASES = [
    ContractCase("state", units, SHOP, expect={"running": True, "state": "active"},
                 faults={**GONE, "not_found": unknown_to_the_settings}),
    ContractCase("state", down, SHOP, expect={"running": False, "exists": True}, name="down"),
    ContractCase("state", unknown_to_systemd, expect={"exists": False}, name="unknown"),
    ContractCase("failed", units, {"host": "web-1"}, expect={"units": ()}, faults={**GONE, "not_found": unknown_host}),
    ContractCase(
        "start", down, SHOP, changes=True, expect={"running": True}, undo_restores=True,
        faults={**GONE, "not_found": unknown_to_systemd, "invalid": that_cannot_start},
    ),
    ContractCase("start", units, SHOP, expect={"running": True}, name="runs already"),
    ContractCase("stop", units, SHOP, changes=True, expect={"running": False}, undo_restores=True,
                 faults={**GONE, "not_found": unknown_to_systemd}),
    ContractCase("restart", by_process, SHOP, changes=True, expect={"running": True},
                 faults={**GONE, "not_found": unknown_to_the_settings}),
]  # fmt: skip
