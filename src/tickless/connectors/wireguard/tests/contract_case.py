"""Peers of a real WireGuard gateway over a real OpenSSH server, and over hosts that fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.over_ssh import access, key_of, ssh_faults
from tests.servers.sshd import fresh_sshd
from tests.servers.wireguard import fresh_wireguard
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World


@contextmanager
def gateway() -> Iterator[World]:
    need("sshd")
    need("wireguard")
    wg, sshd = fresh_wireguard(), fresh_sshd()
    settings = {
        **access(sshd, host="gw-1", become=wg.inside),
        "interface": wg.interface,
        "peers_file": str(wg.peers_file),
    }
    yield World(settings, key_of(sshd), lambda: (wg.peers_file.read_text(), sorted(wg.peers())))


@contextmanager
def not_up() -> Iterator[World]:
    with gateway() as world:
        yield World({**world.settings, "interface": "wg-none"}, world.secrets, world.look)


@contextmanager
def unknown_person() -> Iterator[World]:
    with gateway() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "nobody-like-that"})


@contextmanager
def without_the_file() -> Iterator[World]:
    with gateway() as world:
        yield World({**world.settings, "peers_file": "/nowhere/peers.conf"}, world.secrets, world.look)


GONE = ssh_faults(gateway)
ANNA, BEN = {"username": "anna"}, {"username": "ben"}
CASES = [
    ContractCase("gateway", gateway, expect={"up": True, "sessions": 1}, faults=GONE),
    ContractCase("gateway", not_up, expect={"up": False}, name="down"),
    ContractCase(
        "profile", gateway, ANNA, expect={"exists": True, "valid": True}, faults={**GONE, "not_found": without_the_file}
    ),
    ContractCase("profile", gateway, BEN, expect={"exists": True, "valid": False}, name="ran out"),
    ContractCase("profile", unknown_person, expect={"exists": False}, name="unknown"),
    ContractCase("tunnel", gateway, ANNA, expect={"connects": True, "reason": ""}, faults=GONE),
    ContractCase("tunnel", gateway, BEN, expect={"connects": False, "reason": "profile_expired"}, name="ran out"),
    ContractCase("tunnel", not_up, ANNA, expect={"connects": False, "reason": "gateway_down"}, name="gateway down"),
    ContractCase(
        "renew_profile",
        gateway,
        BEN,
        changes=True,
        expect={"valid": True},
        undo_restores=True,
        faults={**GONE, "not_found": unknown_person},
    ),
    ContractCase(
        "set_profile",
        gateway,
        {**ANNA, "enabled": False},
        changes=True,
        expect={"valid": False},
        undo_restores=True,
        faults={**GONE, "not_found": unknown_person},
    ),
    ContractCase("set_profile", gateway, {**ANNA, "enabled": True}, expect={"valid": True}, name="is so already"),
]
