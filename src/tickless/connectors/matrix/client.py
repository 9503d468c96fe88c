"""The Client-Server API (Matrix v1.11, `/_matrix/client/v3`), as far as we need it. Blocks, but for `news`."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk.http import MAX_BODY, HttpClient, Reply, error_for, guard_url

_V3 = "/_matrix/client/v3"
_FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "ephemeral": {"types": []},
        "account_data": {"types": []},
        "state": {"types": ["m.room.member"], "lazy_load_members": True},
        "timeline": {"limit": 100},
    },
}


@dataclass(frozen=True)
class Matrix:
    """One account at one homeserver. Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected` from every method."""

    http: HttpClient

    @classmethod
    def at(cls, homeserver: str, *, token: str, ca_file: str) -> Matrix:
        return cls(HttpClient(homeserver, {"Authorization": f"Bearer {token}"}, verify=ca_file or True))

    def call(
        self, method: str, path: str, *, timeout: float, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Any:
        """One call. What this account may not do in a room is `Rejected`; a token that is not taken is `AuthFailed`."""
        reply = self.http.send(method, path, timeout=timeout, json=body, params=query, accept=frozenset({403, 429}))
        if reply.status >= 400:
            raise _told(reply, self.http)
        found = reply.json()
        if not isinstance(found, dict):
            raise Rejected("the homeserver answered something odd", detail=repr(reply.body[:200]))
        return found

    def whoami(self, *, timeout: float) -> str:
        return str(self.call("GET", f"{_V3}/account/whoami", timeout=timeout).get("user_id", ""))

    def send(self, room: str, kind: str, content: Mapping[str, Any], *, key: str, timeout: float) -> str:
        """Send an event once for each key (the transaction id), and return its id."""
        path = f"{_room(room)}/send/{quote(kind, safe='')}/{quote(key, safe='')}"
        return str(self.call("PUT", path, body=dict(content), timeout=timeout)["event_id"])

    def event(self, room: str, identity: str, *, timeout: float) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"{_room(room)}/event/{quote(identity, safe='')}", timeout=timeout)
        return found

    def members(self, room: str, *, timeout: float) -> dict[str, str]:
        """Who is in a room: user id → display name."""
        joined = self.call("GET", f"{_room(room)}/joined_members", timeout=timeout).get("joined")
        if not isinstance(joined, dict):
            return {}
        names = {user: one.get("display_name") for user, one in joined.items() if isinstance(one, dict)}
        return {user: name if isinstance(name, str) else "" for user, name in names.items()}

    def state(self, room: str, kind: str, *, timeout: float) -> dict[str, Any]:
        """A state event's content; empty where there is none."""
        path = f"{_room(room)}/state/{quote(kind, safe='')}/"
        reply = self.http.send("GET", path, timeout=timeout, accept=frozenset({404}))
        found = {} if reply.status == 404 else reply.json()
        return found if isinstance(found, dict) else {}

    def in_thread(self, room: str, root: str, *, timeout: float) -> list[dict[str, Any]]:
        """The newest events of a thread, at most fifty."""
        path = f"/_matrix/client/v1/rooms/{quote(room, safe='')}/relations/{quote(root, safe='')}/m.thread"
        return _events(self.call("GET", path, timeout=timeout, query={"limit": "50"}))

    def before(self, room: str, start: str, *, until: str, timeout: float) -> tuple[list[dict[str, Any]], str]:
        """Events before a point, the newest first, and the point where to go on; empty at the end."""
        query = {"dir": "b", "from": start, "to": until, "limit": "100"}
        found = self.call("GET", f"{_room(room)}/messages", timeout=timeout, query=query)
        return _events(found), str(found.get("end") or "")

    def direct_rooms(self, me: str, *, timeout: float) -> dict[str, list[str]]:
        """The account's own list of its direct rooms: user id → rooms."""
        path = f"{_V3}/user/{quote(me, safe='')}/account_data/m.direct"
        reply = self.http.send("GET", path, timeout=timeout, accept=frozenset({404}))
        found = {} if reply.status == 404 else reply.json()
        rooms = found.items() if isinstance(found, dict) else ()
        return {user: [one for one in own if isinstance(one, str)] for user, own in rooms if isinstance(own, list)}

    def open_direct(self, me: str, user: str, known: dict[str, list[str]], *, timeout: float) -> str:
        """A new direct room with somebody, who is invited; it is noted in the account's own list."""
        asked = {"preset": "trusted_private_chat", "is_direct": True, "invite": [user]}
        room = str(self.call("POST", f"{_V3}/createRoom", body=asked, timeout=timeout)["room_id"])
        noted = {**known, user: [*known.get(user, []), room]}
        self.call("PUT", f"{_V3}/user/{quote(me, safe='')}/account_data/m.direct", body=noted, timeout=timeout)
        return room

    def join(self, room: str, *, timeout: float) -> None:
        self.call("POST", f"{_V3}/join/{quote(room, safe='')}", timeout=timeout, body={})

    def leave(self, room: str, *, timeout: float) -> None:
        self.call("POST", f"{_room(room)}/leave", timeout=timeout, body={})

    async def news(self, since: str | None, *, wait: float) -> dict[str, Any]:
        """What happened since then; waits this many seconds for something to happen. Can be cancelled at any moment."""
        url = f"{self.http.base_url.rstrip('/')}{_V3}/sync"
        await asyncio.to_thread(guard_url, url, allow_private=self.http.allow_private)
        query = {"timeout": str(int(wait * 1_000)), "filter": json.dumps(_FILTER), "set_presence": "offline"}
        query |= {"since": since} if since else {}
        try:
            async with httpx2.AsyncClient(
                verify=_trust(self.http.verify), timeout=wait + 20, follow_redirects=False, trust_env=False
            ) as client:
                answer = await client.get(url, params=query, headers=dict(self.http.headers))
        except httpx2.HTTPError as error:
            raise Unreachable(f"{urlsplit(url).hostname} did not answer", detail=type(error).__name__) from error
        reply = Reply(answer.status_code, dict(answer.headers), answer.content[: MAX_BODY * 10], 0.0)
        if reply.status >= 400:
            raise _told(reply, self.http)
        found = reply.json()
        if not isinstance(found, dict) or not isinstance(found.get("next_batch"), str):
            raise Rejected("the homeserver answered something odd", detail=repr(reply.body[:200]))
        return found


@lru_cache(maxsize=8)
def _trust(verify: bool | str) -> ssl.SSLContext:
    """Certificates are always checked. Making a context takes a while, so it is kept."""
    return ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)


def _room(room: str) -> str:
    return f"{_V3}/rooms/{quote(room, safe='')}"


def _events(found: Any) -> list[dict[str, Any]]:
    chunk = found.get("chunk") if isinstance(found, dict) else None
    return [event for event in chunk if isinstance(event, dict)] if isinstance(chunk, list) else []


def _told(reply: Reply, http: HttpClient) -> OutsideError:
    """The house's error, by Matrix's own code where there is one."""
    host = urlsplit(http.base_url).hostname or "the homeserver"
    secrets = [part for value in http.headers.values() for part in (value, value.rpartition(" ")[2])]
    try:
        said = json.loads(reply.body)
    except ValueError:
        said = {}
    code = said.get("errcode") if isinstance(said, dict) else None
    detail = redact_secrets(reply.body.decode(errors="replace"), secrets)[:500]
    if reply.status == 403 and code == "M_FORBIDDEN":
        return Rejected("we may not do this in this room", detail=detail)
    if code == "M_LIMIT_EXCEEDED":
        after = said.get("retry_after_ms")
        return RateLimited(
            f"{host} asks us to slow down", after=after / 1_000 if isinstance(after, int) else 5.0, detail=detail
        )
    if code in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"}:
        return AuthFailed(
            f"{host} does not take our access token", detail=detail, mend="make a new one, see the README"
        )
    return error_for(reply, host, hide=secrets)
