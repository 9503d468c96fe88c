"""Signing in by an identity provider: a real one for the whole way, and tokens made by hand for what must not pass."""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.servers.oidc import CLIENT, Oidc, run_oidc

from tickless.domain.errors import Forbidden, Unauthenticated
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.oidc import OidcSignIn
from tickless.doors.entrance.oidc_provider import Provider
from tickless.doors.entrance.oidc_settings import OidcSettings
from tickless.doors.entrance.oidc_tokens import (
    UnknownKey,
    challenge_of,
    check_logout,
    check_sign_in,
    groups_in,
    half_hash,
    read_token,
)
from tickless.journal import Journal
from tickless.kit.clock import SystemClock

HOME = "http://127.0.0.1:8480"
ISSUER = "https://login.example.org"
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, name: str, **more: str) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    )
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": name, **more}


KEYS = [public(KEY, "one"), public(CURVE, "curve"), public(OTHER, "two", use="enc")]


def claims(**more: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    found = {"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "iat": at, "exp": at + 300, "nonce": "n", **more}
    return {name: value for name, value in found.items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one", **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})


def read(text: str, keys: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return read_token(text, keys=KEYS if keys is None else keys, issuer=ISSUER, client=CLIENT, now=NOW)


def test_a_token_that_fits_is_read() -> None:
    assert read(token())["sub"] == "s-1"
    assert read(token(CURVE, "ES256", "curve"))["sub"] == "s-1"
    assert read(token(kid=None), [KEYS[0]])["sub"] == "s-1", "with one key there is nothing to choose"
    assert read(token(aud=[CLIENT, "another"], azp=CLIENT))["sub"] == "s-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"iss": ISSUER + "/"}, {"aud": "another"}, {"aud": [CLIENT, "another"]},
        {"azp": "another"}, {"exp": int(NOW.timestamp()) - 61}, {"exp": "soon"}, {"exp": True}, {"iat": None},
        {"iat": int(NOW.timestamp()) + 61}, {"nbf": int(NOW.timestamp()) + 61}, {"sub": None}, {"sub": ""}, {"sub": "x" * 256},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        read(token(**wrong))


def test_other_signatures_are_refused() -> None:
    shared = "a secret that is shared with whoever reads the public key"
    forged = [
        token(OTHER),
        jwt.encode(claims(), "", algorithm="none", headers={"kid": "one"}),
        jwt.encode(claims(), shared, algorithm="HS256", headers={"kid": "one"}),
        token()[:-4] + "AAAA",
        "no token",
        "",
    ]
    for text in forged:
        with pytest.raises(Unauthenticated):
            read(text)
    for unknown in (token(kid="nine"), token(OTHER, kid="two"), token(kid=None)):
        with pytest.raises(UnknownKey):
            read(unknown)
    with pytest.raises(UnknownKey):
        read(token(OTHER, kid=None), [KEYS[0]])


@given(place=st.integers(0, 10_000), sign=st.sampled_from("ABCxyz019-_"))
def test_a_token_with_any_sign_changed_is_refused(place: int, sign: str) -> None:
    text = token()
    place %= len(text)
    changed = text[:place] + sign + text[place + 1 :]
    if changed == text or _same_bytes(changed, text):
        return
    with pytest.raises((Unauthenticated, UnknownKey)):
        read(changed)


def _same_bytes(one: str, other: str) -> bool:
    def parts(text: str) -> list[bytes]:
        return [base64.urlsafe_b64decode(part + "==") for part in text.split(".")]

    try:
        return parts(one) == parts(other)
    except ValueError:
        return False


def test_what_only_a_sign_in_has_is_checked() -> None:
    def check(found: dict[str, Any], **more: Any) -> None:
        check_sign_in(found, **{"nonce": "n", "access_token": None, "algorithm": "RS256", "max_age": None, "acr": (),
                                "now": NOW, **more})  # fmt: skip

    check(claims())
    check(claims(at_hash=half_hash("token", "RS256")), access_token="token")
    check(claims(acr="mfa", auth_time=int(NOW.timestamp()) - 30), acr=("mfa",), max_age=60)
    wrong: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (claims(nonce="other"), {}), (claims(nonce=None), {}), (claims(exp=None), {}),
        (claims(at_hash="other"), {"access_token": "token"}), (claims(), {"acr": ("mfa",)}), (claims(), {"max_age": 60}),
        (claims(auth_time=int(NOW.timestamp()) - 200), {"max_age": 60}),
    ]  # fmt: skip
    for found, more in wrong:
        with pytest.raises(Unauthenticated):
            check(found, **more)


def test_a_logout_token_is_told_from_a_sign_in() -> None:
    event: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    check_logout(claims(events=event, jti="1", nonce=None))
    for wrong in (
        claims(),
        claims(events=event, jti="1"),
        claims(events=event, nonce=None),
        claims(jti="1", nonce=None),
    ):
        with pytest.raises(Unauthenticated):
            check_logout(wrong)


def test_groups_are_found_wherever_the_provider_puts_them() -> None:
    assert groups_in({"groups": ["a", "b"]}, "groups") == ("a", "b")
    assert groups_in({"realm_access": {"roles": ["a"]}}, "realm_access.roles") == ("a",)
    assert groups_in({"https://x/groups": "a"}, "https://x/groups") == ("a",)
    assert groups_in({"groups": {"a": 1}}, "groups") == groups_in({}, "groups") == ()


@given(st.text(alphabet="abcABC019-._~", min_size=43, max_size=128))
def test_a_challenge_is_what_the_standard_says(verifier: str) -> None:
    assert "=" not in challenge_of(verifier)
    assert len(challenge_of(verifier)) == 43


def test_the_example_of_the_standard() -> None:
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize("issuer", ["http://login.example.org", "ftp://x", "login.example.org", ""])
def test_an_issuer_without_tls_is_refused(issuer: str) -> None:
    with pytest.raises(ValidationError):
        OidcSettings(issuer=issuer, client_id="x")


# The whole way, with a real provider


@pytest.fixture
def settings(oidc: Oidc) -> OidcSettings:
    return OidcSettings(issuer=oidc.url, client_id=CLIENT, groups={"it-admins": ("admin", "operator")})


@pytest.fixture
def live(journal: Journal) -> Entrance:
    return Entrance(journal, SystemClock())


def door(entrance: Entrance, settings: OidcSettings) -> OidcSignIn:
    return OidcSignIn(entrance, Provider(settings, entrance.clock, secret=lambda: "any"), home=HOME)


def come_in(way: OidcSignIn, oidc: Oidc, subject: str, **more: Any) -> Any:
    begun = way.begin(base=HOME, wish="/cases")
    answer = oidc.sign_in(begun.address, subject)
    return way.arrive(
        {**answer, **more.get("changed", {})}, cookie=more.get("cookie", begun.cookie), address="127.0.0.1"
    )


def test_somebody_on_record_comes_in_with_the_roles_of_their_groups(
    oidc: Oidc, live: Entrance, settings: OidcSettings, journal: Journal
) -> None:
    way = door(live, settings)
    first = come_in(way, oidc, "s-ada")
    assert first.wish == "/cases"
    assert first.opened.user.person == "p001"
    assert set(first.opened.user.roles) == {"employee", "admin", "operator"}
    again = come_in(way, oidc, "s-ada")
    assert again.opened.user.id == first.opened.user.id
    fewer = come_in(door(live, settings.model_copy(update={"groups": {}})), oidc, "s-ada")
    assert fewer.opened.user.roles == ("employee",), "who leaves a group loses its roles with the next sign-in"
    with journal.read() as tx:
        actions = [row.action for row in tx.audit.rows()]
    assert actions[:4] == ["user.create", "user.tied", "user.roles", "sign_in"]
    with journal.write() as tx:
        tx.people.put(tx.people.need("p001").model_copy(update={"active": False}))
    with pytest.raises(Forbidden):
        come_in(way, oidc, "s-ada")


def test_the_request_says_what_the_standards_want(oidc: Oidc, live: Entrance, settings: OidcSettings) -> None:
    begun = door(live, settings.model_copy(update={"max_age": 60, "acr": ("mfa",)})).begin(base="http://evil", wish="/")
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.address).query).items()}
    assert query["redirect_uri"] == f"{HOME}/sign-in/oidc/return"
    assert query["code_challenge_method"] == "S256"
    assert (query["response_type"], query["max_age"], query["acr_values"]) == ("code", "60", "mfa")
    assert len({query["state"], query["nonce"], query["code_challenge"], begun.cookie}) == 4


