"""Microsoft Graph v1.0 on loopback (a stand-in, after its reference): client credentials, OData filters, pages, `$ref`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.servers.idp import Someone, Town

from tickless.sdk.testing import Answer, serve
from tickless.sdk.testing.fakes import Asked, LoopbackServer

CLIENT, SECRET, TOKEN = "11111111-2222-3333-4444-555555555555", "entra-secret-a07b-very-secret", "graph-token-61c4"
PAGE = 2


def problem(status: int, code: str, text: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": text, "innerError": {"request-id": "0"}}})


class Graph:
    """Answers requests about a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.server: LoopbackServer | None = None

    def answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/oauth2/v2.0/token"):
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "InvalidAuthenticationToken", "Access token is empty.")
        path = unquote(asked.path.removeprefix("/v1.0"))
        if path == "/groups":
            return self._groups(asked)
        if found := re.fullmatch(r"/groups/([^/]+)/members(?:/([^/]+))?/\$ref", path):
            return self._members(asked, found[1], found[2])
        if found := re.fullmatch(r"/users/([^/]+)(/.+)?", path):
            one = self.town.someone(found[1])
            if one is None:
                return problem(404, "Request_ResourceNotFound", f"Resource '{found[1]}' does not exist")
            return self._user(asked, one, found[2] or "")
        return problem(400, "BadRequest", "Resource not found for the segment")

    def _token(self, asked: Asked) -> Answer:
        form = parse_qs(asked.body.decode())
        if form.get("client_id") != [CLIENT] or form.get("client_secret") != [SECRET]:
            return Answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215"})
        if form.get("grant_type") != ["client_credentials"] or not form.get("scope", [""])[0].endswith("/.default"):
            return Answer(400, {"error": "invalid_scope"})
        return Answer(body={"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})

    def _user(self, asked: Asked, one: Someone, rest: str) -> Answer:
        if rest == "" and asked.method == "GET":
            return Answer(body={
                "id": one.id, "userPrincipalName": one.username, "displayName": one.username.title(),
                "accountEnabled": one.enabled,
                "lastPasswordChangeDateTime": one.changed_at.isoformat().replace("+00:00", "Z"),
                "signInSessionsValidFromDateTime": one.signed_out_at.isoformat().replace("+00:00", "Z"),
            })  # fmt: skip
        if rest == "" and asked.method == "PATCH":
            return self._change(one, asked.json())
        if rest == "/revokeSignInSessions" and asked.method == "POST":
            self.town.end_sessions(one)
            return Answer(body={"value": True})
        if rest == "/memberOf/microsoft.graph.group":
            return self._page(asked, [name for name, members in self.town.groups.items() if one.id in members])
        return problem(400, "BadRequest", "no such thing")

    def _change(self, one: Someone, body: dict[str, Any]) -> Answer:
        one.enabled = body.get("accountEnabled", one.enabled)
        if profile := body.get("passwordProfile"):
            if len(profile["password"]) < 8:
                return problem(400, "Request_BadRequest", f"The password {profile['password']} does not comply")
            self.town.set_password(one, profile["password"])
            one.must_change = profile["forceChangePasswordNextSignIn"]
        return Answer(204)

    def _page(self, asked: Asked, names: list[str]) -> Answer:
        skip = int(asked.query.get("$skiptoken", ["0"])[0])
        rows = [{"id": f"g-{name}", "displayName": name} for name in sorted(names)[skip : skip + PAGE]]
        more = skip + PAGE < len(names)
        assert self.server is not None
        following = {"@odata.nextLink": f"{self.server.url}{asked.path}?$skiptoken={skip + PAGE}"} if more else {}
        return Answer(body={"@odata.context": "x", "value": rows, **following})

    def _groups(self, asked: Asked) -> Answer:
        found = re.fullmatch(r"displayName eq '((?:[^']|'')*)'", asked.query.get("$filter", [""])[0])
        if found is None:
            return problem(400, "Request_UnsupportedQuery", "Unsupported query")
        name = found[1].replace("''", "'")
        return Answer(body={"value": [{"id": f"g-{name}"}] if name in self.town.groups else []})

    def _members(self, asked: Asked, group: str, member: str | None) -> Answer:
        members = self.town.groups.get(group.removeprefix("g-"))
        if members is None:
            return problem(404, "Request_ResourceNotFound", "no such group")
        if asked.method == "DELETE" and member:
            if member not in members:
                return problem(404, "Request_ResourceNotFound", "no such member")
            members.discard(member)
            return Answer(204)
        added = asked.json()["@odata.id"].rpartition("/directoryObjects/")[2]
        if added in members:
            return problem(400, "Request_BadRequest", "One or more added object references already exist")
        members.add(added)
        return Answer(204)


@contextmanager
def serve_graph(town: Town) -> Iterator[str]:
    """Run one; gives its base URL, without `/v1.0`."""
    graph = Graph(town)
    with serve(graph.answer) as server:
        graph.server = server
        yield server.url
