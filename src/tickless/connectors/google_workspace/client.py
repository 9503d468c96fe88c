"""The part of the Directory API that accounts and groups need (developers.google.com/admin-sdk/directory)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tickless.connectors.google_workspace.proof import access_token
from tickless.connectors.google_workspace.settings import Settings
from tickless.domain.errors import AuthFailed, RateLimited, Rejected
from tickless.sdk import Call
from tickless.sdk.capabilities.directory import AccountState
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient, Reply
from tickless.sdk.people import Person

API = "/admin/directory/v1"
MOST_PAGES = 20
TOO_FAST = frozenset({"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"})
"""What Google also says with status 403."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Workspace:
    """One Workspace (`sdk.people.Directory`). By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline

    def person(self, username: str) -> Person | None:
        reply = self._send("GET", f"/users/{quote(username, safe='@')}", accept=frozenset({404}))
        if reply.status == 404:
            return None
        row = _mapping(reply.json())
        identifier = _text(row, "id")
        if not identifier:
            raise Rejected("Google answered with a user that has no id")
        name = row.get("name")
        state = AccountState(
            exists=True,
            enabled=row.get("suspended") is not True,
            must_change_password=row.get("changePasswordAtNextLogin") is True,
            display_name=_text(name, "fullName") if isinstance(name, Mapping) else "",
            groups=tuple(sorted(_text(group, "email") for group in self._groups_of(identifier))),
        )
        return Person(identifier, username, state)

    def group(self, name: str) -> str | None:
        reply = self._send("GET", f"/groups/{quote(name, safe='@')}", accept=frozenset({404}))
        return None if reply.status == 404 else _text(_mapping(reply.json()), "id") or None

    def is_member(self, group: str, person: Person) -> bool:
        path = f"/groups/{quote(group, safe='')}/members/{quote(person.id, safe='')}"
        return self._send("GET", path, accept=frozenset({404})).status != 404

    def set_member(self, group: str, person: Person, *, wanted: bool) -> None:
        members = f"/groups/{quote(group, safe='')}/members"
        if wanted:
            self._send("POST", members, body={"id": person.id, "role": "MEMBER"}, accept=frozenset({409}))
        else:
            self._send("DELETE", f"{members}/{quote(person.id, safe='')}", accept=frozenset({404}))

    def set_enabled(self, person: Person, *, enabled: bool) -> None:
        self._send("PATCH", self._user(person), body={"suspended": not enabled})

    def set_password(self, person: Person, password: str, *, must_change: bool) -> None:
        body = {"password": password, "changePasswordAtNextLogin": must_change}
        try:
            self._send("PATCH", self._user(person), body=body)
        except Rejected as error:
            raise Rejected("Google refused the password", mend="it has to fit the password policy") from error

    def revoke_sessions(self, person: Person) -> None:
        self._send("POST", f"{self._user(person)}/signOut")

    @staticmethod
    def _user(person: Person) -> str:
        return f"/users/{quote(person.id, safe='')}"

    def _groups_of(self, identifier: str) -> Iterator[Row]:
        token = ""
        for _ in range(MOST_PAGES):
            query = urlencode({"userKey": identifier, "maxResults": 200, **({"pageToken": token} if token else {})})
            page = _mapping(self._send("GET", f"/groups?{query}").json())
            rows = page.get("groups", [])
            if not isinstance(rows, list):
                raise Rejected("Google did not answer with a list")
            yield from (row for row in rows if isinstance(row, Mapping))
            token = _text(page, "nextPageToken")
            if not token:
                return
        raise Rejected("this account is in more groups than are read", detail=f"{MOST_PAGES} pages")

    def _send(self, method: str, path: str, *, body: Any = None, accept: frozenset[int] = frozenset()) -> Reply:
        reply = self.http.send(method, API + path, timeout=self.deadline.left(), json=body, accept=accept | {403})
        if reply.status != 403:
            return reply
        if _reasons(reply) & TOO_FAST:
            raise RateLimited("Google asks us to slow down", after=10.0)
        raise AuthFailed("Google does not let us do that (403)", mend="look at the scopes and the role of `acts_as`")


def connect(call: Call) -> Workspace:
    """The Workspace of the call's settings, signed in for this call."""
    settings: Settings = call.settings
    deadline = Deadline.within(call.timeout, who="Google")
    token = access_token(settings, call.secret(settings.key), now=call.now, deadline=deadline)
    return Workspace(HttpClient(settings.api_url, {"authorization": f"Bearer {token}"}), deadline)


def _reasons(reply: Reply) -> set[str]:
    try:
        errors = json.loads(reply.body)["error"]["errors"]
        return {str(error["reason"]) for error in errors}
    except (ValueError, KeyError, TypeError):
        return set()


def _mapping(value: Any) -> Row:
    if not isinstance(value, Mapping):
        raise Rejected("Google did not answer with an object")
    return value


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
