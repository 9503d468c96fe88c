"""Signing in as a service account: a JWT of our own, signed with its key, for an access token (RFC 7523)."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tickless.connectors.google_workspace.settings import Settings
from tickless.domain.errors import AuthFailed, SettingsInvalid
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = dt.timedelta(minutes=10)


def access_token(settings: Settings, key_file: str, *, now: dt.datetime, deadline: Deadline) -> str:
    """An access token for as long as one operation. Raises `SettingsInvalid` (no key), `AuthFailed`, `Unreachable`."""
    form = urlencode({"grant_type": GRANT, "assertion": assertion(settings, key_file, now=now)}).encode()
    http = HttpClient(settings.token_url, {"content-type": "application/x-www-form-urlencoded"})
    reply = http.send("POST", "", timeout=deadline.left(), content=form, accept=frozenset({400, 401}))
    found = reply.json() if reply.status < 400 else {}
    token = found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token:
        raise AuthFailed(
            "Google refused our service account",
            mend="look at its key, its delegation and the scopes, and at `acts_as`",
        )
    return token


def assertion(settings: Settings, key_file: str, *, now: dt.datetime) -> str:
    """The signed JWT. Raises `SettingsInvalid` that never shows the key."""
    try:
        told = json.loads(key_file)
        key = serialization.load_pem_private_key(told["private_key"].encode(), password=None)
        issuer, key_id = str(told["client_email"]), str(told.get("private_key_id", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SettingsInvalid("that is no key of a service account", mend="use the JSON that Google gave out") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SettingsInvalid("a key of a service account is an RSA key")
    claims = {
        "iss": issuer,
        "sub": settings.acts_as,
        "scope": " ".join(settings.scopes),
        "aud": settings.token_url,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
    }
    head = {"alg": "RS256", "typ": "JWT", **({"kid": key_id} if key_id else {})}
    signed = f"{_part(head)}.{_part(claims)}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
