"""Reading what an identity provider signed. Pure: keys and the time are arguments. Source: OpenID Connect Core 1.0, 3.1.3.7."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from tickless.domain.errors import Unauthenticated

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key only: no `none`, no shared secrets."""
LEEWAY = 60.0
"""Seconds by which clocks may differ."""
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class UnknownKey(Exception):
    """Nobody knows the key that signed: perhaps the provider has a new one."""


def refused(why: str) -> Unauthenticated:
    return Unauthenticated("the identity provider's answer was not accepted", detail=why, mend="sign in again")


def read_token(
    token: str, *, keys: Sequence[Mapping[str, Any]], issuer: str, client: str, now: dt.datetime
) -> dict[str, Any]:
    """The claims of a token whose signature, issuer, audience and times fit. Raises `UnknownKey`, `Unauthenticated`."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise refused("not a signed token") from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise refused(f"signed with {str(algorithm)[:20]}")
    try:
        key = jwt.PyJWK.from_dict(dict(_key_for(header, keys)), algorithm=str(algorithm)).key
        options: Any = {"require": ["iss", "aud", "iat"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[str(algorithm)], audience=client, issuer=issuer, options=options
        )
    except jwt.PyJWTError as error:
        if isinstance(error, jwt.InvalidSignatureError) and "kid" not in header:
            raise UnknownKey from error  # a token that names no key may be signed with a newer one
        raise refused(type(error).__name__) from error
    _check_times(claims, now)
    _check_party(claims, client)
    return claims


def _key_for(header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    usable = [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC", "OKP"}]
    name = header.get("kid")
    found = [key for key in usable if key.get("kid") == name] if name is not None else usable
    if len(found) != 1:
        raise UnknownKey
    return found[0]


def _check_times(claims: Mapping[str, Any], now: dt.datetime) -> None:
    times = {name: claims[name] for name in ("iat", "exp", "nbf", "auth_time") if name in claims}
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in times.values()):
        raise refused("a time is no number")
    at = now.timestamp()
    if at > times.get("exp", at) + LEEWAY:
        raise refused("it ran out")
    if times["iat"] > at + LEEWAY or times.get("nbf", at) > at + LEEWAY:
        raise refused("it is of the future")


def _check_party(claims: Mapping[str, Any], client: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise refused("it is for somebody else")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
        raise refused("it names nobody")


def check_sign_in(
    claims: Mapping[str, Any],
    *,
    nonce: str,
    access_token: str | None,
    algorithm: str,
    max_age: int | None,
    acr: Sequence[str],
    now: dt.datetime,
) -> None:
    """What only a sign-in's token has. Raises `Unauthenticated`."""
    if "exp" not in claims:
        raise refused("it never runs out")
    if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise refused("it answers another sign-in")
    if access_token is not None and "at_hash" in claims and claims["at_hash"] != half_hash(access_token, algorithm):
        raise refused("its access token is another one")
    if max_age is not None and now.timestamp() > float(claims.get("auth_time", 0)) + max_age + LEEWAY:
        raise refused("the password was given too long ago")
    if acr and claims.get("acr") not in acr:
        raise refused("the level of sign-in is too low")


def check_logout(claims: Mapping[str, Any]) -> None:
    """A logout token (Back-Channel Logout 1.0, 2.6). Raises `Unauthenticated`."""
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims or not claims.get("jti"):
        raise refused("that is no logout token")


def half_hash(text: str, algorithm: str) -> str:
    """Left half of the hash that goes with a signature's algorithm, base64url without padding."""
    made = _HASHES.get(algorithm[2:], hashlib.sha512)(text.encode()).digest()
    return base64.urlsafe_b64encode(made[: len(made) // 2]).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    """PKCE, S256 (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def groups_in(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Groups behind a claim's name; dots lead into objects (`realm_access.roles`), a claim of just that name goes first."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(str(one)[:300] for one in found[:500]) if isinstance(found, list) else ()