@pytest.mark.parametrize("subject", ["s-eve", "s-mal", "deny"])
def test_strangers_unverified_addresses_and_a_no_do_not_come_in(
    oidc: Oidc, live: Entrance, settings: OidcSettings, subject: str, journal: Journal
) -> None:
    with pytest.raises((Forbidden, Unauthenticated)):
        come_in(door(live, settings), oidc, subject)
    with journal.read() as tx:
        assert tx.access.users.where() == []


def test_state_counts_once_and_in_the_browser_that_began(oidc: Oidc, live: Entrance, settings: OidcSettings) -> None:
    way = door(live, settings)
    with pytest.raises(Unauthenticated):
        come_in(way, oidc, "s-ada", cookie="another browser")
    with pytest.raises(Unauthenticated):
        come_in(way, oidc, "s-ada", changed={"state": "guess"})
    with pytest.raises(Unauthenticated):
        come_in(way, oidc, "s-ada", changed={"iss": "https://evil.example"})
    with pytest.raises(Unauthenticated):
        come_in(way, oidc, "s-ada", changed={"code": "guess"})
    begun = way.begin(base=HOME, wish="/")
    answer = oidc.sign_in(begun.address, "s-ada")
    way.arrive(answer, cookie=begun.cookie, address="127.0.0.1")
    with pytest.raises(Unauthenticated):
        way.arrive(answer, cookie=begun.cookie, address="127.0.0.1")


