"""The part of SCIM 2.0 that accounts and groups need (RFC 7644: 3.4.2 query, 3.5.2 PATCH)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tickless.connectors.scim.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

MEDIA = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def quoted(value: str) -> str:
    """A value as a filter literal: SCIM takes JSON strings (RFC 7644, 3.4.2.2), so nothing in it can end the literal."""
    return json.dumps(value)


@dataclass(frozen=True)
class Resource:
    """A user or a group as the service has it."""

    id: str
    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        """An attribute as text; empty if it is none."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def parts(self, name: str, sub: str) -> tuple[str, ...]:
        """One sub-attribute of every value of a multi-valued attribute."""
        values = self.data.get(name)
        found = [value.get(sub) for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []
        return tuple(part for part in found if isinstance(part, str))


@dataclass(frozen=True)
class Scim:
    """One SCIM service. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline
    group_attribute: str

    def user(self, username: str) -> Resource | None:
        """The user with this `userName`; None when there is none. Raises `Rejected` when there are several."""
        return self._one("Users", f"userName eq {quoted(username)}")

    def group(self, name: str) -> Resource | None:
        """The group with this name; None when there is none. Raises `Rejected` when there are several."""
        return self._one("Groups", f"{self.group_attribute} eq {quoted(name)}")

    def create(self, user: Mapping[str, Any]) -> Resource:
        """Make a user (RFC 7644, 3.3). Raises `Rejected` where the name is taken."""
        body = json.dumps({"schemas": [USER], **user}).encode()
        reply = self.http.send(
            "POST", "/Users", timeout=self.deadline.left(), content=body, headers={"content-type": MEDIA}
        )
        return _resource(reply.json())

    def delete(self, user: Resource) -> None:
        """Delete a user (RFC 7644, 3.6)."""
        self.http.send("DELETE", f"/Users/{quote(user.id, safe='')}", timeout=self.deadline.left())

    def set_active(self, user: Resource, *, active: bool) -> None:
        """Enable or disable a user."""
        self._patch("Users", user.id, {"op": "replace", "path": "active", "value": active})

    def add_member(self, group: Resource, user: Resource) -> None:
        """Add a user to a group."""
        self._patch("Groups", group.id, {"op": "add", "path": "members", "value": [{"value": user.id}]})

    def remove_member(self, group: Resource, user: Resource) -> None:
        """Take a user out of a group."""
        self._patch("Groups", group.id, {"op": "remove", "path": f"members[value eq {quoted(user.id)}]"})

    def _one(self, kind: str, query: str) -> Resource | None:
        page = self.http.get(f"/{kind}", timeout=self.deadline.left(), params={"filter": query, "count": 2}).json()
        found = page.get("Resources", []) if isinstance(page, dict) else None
        if not isinstance(found, list):
            raise Rejected("the SCIM service did not answer with a list")
        if len(found) > 1:
            raise Rejected("the SCIM service knows several entries by this name")
        return _resource(found[0]) if found else None

    def _patch(self, kind: str, identifier: str, operation: Mapping[str, Any]) -> None:
        body = json.dumps({"schemas": [PATCH_OP], "Operations": [operation]}).encode()
        path = f"/{kind}/{quote(identifier, safe='')}"
        self.http.send("PATCH", path, timeout=self.deadline.left(), content=body, headers={"content-type": MEDIA})


def connect(call: Call) -> Scim:
    """The SCIM service of the call's settings."""
    settings: Settings = call.settings
    headers = {"authorization": f"Bearer {call.secret(settings.token)}", "accept": MEDIA}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    return Scim(http, Deadline.within(call.timeout, who="the SCIM service"), settings.group_attribute)


def _resource(data: object) -> Resource:
    identifier = data.get("id") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(identifier, str) or not identifier:
        raise Rejected("the SCIM service answered with an entry that has no id")
    return Resource(identifier, data)
