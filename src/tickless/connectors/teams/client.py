"""The Bot Connector's REST API (v3), as far as we need it. Blocks. Nothing but the addresses of the settings is called."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tickless.connectors.teams.settings import Settings
from tickless.domain.errors import AuthFailed, Forbidden, Rejected
from tickless.sdk.http import HttpClient

EARLY = dt.timedelta(minutes=5)
"""A token is renewed so long before its end."""


@dataclass
class Tokens:
    """Access tokens by app, organisation and address of the sign-in, kept until shortly before their end."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _held: dict[tuple[str, ...], tuple[str, dt.datetime]] = field(default_factory=dict)

    def token(self, settings: Settings, *, secret: str, now: dt.datetime, timeout: float) -> str:
        """A token for the Bot Connector. Raises `AuthFailed` when app, organisation or secret is wrong."""
        key = (settings.login_url, settings.tenant, settings.app_id, settings.scope, secret)
        with self._lock:
            token, until = self._held.get(key, ("", now))
            if not token or now + EARLY >= until:
                token, seconds = _sign_in(settings, secret=secret, timeout=timeout)
                self._held[key] = (token, now + dt.timedelta(seconds=seconds))
        return token

    def forget(self, settings: Settings) -> None:
        """After it was refused: the next call asks for a new one."""
        with self._lock:
            self._held = {key: held for key, held in self._held.items() if key[2] != settings.app_id}


def _sign_in(settings: Settings, *, secret: str, timeout: float) -> tuple[str, float]:
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.app_id,
        "client_secret": secret,
        "scope": settings.scope,
    }
    reply = HttpClient(settings.login_url).send(
        "POST",
        f"/{settings.tenant}/oauth2/v2.0/token",
        timeout=timeout,
        content=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        accept=frozenset({400}),
    )
    said = reply.json()
    token = said.get("access_token") if isinstance(said, dict) else None
    if reply.status == 400 or not isinstance(token, str):
        raise AuthFailed("Microsoft does not let the app sign in", mend="compare app_id, tenant and client_secret")
    lasts = said.get("expires_in")
    return token, float(lasts) if isinstance(lasts, int | float) else 3_000.0


_TOKENS = Tokens()


@dataclass(frozen=True)
class Connector:
    """One service address on behalf of the bot. Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected`, `Forbidden`."""

    settings: Settings
    service_url: str
    secret: str
    now: dt.datetime
    timeout: float

    def call(self, method: str, path: str, body: Any = None) -> Any:
        if not self.settings.may_call(self.service_url):
            raise Forbidden(
                "answers go to Microsoft's hosts only", detail=self.service_url[:200], mend="see `service_urls`"
            )
        token = _TOKENS.token(self.settings, secret=self.secret, now=self.now, timeout=self.timeout)
        client = HttpClient(self.service_url.rstrip("/"), {"Authorization": f"Bearer {token}"})
        try:
            reply = client.send(method, path, timeout=self.timeout, json=body)
        except AuthFailed:
            _TOKENS.forget(self.settings)
            raise
        return reply.json() if reply.body else {}

    def post(self, conversation: str, activity: dict[str, Any]) -> str:
        """Send an activity; returns its id."""
        return _id(self.call("POST", f"{_of(conversation)}/activities", activity))

    def put(self, conversation: str, identity: str, activity: dict[str, Any]) -> None:
        """Replace an activity of ours."""
        self.call("PUT", f"{_of(conversation)}/activities/{quote(identity, safe='')}", activity)

    def member(self, conversation: str, user: str) -> dict[str, Any]:
        """Somebody in a conversation, as the organisation's directory has them."""
        found = self.call("GET", f"{_of(conversation)}/members/{quote(user, safe='')}")
        return found if isinstance(found, dict) else {}

    def open_personal(self, user: str, *, tenant: str) -> str:
        """The personal conversation with somebody; the same one every time."""
        bot = {"id": f"28:{self.settings.app_id}"}
        body = {"bot": bot, "members": [{"id": user}], "tenantId": tenant, "isGroup": False,
                "channelData": {"tenant": {"id": tenant}}}  # fmt: skip
        return _id(self.call("POST", "/v3/conversations", body))


def _of(conversation: str) -> str:
    return f"/v3/conversations/{quote(conversation, safe='')}"


def _id(said: Any) -> str:
    identity = said.get("id") if isinstance(said, dict) else None
    if not isinstance(identity, str) or not identity:
        raise Rejected("Teams took it and did not say as what")
    return identity
