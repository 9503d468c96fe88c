"""Talking with an identity provider: what it says of itself, its keys, tokens for a code, and what it knows of somebody."""

from __future__ import annotations

import base64
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tickless.domain.errors import Rejected, SettingsInvalid, Unauthenticated, Unreachable
from tickless.doors.entrance.oidc_settings import OidcSettings
from tickless.doors.entrance.oidc_tokens import UnknownKey, read_token, refused
from tickless.kit.clock import Clock
from tickless.sdk.http import HttpClient

TIMEOUT = 10.0
KEEP = dt.timedelta(hours=1)
AGAIN = dt.timedelta(seconds=10)
"""How soon keys are asked for again because of a key that nobody knows: whoever sends such tokens keeps nobody busy."""


@dataclass(frozen=True)
class About:
    """What the provider says of itself, and its keys."""

    authorize: str
    token: str
    userinfo: str | None
    end_session: str | None
    keys_at: str
    secret_in_body: bool
    names_itself: bool
    """Whether its answers carry `iss` (RFC 9207)."""
    keys: tuple[Mapping[str, Any], ...]
    at: dt.datetime


@dataclass(frozen=True)
class Tokens:
    """What came for a code."""

    id_token: str
    access_token: str | None


class Provider:
    """One provider. Blocks. `secret` reads the client's secret when it is needed; None for a public client."""

    def __init__(self, settings: OidcSettings, clock: Clock, *, secret: Callable[[], str] | None) -> None:
        self.settings = settings
        self._clock = clock
        self._secret = secret
        self._lock = threading.Lock()
        self._about: About | None = None
        self._issuer = settings.issuer.rstrip("/")

    def about(self) -> About:
        """Asked for once an hour. Raises `Unreachable`, `SettingsInvalid` (it is another issuer's)."""
        with self._lock:
            now = self._clock.now()
            if self._about is None or now - self._about.at >= KEEP:
                self._about = self._discover(now)
            return self._about

    def _discover(self, now: dt.datetime) -> About:
        found = _json(self._http(self._issuer + "/.well-known/openid-configuration").get("", timeout=TIMEOUT).json())
        if found.get("issuer") != self.settings.issuer:
            raise SettingsInvalid("the identity provider calls itself otherwise", mend="correct `entrance.oidc.issuer`")
        needed = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not all(isinstance(one, str) and self._same_trust(one) for one in needed):
            raise SettingsInvalid("the identity provider's own description cannot be used")
        authorize, token, keys_at = (str(one) for one in needed)
        return About(
            authorize=authorize,
            token=token,
            userinfo=_text(found.get("userinfo_endpoint")),
            end_session=_text(found.get("end_session_endpoint")),
            keys_at=keys_at,
            secret_in_body="client_secret_basic" not in ways and "client_secret_post" in ways,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            keys=self._fetch_keys(keys_at),
            at=now,
        )

    def _same_trust(self, url: str) -> bool:
        """An https provider leads to https only."""
        return urlsplit(url).scheme == "https" or urlsplit(self._issuer).scheme == "http"

    def _fetch_keys(self, url: str) -> tuple[Mapping[str, Any], ...]:
        keys = _json(self._http(url).get("", timeout=TIMEOUT).json()).get("keys")
        if not isinstance(keys, list):
            raise Rejected("the identity provider's keys cannot be read")
        return tuple(key for key in keys[:50] if isinstance(key, dict))

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token of this provider for us. A key that is not known is looked for anew, once. Raises
        `Unauthenticated`, `Unreachable`."""
        for last in (False, True):
            keys = self.about().keys if not last else self._newer_keys()
            try:
                return read_token(
                    token, keys=keys, issuer=self.settings.issuer, client=self.settings.client_id, now=self._clock.now()
                )
            except UnknownKey:
                continue
        raise refused("nobody knows the key that signed it")

    def _newer_keys(self) -> tuple[Mapping[str, Any], ...]:
        about = self.about()
        with self._lock:
            now = self._clock.now()
            if now - about.at >= AGAIN:
                self._about = About(**{**about.__dict__, "keys": self._fetch_keys(about.keys_at), "at": now})
            assert self._about is not None
            return self._about.keys

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Tokens:
        """Tokens for a code. Raises `Unauthenticated` when the provider refuses it."""
        about = self.about()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        secret = self._secret() if self._secret is not None else None
        if secret is None or about.secret_in_body:
            form["client_id"] = self.settings.client_id
        if secret is not None and about.secret_in_body:
            form["client_secret"] = secret
        elif secret is not None:
            pair = f"{quote(self.settings.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        reply = self._http(about.token).send(
            "POST",
            "",
            timeout=TIMEOUT,
            content=urlencode(form).encode(),
            headers=headers,
            accept=frozenset({400, 401, 403}),
        )
        found = _json(reply.json())
        if reply.status != 200 or not isinstance(found.get("id_token"), str):
            raise refused(f"no token for the code: {str(found.get('error'))[:80]}")
        return Tokens(found["id_token"], _text(found.get("access_token")))

    def more_about(self, tokens: Tokens, subject: str) -> dict[str, Any]:
        """What the provider tells about somebody besides the token; nothing where it has no such place."""
        about = self.about()
        if about.userinfo is None or tokens.access_token is None:
            return {}
        try:
            reply = HttpClient(about.userinfo, headers={"Authorization": f"Bearer {tokens.access_token}"}).get(
                "", timeout=TIMEOUT
            )
            found = _json(reply.json())
        except (Rejected, Unreachable):
            return {}
        if found.get("sub") != subject:
            raise refused("its user information is about somebody else")
        return found

    @staticmethod
    def _http(url: str) -> HttpClient:
        return HttpClient(url)


def _json(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unauthenticated("the identity provider's answer cannot be read")
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
