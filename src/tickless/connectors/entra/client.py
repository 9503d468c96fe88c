"""The part of Microsoft Graph v1.0 that accounts and groups need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tickless.connectors.entra.settings import Settings
from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk import Call
from tickless.sdk.capabilities.directory import AccountState
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.people import Person
from tickless.sdk.receiving import read_time

FIELDS = "id,displayName,accountEnabled,userPrincipalName,lastPasswordChangeDateTime,signInSessionsValidFromDateTime"
MOST_PAGES = 20
Row = Mapping[str, Any]


def literal(value: str) -> str:
    """A value inside an OData filter: quotes are doubled, so nothing in it can end the literal."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Entra:
    """One tenant (`sdk.people.Directory`). By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline

    def person(self, username: str) -> Person | None:
        path = f"/users/{quote(username, safe='@')}?$select={FIELDS}"
        reply = self.http.send("GET", path, timeout=self.deadline.left(), accept=frozenset({404}))
        if reply.status == 404:
            return None
        row = _mapping(reply.json())
        identifier = row.get("id")
        if not isinstance(identifier, str) or not identifier:
            raise Rejected("Graph answered with a user that has no id")
        state = AccountState(
            exists=True,
            enabled=row.get("accountEnabled") is True,
            password_changed_at=read_time(row.get("lastPasswordChangeDateTime")),
            display_name=_text(row, "displayName"),
            groups=tuple(sorted(_text(group, "displayName") for group in self._groups_of(identifier))),
        )
        return Person(identifier, username, state, read_time(row.get("signInSessionsValidFromDateTime")))

    def group(self, name: str) -> str | None:
        query = urlencode({"$filter": f"displayName eq {literal(name)}", "$select": "id", "$top": 2}, safe="$")
        found = self._rows(_mapping(self.http.get(f"/groups?{query}", timeout=self.deadline.left()).json()))
        if len(found) > 1:
            raise Rejected("Entra knows several groups by this name")
        return _text(found[0], "id") or None if found else None

    def is_member(self, group: str, person: Person) -> bool:
        return any(_text(row, "id") == group for row in self._groups_of(person.id))

    def set_member(self, group: str, person: Person, *, wanted: bool) -> None:
        members = f"/groups/{quote(group, safe='')}/members"
        if wanted:
            body = {"@odata.id": f"{self.http.base_url}/directoryObjects/{person.id}"}
            self.http.send("POST", f"{members}/$ref", timeout=self.deadline.left(), json=body)
        else:
            path = f"{members}/{quote(person.id, safe='')}/$ref"
            self.http.send("DELETE", path, timeout=self.deadline.left(), accept=frozenset({404}))

    def set_enabled(self, person: Person, *, enabled: bool) -> None:
        self._patch(person, {"accountEnabled": enabled})

    def set_password(self, person: Person, password: str, *, must_change: bool) -> None:
        profile = {"password": password, "forceChangePasswordNextSignIn": must_change}
        try:
            self._patch(person, {"passwordProfile": profile})
        except Rejected as error:  # Graph tells what it does not like of a password, and may repeat it
            raise Rejected("Entra refused the password", mend="it has to fit the tenant's password policy") from error

    def revoke_sessions(self, person: Person) -> None:
        path = f"/users/{quote(person.id, safe='')}/revokeSignInSessions"
        self.http.send("POST", path, timeout=self.deadline.left(), json={})

    def _patch(self, person: Person, body: Row) -> None:
        self.http.send("PATCH", f"/users/{quote(person.id, safe='')}", timeout=self.deadline.left(), json=dict(body))

    def _groups_of(self, identifier: str) -> list[Row]:
        path = f"/users/{quote(identifier, safe='')}/memberOf/microsoft.graph.group?$select=id,displayName&$top=100"
        return list(self._pages(path))

    def _pages(self, path: str) -> Iterator[Row]:
        for _ in range(MOST_PAGES):
            page = _mapping(self.http.get(path, timeout=self.deadline.left()).json())
            yield from self._rows(page)
            following = page.get("@odata.nextLink")
            if not isinstance(following, str) or not following:
                return
            path = self._own(following)
        raise Rejected("this account is in more groups than are read", detail=f"{MOST_PAGES} pages")

    def _own(self, url: str) -> str:
        """A link to the next page, as a path of our own base: a link to anywhere else is not followed."""
        base = urlsplit(self.http.base_url)
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) != (base.scheme, base.netloc) or not parts.path.startswith(base.path):
            raise Rejected("Graph's next page is somewhere else", detail=url[:200])
        return f"{parts.path.removeprefix(base.path)}?{parts.query}"

    @staticmethod
    def _rows(page: Row) -> list[Row]:
        found = page.get("value")
        if not isinstance(found, list):
            raise Rejected("Graph did not answer with a list")
        return [row for row in found if isinstance(row, Mapping)]


def connect(call: Call) -> Entra:
    """The tenant of the call's settings, signed in as the app itself (client credentials)."""
    settings: Settings = call.settings
    deadline = Deadline.within(call.timeout, who="Microsoft Graph")
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": call.secret(settings.client_secret),
        "scope": settings.scope,
    }
    login = HttpClient(settings.login_url, {"content-type": "application/x-www-form-urlencoded"})
    path = f"/{settings.tenant}/oauth2/v2.0/token"
    reply = login.send(
        "POST", path, timeout=deadline.left(), content=urlencode(form).encode(), accept=frozenset({400, 401})
    )
    if reply.status in {400, 401}:
        raise AuthFailed("Entra refused our app", mend="look at the app's id and secret, and when the secret ends")
    token = _text(_mapping(reply.json()), "access_token")
    if not token:
        raise AuthFailed("Entra let us in without a token")
    return Entra(HttpClient(settings.graph_url, {"authorization": f"Bearer {token}"}), deadline)


def _mapping(value: Any) -> Row:
    if not isinstance(value, Mapping):
        raise Rejected("Graph did not answer with an object")
    return value


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
