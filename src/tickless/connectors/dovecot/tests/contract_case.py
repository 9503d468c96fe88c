"""Quotas at a real Dovecot, and at servers that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.doveadm import fresh_doveadm
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, http_faults

SECRETS = {"DOVEADM_KEY": "doveadm-key-81c2-very-secret"}


@contextmanager
def server() -> Iterator[World]:
    need("dovecot")
    dovecot = fresh_doveadm()

    def look() -> Any:
        return {
            who: (dovecot.limit(who), dovecot.messages(who), dovecot.messages(who, ".Trash"))
            for who in ("anna", "olga")
        }

    settings = {
        "url": dovecot.url,
        "api_key": "env:DOVEADM_KEY",
        "quota_dict": dovecot.quota_dict,
        "clearable": ["Trash"],
    }
    yield World(settings, {"DOVEADM_KEY": dovecot.key}, look)


@contextmanager
def unknown_person() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, world.secrets, world.look, {"username": "nobody-like-that"})


@contextmanager
def with_a_wrong_key() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, SECRETS, world.look)


@contextmanager
def another_folder() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, world.secrets, world.look, {"mailbox": "INBOX"})


@contextmanager
def without_a_dictionary() -> Iterator[World]:
    with server() as world:
        yield World({**world.settings, "quota_dict": ""}, world.secrets, world.look)


def at(url: str) -> World:
    return World({"url": url, "api_key": "env:DOVEADM_KEY", "quota_dict": "file:/x"}, SECRETS)


FAULTS = {**http_faults(at), "unauthenticated": with_a_wrong_key}
CHANGING = {**FAULTS, "not_found": unknown_person}
CASES = [
    ContractCase("quota", server, {"username": "anna"}, expect={"exists": True, "quota_mb": 50.0}, faults=FAULTS),
    ContractCase("quota", unknown_person, expect={"exists": False}, name="unknown"),
    ContractCase(
        "set_quota",
        server,
        {"username": "olga", "quota_mb": 8},
        changes=True,
        expect={"quota_mb": 8.0},
        undo_restores=True,
        faults={**CHANGING, "invalid": without_a_dictionary},
    ),
    ContractCase("set_quota", server, {"username": "anna", "quota_mb": 50}, expect={"quota_mb": 50.0}, name="is so already"),
    ContractCase("clear_out", server, {"username": "olga", "older_than_days": 0}, changes=True, expect={"messages": 4},
                 faults={**CHANGING, "invalid": another_folder}),
    ContractCase("clear_out", server, {"username": "anna"}, expect={"messages": 0}, name="nothing there"),
    ContractCase("clear_out", server, {"username": "olga", "older_than_days": 1}, expect={"messages": 0},
                 name="nothing so old"),
]  # fmt: skip
