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
        people = {user["userName"]: user["active"] for user in server.read("Users?count=100")["Resources"]}
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
def with_that_name_taken() -> Iterator[World]:
    with service() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "anna"})


@contextmanager
def with_a_wrong_token() -> Iterator[World]:
    with service() as world:
        yield World(world.settings, SECRETS, world.look)


def at(url: str) -> World:
    return World({"url": url, "token": "env:SCIM_TOKEN"}, SECRETS)


FAULTS = http_faults(at)
FOR_PEOPLE = {**FAULTS, "unauthenticated": with_a_wrong_token, "not_found": without_the_person}
FOR_GROUPS = {**FAULTS, "not_found": without_the_person, "invalid": without_the_group}
NEW_PERSON = {"username": "j.smith2", "given_name": "Jane", "family_name": "Smith", "display_name": "Jane Smith",
              "email": "j.smith2@example.test"}  # fmt: skip
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
        "create_account",
        service,
        NEW_PERSON,
        changes=True,
        expect={"exists": True},
        undo_restores=True,
        faults={**FAULTS, "unauthenticated": with_a_wrong_token, "invalid": with_that_name_taken},
    ),
    ContractCase("delete_account", service, {"username": "ben"}, changes=True, expect={"exists": False}, faults=FAULTS),
    ContractCase("delete_account", service, {"username": "nobody-here"}, expect={"exists": False}, name="gone already"),
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
