"""A real SCIM 2.0 server (scim2-server) with people and a group, behind a bearer token."""

from __future__ import annotations

import json
import secrets
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder
from tests.servers.shared import shared

PEOPLE = {"anna": "Anna Schmidt", "ben": "Ben Okafor", 'quo"te\\d': "Quo Ted"}
GROUPS = {"vpn-users": ("anna",), "wiki-editors": ()}


@dataclass(frozen=True)
class Scim:
    """A running SCIM server. `people` and `groups`: name → resource id."""

    url: str
    token: str
    people: dict[str, str]
    groups: dict[str, str]

    def read(self, path: str) -> Any:
        """A resource as the server has it."""
        return _send(self.url, self.token, "GET", path)

    def members(self, group: str) -> set[str]:
        """Ids of a group's members."""
        return {member["value"] for member in self.read(f"Groups/{self.groups[group]}").get("members", [])}

    def restore(self) -> None:
        """Everybody active, the first members in every group."""
        there = {user["id"]: user["userName"] for user in self.read("Users?count=100")["Resources"]}
        for identifier, name in there.items():
            if self.people.get(name) != identifier:
                _send(self.url, self.token, "DELETE", f"Users/{identifier}")
        for name, identifier in list(self.people.items()):
            if identifier not in there:
                self.people[name] = _add_user(self.url, self.token, name, PEOPLE[name])
            else:
                _send(self.url, self.token, "PUT", f"Users/{identifier}", _user(name, PEOPLE[name]))
        for name, identifier in self.groups.items():
            members = [self.people[member] for member in GROUPS[name]]
            _send(self.url, self.token, "PUT", f"Groups/{identifier}", _group(name, members))


@contextmanager
def run_scim() -> Iterator[Scim]:
    """Start a server in its first state; it keeps everything in memory."""
    port, token = free_port(), secrets.token_hex(12)
    with own_folder("scim") as folder:
        command = [sys.executable, "-m", "scim2_server.testserver.cli"]
        daemon = Program(
            [*command, "--hostname", HOST, "--port", str(port), "--bearer-token", token], log=folder / "log"
        )
        daemon.start(lambda: listens(port))
        try:
            url = f"http://{HOST}:{port}/v2"
            people = {name: _add_user(url, token, name, display) for name, display in PEOPLE.items()}
            groups = {
                name: _add_group(url, token, name, [people[member] for member in members])
                for name, members in GROUPS.items()
            }
            yield Scim(url, token, people, groups)
        finally:
            daemon.stop()


def fresh_scim() -> Scim:
    """The server that this process shares, everybody and every group as at first."""
    server = shared("scim", run_scim)
    server.restore()
    return server


@pytest.fixture
def scim() -> Scim:
    """A server in its first state. Started once per session."""
    return fresh_scim()


def _add_user(url: str, token: str, username: str, display: str) -> str:
    return str(_send(url, token, "POST", "Users", _user(username, display))["id"])


def _user(username: str, display: str) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": username,
        "displayName": display,
        "active": True,
    }


def _add_group(url: str, token: str, name: str, members: list[str]) -> str:
    return str(_send(url, token, "POST", "Groups", _group(name, members))["id"])


def _group(name: str, members: list[str]) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": [{"value": member} for member in members],
    }


def _send(url: str, token: str, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{url}/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")
