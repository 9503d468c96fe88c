"""Okta's management API on loopback (a stand-in, after its reference): statuses, lifecycles, links to pages, rate limits."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tests.servers.idp import Someone, Town

from tickless.sdk.testing import Answer, serve
from tickless.sdk.testing.fakes import Asked, LoopbackServer

TOKEN = "okta-token-90be-very-secret"
PAGE = 2


def problem(status: int, code: str, text: str) -> Answer:
    return Answer(
        status, {"errorCode": code, "errorSummary": text, "errorLink": code, "errorId": "oae", "errorCauses": []}
    )


class Org:
    """Answers requests about a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.server: LoopbackServer | None = None

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"SSWS {TOKEN}":
            return problem(401, "E0000011", "Invalid token provided")
        path = unquote(asked.path.removeprefix("/api/v1"))
        if path == "/groups":
            found = re.fullmatch(r'profile\.name eq (".*")', asked.query.get("search", [""])[0])
            name = json.loads(found[1]) if found else ""
            return Answer(body=[_group(name)] if name in self.town.groups else [])
        if found := re.fullmatch(r"/groups/([^/]+)/users/([^/]+)", path):
            return self._membership(asked.method, found[1], found[2])
        if found := re.fullmatch(r"/users/([^/]+)(/.+)?", path):
            one = self.town.someone(found[1])
            if one is None:
                return problem(404, "E0000007", f"Not found: Resource not found: {found[1]} (User)")
            return self._user(asked, one, found[2] or "")
        return problem(404, "E0000022", "The endpoint does not support the provided HTTP method")

    def _membership(self, method: str, group: str, member: str) -> Answer:
        members = self.town.groups.get(group.removeprefix("00g-"))
        if members is None:
            return problem(404, "E0000007", "Not found: Resource not found")
        (members.add if method == "PUT" else members.discard)(member)
        return Answer(204)

    def _user(self, asked: Asked, one: Someone, rest: str) -> Answer:
        if rest == "" and asked.method == "GET":
            return Answer(body=_user(one))
        if rest == "" and asked.method == "POST":
            password = asked.json()["credentials"]["password"]["value"]
            if len(password) < 8:
                return problem(400, "E0000001", f"Api validation failed: password {password}")
            self.town.set_password(one, password)
            one.must_change = False
            return Answer(body=_user(one))
        if rest == "/groups":
            return self._groups_of(asked, one)
        if rest == "/sessions" and asked.method == "DELETE":
            self.town.end_sessions(one)
            return Answer(204)
        return self._lifecycle(one, rest.removeprefix("/lifecycle/"))

    @staticmethod
    def _lifecycle(one: Someone, verb: str) -> Answer:
        if verb == "unlock":
            if not one.locked:
                return problem(403, "E0000032", "Unlock is not allowed for this user")
            one.locked = False
        elif verb in {"suspend", "unsuspend"}:
            if one.enabled != (verb == "suspend"):
                return problem(400, "E0000001", "Cannot suspend a user that is not active")
            one.enabled = verb == "unsuspend"
        elif verb == "expire_password":
            one.must_change = True
        else:
            return problem(404, "E0000022", "no such thing")
        return Answer(body={})

    def _groups_of(self, asked: Asked, one: Someone) -> Answer:
        names = sorted(name for name, members in self.town.groups.items() if one.id in members)
        start = int(asked.query.get("after", ["0"])[0])
        assert self.server is not None
        here = f"{self.server.url}{asked.path}"
        links = f'<{here}?limit=200>; rel="self"'
        if start + PAGE < len(names):
            links += f', <{here}?after={start + PAGE}&limit=200>; rel="next"'
        return Answer(body=[_group(name) for name in names[start : start + PAGE]], headers={"link": links})


def _group(name: str) -> dict[str, Any]:
    return {"id": f"00g-{name}", "type": "OKTA_GROUP", "profile": {"name": name}}


def _user(one: Someone) -> dict[str, Any]:
    status = "LOCKED_OUT" if one.locked else "PASSWORD_EXPIRED" if one.must_change else "ACTIVE"
    return {
        "id": one.id,
        "status": status if one.enabled else "SUSPENDED",
        "statusChanged": dt.datetime(2026, 2, 1, tzinfo=dt.UTC).isoformat().replace("+00:00", "Z"),
        "passwordChanged": one.changed_at.isoformat().replace("+00:00", "Z"),
        "profile": {"login": one.username, "firstName": one.username.title(), "lastName": "Schmidt"},
    }


@contextmanager
def serve_okta(town: Town) -> Iterator[str]:
    """Run one; gives its base URL."""
    org = Org(town)
    with serve(org.answer) as server:
        org.server = server
        yield server.url