def test_an_answer_to_another_sign_in_is_refused(oidc: Oidc, live: Entrance, settings: OidcSettings) -> None:
    """A code that was stolen from another browser is put into one's own sign-in: its nonce does not fit."""
    way = door(live, settings)
    theirs = oidc.sign_in(way.begin(base=HOME, wish="/").address, "s-ada")
    mine = way.begin(base=HOME, wish="/")
    own = oidc.sign_in(mine.address, "s-eve")
    with pytest.raises(Unauthenticated):
        way.arrive({**own, "code": theirs["code"]}, cookie=mine.cookie, address="127.0.0.1")


@pytest.fixture
def own_provider() -> Iterator[Oidc]:
    with run_oidc() as server:
        yield server


def test_a_new_key_of_the_provider_is_found(
    own_provider: Oidc, live: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tickless.doors.entrance import oidc_provider

    monkeypatch.setattr(oidc_provider, "AGAIN", dt.timedelta(0))
    way = door(live, OidcSettings(issuer=own_provider.url, client_id=CLIENT))
    come_in(way, own_provider, "s-ada")
    own_provider.stop()
    own_provider.start()
    time.sleep(0.1)
    come_in(way, own_provider, "s-ada")


def test_signing_out_leads_there_too(oidc: Oidc, live: Entrance, settings: OidcSettings) -> None:
    address = door(live, settings).sign_out_address(base=HOME)
    assert address is not None
    query = parse_qs(urlsplit(address).query)
    assert query["post_logout_redirect_uri"] == [f"{HOME}/sign-in"]
