"""The directory's operations over a real slapd, with least rights, and over directories that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.shared import shared
from tests.servers.silent import silent_port
from tests.servers.slapd import Slapd, fresh_slapd, run_slapd
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, closed_port
from tickless.sdk.testing.cases import Fault, OpenWorld

NEW_PASSWORD = "a-new-password-5b1c-quite-secret"


def settings(server: Slapd) -> dict[str, str]:
    return {
        "url": server.url,
        "bind_dn": server.service_dn,
        "password": "env:LDAP_PASSWORD",
        "people_base": server.people_base,
        "groups_base": server.groups_base,
        "policy_dn": server.policy,
    }


def state(server: Slapd) -> Any:
    """Who can sign in with which password, who is marked how, who is in which group."""
    marks = {
        name: [
            server.attribute(server.dn(name), mark) for mark in ("pwdAccountLockedTime", "pwdReset", "pwdChangedTime")
        ]
        for name in ("anna", "ben")
    }
    groups = {
        name: sorted(server.attribute(f"cn={name},{server.groups_base}", "member"))
        for name in ("vpn-users", "wiki-editors")
    }
    return marks, groups, server.logins()


@contextmanager
def directory(prepare: Callable[[Slapd], object] = lambda server: None) -> Iterator[World]:
    need("slapd")
    server = fresh_slapd()
    prepare(server)
    yield World(
        settings(server),
        {"LDAP_PASSWORD": server.service_password, "NEW_PASSWORD": NEW_PASSWORD},
        look=lambda: state(server),
    )


@contextmanager
def locked_out() -> Iterator[World]:
    with directory(lambda server: server.lock_out("anna")) as world:
        yield world


@contextmanager
def with_the_wrong_password() -> Iterator[World]:
    with directory() as world:
        yield World(world.settings, {"LDAP_PASSWORD": "wrong-password-91ab-secret"}, world.look)


@contextmanager
def without_rights() -> Iterator[World]:
    """Signed in as a person, who may read but not write."""
    with directory(lambda server: server.lock_out("anna")) as world:
        server = shared("slapd", run_slapd)
        yield World(
            {**world.settings, "bind_dn": server.dn("ben")}, {"LDAP_PASSWORD": server.people["ben"]}, world.look
        )


@contextmanager
def without_such_a_person() -> Iterator[World]:
    with directory() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "nobody-like-that"})


@contextmanager
def without_such_a_group() -> Iterator[World]:
    with directory() as world:
        yield World(world.settings, world.secrets, world.look, {"group": "no-group-like-that"})


@contextmanager
def with_that_name_taken() -> Iterator[World]:
    with directory() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "anna"})


@contextmanager
def silent() -> Iterator[World]:
    with directory() as world, silent_port() as port:
        yield World({**world.settings, "url": f"ldap://127.0.0.1:{port}"}, world.secrets)


@contextmanager
def not_listening() -> Iterator[World]:
    with directory() as world:
        yield World({**world.settings, "url": f"ldap://127.0.0.1:{closed_port()}"}, world.secrets)


GONE: dict[Fault, OpenWorld] = {
    "unauthenticated": with_the_wrong_password,
    "hangs": silent,
    "not_listening": not_listening,
}
NO_PERSON: dict[Fault, OpenWorld] = {"not_found": without_such_a_person}
NO_GROUP: dict[Fault, OpenWorld] = {**NO_PERSON, "invalid": without_such_a_group}
ANNA = {"username": "anna"}
NEW_PERSON = {"username": "j.smith2", "given_name": "Jane", "family_name": "Smith, jr", "display_name": "Jane Smith, jr",
              "email": "j.smith2@example.test", "department": "Sales", "location": "Leeds"}  # fmt: skip
NEW = {"username": "anna", "password": "env:NEW_PASSWORD"}

CASES = [
    ContractCase(
        "account",
        locked_out,
        ANNA,
        expect={"exists": True, "locked": True, "enabled": True},
        faults=GONE,
        name="locked",
    ),
    ContractCase("account", directory, {"username": "nobody"}, expect={"exists": False}, name="unknown"),
    ContractCase("member", directory, {**ANNA, "group": "vpn-users"}, expect={"member": True, "group_exists": True}),
    ContractCase(
        "unlock",
        locked_out,
        ANNA,
        changes=True,
        expect={"locked": False},
        faults={**GONE, **NO_PERSON, "forbidden": without_rights},
    ),
    ContractCase("unlock", directory, ANNA, expect={"locked": False}, name="not locked"),
    ContractCase(
        "set_password",
        directory,
        NEW,
        changes=True,
        expect={"must_change_password": True},
        faults={**GONE, **NO_PERSON},
    ),
    ContractCase(
        "add_to_group",
        directory,
        {"username": "ben", "group": "wiki-editors"},
        changes=True,
        expect={"member": True},
        undo_restores=True,
        faults={**GONE, **NO_GROUP},
    ),
    ContractCase(
        "remove_from_group",
        directory,
        {**ANNA, "group": "vpn-users"},
        changes=True,
        expect={"member": False},
        undo_restores=True,
        faults={**GONE, **NO_GROUP},
    ),
    ContractCase(
        "create_account",
        directory,
        NEW_PERSON,
        changes=True,
        expect={"exists": True},
        undo_restores=True,
        faults={**GONE, "forbidden": without_rights, "invalid": with_that_name_taken},
    ),
    ContractCase(
        "delete_account", directory, {"username": "dora"}, changes=True, expect={"exists": False}, faults=GONE
    ),
    ContractCase(
        "delete_account", directory, {"username": "nobody-here"}, expect={"exists": False}, name="gone already"
    ),
    ContractCase(
        "set_enabled",
        directory,
        {**ANNA, "enabled": False},
        changes=True,
        expect={"enabled": False},
        undo_restores=True,
        faults={**GONE, **NO_PERSON},
    ),
]
