"""What the stand-ins for identity providers share: their people, and the contract cases that every directory has to pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tickless.sdk.testing import ContractCase, World, http_faults
from tickless.sdk.testing.cases import Fault, OpenWorld

NEW_PASSWORD = "new-password-6c1e-very-secret"


@dataclass
class Someone:
    """An account. `ended`: how often its sessions were ended."""

    id: str
    username: str
    enabled: bool = True
    locked: bool = False
    password: str = "old"
    must_change: bool = False
    changed_at: dt.datetime = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
    sessions: int = 2
    signed_out_at: dt.datetime = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


@dataclass
class Town:
    """`anna` is in `vpn-users`, `ben` is in none, `lena` is locked where the vendor locks; the groups fill several pages."""

    people: dict[str, Someone] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def fresh(cls, *, domain: str = "", extra_groups: int = 3) -> Town:
        names = [f"{name}{domain}" for name in ("anna", "ben", "lena")]
        people = {name: Someone(f"id-{name.partition('@')[0]}", name) for name in names}
        people[names[2]].locked = True
        groups: dict[str, set[str]] = {f"vpn-users{domain}": {"id-anna"}}
        groups |= {f"list-{number}{domain}": {"id-anna"} for number in range(extra_groups)}
        return cls(people, groups)

    def someone(self, key: str) -> Someone | None:
        return next((one for one in self.people.values() if key in {one.id, one.username}), None)

    def set_password(self, one: Someone, password: str) -> None:
        one.password = password
        one.changed_at = dt.datetime.now(dt.UTC)

    def end_sessions(self, one: Someone) -> None:
        one.sessions = 0
        one.signed_out_at = dt.datetime.now(dt.UTC)

    def look(self) -> Any:
        """What can be seen of it, but for moments."""
        people = {
            name: (one.enabled, one.locked, one.password, one.must_change, one.sessions)
            for name, one in self.people.items()
        }
        return people, {name: sorted(members) for name, members in self.groups.items()}


class Serve(Protocol):
    """Runs the vendor's stand-in for a town; gives its base URL."""

    def __call__(self, town: Town) -> AbstractContextManager[str]: ...


def directory_cases(
    serve: Serve,
    *,
    settings_at: Callable[[str], Mapping[str, Any]],
    secrets: Mapping[str, str],
    refused: Callable[[str], World],
    domain: str = "",
    unlocks: bool = False,
) -> list[ContractCase]:
    """The cases of a directory. `refused(url)` has credentials that its vendor does not take."""

    @contextmanager
    def world() -> Iterator[World]:
        town = Town.fresh(domain=domain)
        with serve(town) as url:
            yield World(settings_at(url), {**secrets, "NEW_PASSWORD": NEW_PASSWORD}, town.look)

    @contextmanager
    def with_wrong_credentials() -> Iterator[World]:
        with serve(Town.fresh(domain=domain)) as url:
            yield refused(url)

    def asked_for(**params: str) -> OpenWorld:
        @contextmanager
        def elsewhere() -> Iterator[World]:
            with world() as one:
                yield World(one.settings, one.secrets, one.look, params)

        return elsewhere

    def at(url: str) -> World:
        return World(settings_at(url), {**secrets, "NEW_PASSWORD": NEW_PASSWORD})

    nobody = asked_for(username=f"nobody{domain}")
    reading: dict[Fault, OpenWorld] = {**http_faults(at), "unauthenticated": with_wrong_credentials}
    del reading["not_found"]  # to a question, that nobody is there is an answer
    acting: dict[Fault, OpenWorld] = {**reading, "not_found": nobody}
    grouping = {**acting, "invalid": asked_for(group=f"no-group{domain}")}
    anna, ben, group = {"username": f"anna{domain}"}, {"username": f"ben{domain}"}, {"group": f"vpn-users{domain}"}
    password = {"password": "env:NEW_PASSWORD"}
    cases = [
        ContractCase("account", world, anna, expect={"exists": True, "enabled": True}, faults=reading),
        ContractCase("account", world, {"username": f"nobody{domain}"}, expect={"exists": False}, name="unknown"),
        ContractCase("member", world, anna | group, expect={"member": True}, faults=reading),
        ContractCase("member", world, ben | group, expect={"member": False, "group_exists": True}, name="not"),
        ContractCase("member", asked_for(group=f"no-group{domain}"), ben, expect={"group_exists": False}, name="no group"),
        ContractCase("add_to_group", world, ben | group, changes=True, expect={"member": True}, undo_restores=True,
                     faults=grouping),
        ContractCase("add_to_group", world, anna | group, expect={"member": True}, name="is already"),
        ContractCase("remove_from_group", world, anna | group, changes=True, expect={"member": False},
                     undo_restores=True, faults=grouping),
        ContractCase("set_enabled", world, anna | {"enabled": False}, changes=True, expect={"enabled": False},
                     undo_restores=True, faults=acting),
        ContractCase("set_enabled", world, anna | {"enabled": True}, expect={"enabled": True}, name="is already"),
        ContractCase("set_password", world, anna | password, changes=True, faults=acting),
        ContractCase("set_password", world, anna | password | {"must_change": False}, changes=True, name="for good"),
        ContractCase("revoke_sessions", world, anna, changes=True, faults=acting),
    ]  # fmt: skip
    if unlocks:
        lena = {"username": f"lena{domain}"}
        cases += [
            ContractCase("unlock", world, lena, changes=True, expect={"locked": False}, faults=acting),
            ContractCase("unlock", world, anna, expect={"locked": False}, name="was not locked"),
            ContractCase("account", world, lena, expect={"locked": True, "enabled": True}, name="locked"),
        ]
    return cases
