"""The part of Okta's management API that accounts and groups need (developer.okta.com: Users, Groups)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tickless.connectors.okta.settings import Settings
from tickless.domain.errors import RateLimited, Rejected
from tickless.sdk import Call
from tickless.sdk.capabilities.directory import AccountState
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient, Reply
from tickless.sdk.people import Person
from tickless.sdk.receiving import read_time

API = "/api/v1"
MOST_PAGES = 20
USABLE = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Okta:
    """One organisation (`sdk.people.Unlocking`). By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline

    def person(self, username: str) -> Person | None:
        reply = self._send("GET", f"/users/{quote(username, safe='@')}", accept=frozenset({404}))
        if reply.status == 404:
            return None
        row = _mapping(reply.json())
        identifier, status = _text(row, "id"), _text(row, "status")
        if not identifier:
            raise Rejected("Okta answered with a user that has no id")
        profile = row.get("profile")
        names = _mapping(profile) if isinstance(profile, Mapping) else {}
        state = AccountState(
            exists=True,
            enabled=status in USABLE,
            locked=status == "LOCKED_OUT",
            locked_since=read_time(row.get("statusChanged")) if status == "LOCKED_OUT" else None,
            password_expired=status == "PASSWORD_EXPIRED",
            password_changed_at=read_time(row.get("passwordChanged")),
            must_change_password=status == "PASSWORD_EXPIRED",
            display_name=f"{_text(names, 'firstName')} {_text(names, 'lastName')}".strip(),
            groups=tuple(sorted(_name(group) for group in self._groups_of(identifier))),
        )
        return Person(identifier, username, state)

    def group(self, name: str) -> str | None:
        query = urlencode({"search": f'profile.name eq "{_escaped(name)}"', "limit": 3})
        found = [row for row in self._rows(self._send("GET", f"/groups?{query}")) if _name(row) == name]
        if len(found) > 1:
            raise Rejected("Okta knows several groups by this name")
        return _text(found[0], "id") or None if found else None

    def is_member(self, group: str, person: Person) -> bool:
        return any(_text(row, "id") == group for row in self._groups_of(person.id))

    def set_member(self, group: str, person: Person, *, wanted: bool) -> None:
        path = f"/groups/{quote(group, safe='')}/users/{quote(person.id, safe='')}"
        self._send("PUT" if wanted else "DELETE", path)

    def set_enabled(self, person: Person, *, enabled: bool) -> None:
        """Suspended and back: a deactivated account would lose its apps, which nothing brings back."""
        self._send("POST", f"{self._user(person)}/lifecycle/{'unsuspend' if enabled else 'suspend'}")

    def set_password(self, person: Person, password: str, *, must_change: bool) -> None:
        body = {"credentials": {"password": {"value": password}}}
        try:
            self._send("POST", self._user(person), body=body)
        except Rejected as error:  # Okta tells what it does not like of a password, and may repeat it
            raise Rejected("Okta refused the password", mend="it has to fit the password policy") from error
        if must_change:
            self._send("POST", f"{self._user(person)}/lifecycle/expire_password")

    def revoke_sessions(self, person: Person) -> None:
        self._send("DELETE", f"{self._user(person)}/sessions?oauthTokens=true")

    def unlock(self, person: Person) -> None:
        self._send("POST", f"{self._user(person)}/lifecycle/unlock")

    @staticmethod
    def _user(person: Person) -> str:
        return f"/users/{quote(person.id, safe='')}"

    def _groups_of(self, identifier: str) -> list[Row]:
        return list(self._pages(f"/users/{quote(identifier, safe='')}/groups?limit=200"))

    def _pages(self, path: str) -> Iterator[Row]:
        for _ in range(MOST_PAGES):
            reply = self._send("GET", path)
            yield from self._rows(reply)
            links = next((value for name, value in reply.headers.items() if name.lower() == "link"), "")
            following = _NEXT.search(links)
            if following is None:
                return
            path = self._own(following[1])
        raise Rejected("this account is in more groups than are read", detail=f"{MOST_PAGES} pages")

    def _own(self, url: str) -> str:
        """A link to the next page as a path of our own base: a link to anywhere else is not followed."""
        base, parts = urlsplit(self.http.base_url), urlsplit(url)
        if (parts.scheme, parts.netloc) != (base.scheme, base.netloc) or not parts.path.startswith(API + "/"):
            raise Rejected("Okta's next page is somewhere else", detail=url[:200])
        return f"{parts.path.removeprefix(API)}?{parts.query}"

    def _send(self, method: str, path: str, *, body: Any = None, accept: frozenset[int] = frozenset()) -> Reply:
        reply = self.http.send(method, API + path, timeout=self.deadline.left(), json=body, accept=accept | {429})
        if reply.status == 429:
            raise RateLimited("Okta asks us to slow down", after=_until_reset(reply))
        return reply

    @staticmethod
    def _rows(reply: Reply) -> list[Row]:
        found = reply.json()
        if not isinstance(found, list):
            raise Rejected("Okta did not answer with a list")
        return [row for row in found if isinstance(row, Mapping)]


def connect(call: Call) -> Okta:
    """The organisation of the call's settings."""
    settings: Settings = call.settings
    headers = {"authorization": f"SSWS {call.secret(settings.token)}", "accept": "application/json"}
    return Okta(HttpClient(settings.url, headers), Deadline.within(call.timeout, who="Okta"))


def _until_reset(reply: Reply) -> float:
    """Okta says when it takes requests again, in seconds since 1970."""
    told = next((value for name, value in reply.headers.items() if name.lower() == "x-rate-limit-reset"), "")
    return min(max(float(told) - time.time(), 1.0), 300.0) if told.isascii() and told.isdigit() else 60.0


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _name(group: Row) -> str:
    profile = group.get("profile")
    return _text(profile, "name") if isinstance(profile, Mapping) else ""


def _mapping(value: Any) -> Row:
    if not isinstance(value, Mapping):
        raise Rejected("Okta did not answer with an object")
    return value


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
