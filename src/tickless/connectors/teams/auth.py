"""Does it come from Teams, and is it meant for us? The Bot Connector's token (JWT, RS256) with every message.

After Microsoft's "Authenticate requests from the Bot Connector service to your bot": signature by a published key that is
endorsed for the channel, issuer, audience, life time, and a `serviceurl` claim that is the message's own.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

from tickless.connectors.teams.activity import CHANNEL, Activity, read_activity
from tickless.connectors.teams.settings import Settings
from tickless.domain.errors import OutsideError, PayloadRejected, Rejected, Unreachable
from tickless.domain.signal import Payload
from tickless.kit.log import get_logger
from tickless.sdk.http import HttpClient

LEEWAY_SECONDS = 300
KEEP_KEYS = dt.timedelta(hours=24)
ASK_AGAIN = dt.timedelta(minutes=1)
FETCH_SECONDS = 10.0
_log = get_logger("teams")


class Keys:
    """The published keys of one address: fetched once a day, and when a new one turns up, at most once a minute.

    While they cannot be fetched the old ones go on being good; nobody waits for another's fetch.
    """

    def __init__(self, fetch: Callable[[str], dict[str, dict[str, Any]]] | None = None) -> None:
        self._fetch = fetch or _fetch
        self._lock = threading.Lock()
        self._found: dict[str, dict[str, dict[str, Any]]] = {}
        self._at: dict[str, dt.datetime] = {}
        self._tried: dict[str, dt.datetime] = {}

    def key(self, url: str, identity: str, *, now: dt.datetime) -> dict[str, Any] | None:
        """The key of this id as a JSON Web Key; None if there is none. Raises the house's outside errors while there are no
        keys at all."""
        with self._lock:
            known, at, tried = self._found.get(url), self._at.get(url), self._tried.get(url)
            wanted = known is None or at is None or abs(now - at) > KEEP_KEYS or identity not in known
            asked = tried is not None and abs(now - tried) <= ASK_AGAIN
            if wanted and not asked and known is not None:
                self._tried[url] = now
        if known is None and asked:
            raise Unreachable("the keys of Teams could not be fetched a moment ago")
        if wanted and not asked:
            known = self._renewed(url, known, now)
        return (known or {}).get(identity)

    def _renewed(
        self, url: str, known: dict[str, dict[str, Any]] | None, now: dt.datetime
    ) -> dict[str, dict[str, Any]]:
        try:
            fresh = self._fetch(url)
        except OutsideError as error:
            with self._lock:
                self._tried[url] = now
            if known is None:
                raise
            _log.warning("the keys of Teams cannot be fetched, the old ones go on", reason=error.public)
            return known
        with self._lock:
            self._found[url], self._at[url], self._tried[url] = fresh, now, now
        return fresh


def _fetch(url: str) -> dict[str, dict[str, Any]]:
    found = HttpClient(url).get("", timeout=FETCH_SECONDS).json()
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise Rejected("there are no keys where Teams publishes them", detail=url)
    return {key["kid"]: key for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str)}


_KEYS = Keys()


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """Whether a message may come in. Raises the house's outside errors when the keys cannot be fetched."""
    scheme, _, token = payload.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return False
    try:
        activity = read_activity(payload.body)
    except PayloadRejected:
        return False
    claims = _claims(token.strip(), settings, now=payload.received_at)
    return claims is not None and _is_ours(activity, claims, settings)


def _claims(token: str, settings: Settings, *, now: dt.datetime) -> dict[str, Any] | None:
    """What a valid token says; None for any other."""
    import jwt  # with the extra `teams`

    try:
        identity = jwt.get_unverified_header(token).get("kid")
        key = _KEYS.key(settings.keys_url, identity, now=now) if isinstance(identity, str) else None
        if key is None or CHANNEL not in key.get("endorsements", [CHANNEL]):
            return None
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(key, algorithm="RS256").key,
            algorithms=["RS256"],
            audience=settings.app_id,
            issuer=settings.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"], "verify_exp": True, "verify_aud": True, "verify_iss": True},
        )
    except (jwt.InvalidTokenError, jwt.PyJWKError, ValueError, TypeError):
        return None
    return claims


def _is_ours(activity: Activity, claims: dict[str, Any], settings: Settings) -> bool:
    """The message says nothing that the token or the settings do not allow: channel, address for answers, organisation."""
    claimed = claims.get("serviceurl")
    return (
        activity.channel_id == CHANNEL
        and isinstance(claimed, str)
        and claimed.rstrip("/") == activity.service_url.rstrip("/")
        and settings.may_call(activity.service_url)
        and bool(activity.tenants)
        and all(settings.knows(tenant) for tenant in activity.tenants)
    )


def handshake(payload: Payload, settings: Settings) -> bytes | None:
    """Typing, reactions, people coming and going: taken note of by nobody, and answered at once."""
    try:
        activity = read_activity(payload.body)
    except PayloadRejected:
        return None
    if activity.type == "message":
        return None
    return json.dumps({"status": 200} if activity.type == "invoke" else {}).encode()
