"""Accounts and groups over a real SCIM server, and over services that fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.scim import fresh_scim
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, http_faults

SECRETS = {"SCIM_TOKEN": "scim-token-40fd-very-secret"}


@contextmanager
def service() -> Iterator[World]:
    need("scim")
    server = fresh_scim()

    def look() -> object:
        people = {name: server.read(f"Users/{server.people[name]}")["active"] for name in server.people}
        return people, {name: sorted(server.members(name)) for name in server.groups}

    yield World({"url": server.url, "token": "env:SCIM_TOKEN"}, {"SCIM_TOKEN": server.token}, look)


@contextmanager
def without_the_person() -> Iterator[World]:
    with service() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "nobody-like-that"})


@contextmanager
def without_the_group() -> Iterator[World]:
    with service() as world:
        yield World(world.settings, world.secrets, world.look, {"group": "no-group-like-that"})


@contextmanager
def with_a_wrong_token() -> Iterator[World]:
    with service() as world:
        yield World(world.settings, SECRETS, world.look)


def at(url: str) -> World:
    return World({"url": url, "token": "env:SCIM_TOKEN"}, SECRETS)


FAULTS = http_faults(at)
FOR_PEOPLE = {**FAULTS, "unauthenticated": with_a_wrong_token, "not_found": without_the_person}
FOR_GROUPS = {**FAULTS, "not_found": without_the_person, "invalid": without_the_group}
IN_VPN = {"username": "anna", "group": "vpn-users"}
NOT_IN_VPN = {"username": "ben", "group": "vpn-users"}

CASES = [
    ContractCase(
        "account",
        service,
        {"username": "anna"},
        expect={"exists": True, "enabled": True, "locked": False},
        faults=FAULTS,
    ),
    ContractCase("account", service, {"username": "nobody"}, expect={"exists": False}, name="unknown"),
    ContractCase("member", service, IN_VPN, expect={"member": True}, faults=FAULTS),
    ContractCase("member", service, NOT_IN_VPN, expect={"member": False, "group_exists": True}, name="not"),
    ContractCase(
        "add_to_group",
        service,
        NOT_IN_VPN,
        changes=True,
        expect={"member": True},
        undo_restores=True,
        faults=FOR_GROUPS,
    ),
    ContractCase("add_to_group", service, IN_VPN, expect={"member": True}, name="is already"),
    ContractCase(
        "remove_from_group",
        service,
        IN_VPN,
        changes=True,
        expect={"member": False},
        undo_restores=True,
        faults=FOR_GROUPS,
    ),
    ContractCase(
        "set_enabled",
        service,
        {"username": "ben", "enabled": False},
        changes=True,
        expect={"enabled": False},
        undo_restores=True,
        faults=FOR_PEOPLE,
    ),
]
