"""Signing in, links, tokens and rights, on a real journal."""

from __future__ import annotations

import base64
import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tickless.domain.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from tickless.doors.entrance import Entrance, EntranceSettings, Visitor
from tickless.doors.entrance.entrance import COOKIE
from tickless.doors.entrance.pacing import Pacing
from tickless.doors.entrance.problems import TooManyTries, TooMuch
from tickless.doors.entrance.visitor import ROLE_RIGHTS, SCOPE_RIGHTS, SCOPES
from tickless.journal import Journal
from tickless.journal.access import Role, User
from tickless.kit.clock import ManualClock

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
PASSWORD = "four words make one"


def asks(*, query: str = "", scheme: str = "http", **headers: str) -> Request:
    """A request with these headers (underscores become dashes)."""
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": raw,
        "query_string": query.encode(),
        "scheme": scheme,
        "server": ("localhost", 80),
    }
    return Request(scope)


@pytest.fixture
def ada(entrance: Entrance) -> User:
    return entrance.create_user("Ada", roles=["operator"], person="p001", password=PASSWORD)


def test_a_session_says_who_it_is_until_it_ends(entrance: Entrance, ada: User, clock: ManualClock) -> None:
    opened = entrance.sign_in(" ADA ", PASSWORD, address="127.0.0.1")
    request = asks(cookie=f"{COOKIE}={opened.token}")
    visitor = entrance.visitor(request)
    assert (visitor.kind, visitor.name, visitor.actor) == ("session", "Ada Byron", "p001")
    assert visitor.person is not None
    assert visitor.may("act")
    assert not visitor.may("admin")
    entrance.sign_out(request)
    assert entrance.visitor(request).kind == "anonymous"

    again = entrance.sign_in("ada", PASSWORD, address="127.0.0.1")
    clock.advance(dt.timedelta(hours=12, seconds=1))
    assert entrance.visitor(asks(cookie=f"{COOKIE}={again.token}")).kind == "anonymous"


def test_the_same_refusal_for_unknown_logins_wrong_passwords_and_people_without_one(
    entrance: Entrance, ada: User, journal: Journal
) -> None:
    entrance.create_user("robot", roles=["operator"])
    with journal.write() as tx:
        tx.access.users.put(ada.model_copy(update={"id": "usr_gone", "login": "gone", "active": False}))
    told = set()
    for login, password in [("nobody", PASSWORD), ("ada", "wrong"), ("robot", ""), ("gone", PASSWORD)]:
        with pytest.raises(Unauthenticated) as caught:
            entrance.sign_in(login, password, address="127.0.0.1")
        told.add((caught.value.public, caught.value.mend))
    assert len(told) == 1


def test_wrong_passwords_slow_down_one_login_from_one_address(
    entrance: Entrance, ada: User, clock: ManualClock
) -> None:
    for _ in range(entrance.settings.tries):
        with pytest.raises(Unauthenticated):
            entrance.sign_in("ada", "wrong", address="10.0.0.1")
    with pytest.raises(TooManyTries) as caught:
        entrance.sign_in("ada", PASSWORD, address="10.0.0.1")
    assert caught.value.status == 429
    assert caught.value.retry.seconds == 1
    assert entrance.sign_in("ada", PASSWORD, address="10.0.0.2").user == ada

    clock.advance(dt.timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        entrance.sign_in("ada", "wrong", address="10.0.0.1")
    with pytest.raises(TooManyTries) as caught:
        entrance.sign_in("ada", PASSWORD, address="10.0.0.1")
    assert caught.value.retry.seconds == 2
    clock.advance(dt.timedelta(minutes=15))
    entrance.sign_in("ada", PASSWORD, address="10.0.0.1")


def test_trying_many_logins_from_one_address_slows_down_too(journal: Journal, clock: ManualClock) -> None:
    entrance = Entrance(journal, clock, EntranceSettings(tries_per_address=3))
    for number in range(3):
        with pytest.raises(Unauthenticated):
            entrance.sign_in(f"guess{number}", "x", address="10.0.0.1")
    with pytest.raises(TooManyTries):
        entrance.sign_in("another", "x", address="10.0.0.1")


def test_a_link_works_once_and_not_for_long(entrance: Entrance, ada: User, clock: ManualClock) -> None:
    link = entrance.make_link(ada)
    assert entrance.visitor(asks(cookie=f"{COOKIE}={link}")).kind == "anonymous", "a link is no session"
    opened = entrance.redeem_link(link, address="127.0.0.1")
    assert entrance.visitor(asks(cookie=f"{COOKIE}={opened.token}")).user == ada
    with pytest.raises(Unauthenticated):
        entrance.redeem_link(link, address="127.0.0.1")
    with pytest.raises(Unauthenticated):
        entrance.redeem_link(opened.token, address="127.0.0.1")

    late = entrance.make_link(ada)
    clock.advance(dt.timedelta(minutes=10, seconds=1))
    with pytest.raises(Unauthenticated):
        entrance.redeem_link(late, address="127.0.0.1")


def test_tokens_come_in_three_ways_and_end_at_once(entrance: Entrance, ada: User) -> None:
    made = entrance.create_token("ci", user=ada, scopes=["read"])
    basic = base64.b64encode(f"anybody:{made.token}".encode()).decode()
    for request in (asks(authorization=f"Bearer {made.token}"), asks(authorization=f"Basic {basic}")):
        visitor = entrance.visitor(request)
        assert (visitor.kind, visitor.scopes) == ("token", frozenset({"read"}))
    in_query = asks(query=f"token={made.token}")
    assert entrance.visitor(in_query).kind == "anonymous"
    assert entrance.visitor(in_query, query_token=True).kind == "token"

    entrance.revoke(made.record.id, by="user:ada")
    with pytest.raises(Unauthenticated):
        entrance.visitor(asks(authorization=f"Bearer {made.token}"))
    with pytest.raises(NotFound):
        entrance.revoke(made.record.id, by="user:ada")


def test_a_senders_token_is_remembered_for_a_moment_and_forgotten_when_revoked(
    entrance: Entrance, ada: User, journal: Journal, clock: ManualClock
) -> None:
    made = entrance.create_token("am", user=ada, scopes=["signals:write"], source="am")
    request = asks(authorization=f"Bearer {made.token}")
    assert entrance.visitor(request, query_token=True).source == "am"
    with journal.write() as tx:
        tx.access.revoke_token(made.record.id)
    assert entrance.visitor(request, query_token=True).source == "am", "another process revoked it just now"
    with pytest.raises(Unauthenticated):
        entrance.visitor(request)
    clock.advance(dt.timedelta(seconds=2))
    with pytest.raises(Unauthenticated):
        entrance.visitor(request, query_token=True)

    other = entrance.create_token("am", user=ada, scopes=["signals:write"])
    request = asks(authorization=f"Bearer {other.token}")
    entrance.visitor(request, query_token=True)
    entrance.revoke(other.record.id, by="p001")
    with pytest.raises(Unauthenticated):
        entrance.visitor(request, query_token=True)


def test_a_token_runs_out(entrance: Entrance, ada: User, clock: ManualClock) -> None:
    made = entrance.create_token("short", user=ada, scopes=["read"], expires_at=clock.now() + dt.timedelta(minutes=1))
    clock.advance(dt.timedelta(minutes=1))
    with pytest.raises(Unauthenticated):
        entrance.visitor(asks(authorization=f"Bearer {made.token}"))
    with pytest.raises(BadInput):
        entrance.create_token("past", user=ada, scopes=["read"], expires_at=clock.now())


def test_a_token_of_a_user_who_was_switched_off_is_dead(entrance: Entrance, ada: User, journal: Journal) -> None:
    made = entrance.create_token("ci", user=ada, scopes=["read"])
    opened = entrance.sign_in("ada", PASSWORD, address="127.0.0.1")
    with journal.write() as tx:
        tx.access.users.put(ada.model_copy(update={"active": False}))
    with pytest.raises(Unauthenticated):
        entrance.visitor(asks(authorization=f"Bearer {made.token}"))
    assert entrance.visitor(asks(cookie=f"{COOKIE}={opened.token}")).kind == "anonymous"


@given(
    roles=st.lists(st.sampled_from(sorted(ROLE_RIGHTS)), unique=True, min_size=1),
    scopes=st.sets(st.sampled_from(SCOPES)),
    source=st.none() | st.just("alertmanager"),
)
def test_a_token_never_has_more_rights_than_its_user(roles: list[Role], scopes: set[str], source: str | None) -> None:
    user = User(id="usr_1", login="u", roles=tuple(roles))
    session = Visitor("session", user)
    token = Visitor("token", user, scopes=frozenset(scopes), source=source)
    assert token.rights <= session.rights
    for scope in SCOPES:
        if scope not in scopes and "admin" not in scopes:
            only_here = SCOPE_RIGHTS[scope] - frozenset().union(*(SCOPE_RIGHTS[s] for s in SCOPES if s in scopes))
            assert not token.rights & only_here
    if source is not None:
        assert token.rights <= {"signals:write"}


def test_a_token_bound_to_a_source_can_be_nothing_else(entrance: Entrance, ada: User) -> None:
    with pytest.raises(BadInput):
        entrance.create_token("am", user=ada, scopes=["signals:write", "read"], source="alertmanager")
    with pytest.raises(BadInput) as caught:
        entrance.create_token("am", user=ada, scopes=["everything"])
    assert "signals:write" in caught.value.mend


def test_nobody_and_the_wrong_one_are_told_apart(entrance: Entrance, ada: User) -> None:
    with pytest.raises(Unauthenticated):
        entrance.require(entrance.visitor(asks()), "chat")
    with pytest.raises(Forbidden):
        entrance.require(Visitor("session", ada), "admin")
    entrance.require(Visitor("session", ada), "act")


def test_csrf_is_asked_of_sessions(entrance: Entrance, ada: User) -> None:
    opened = entrance.sign_in("ada", PASSWORD, address="127.0.0.1")
    visitor = entrance.visitor(asks(cookie=f"{COOKIE}={opened.token}"))
    assert entrance.csrf_ok(visitor, opened.csrf)
    assert not entrance.csrf_ok(visitor, "")
    assert not entrance.csrf_ok(visitor, opened.csrf + "é")
    assert not entrance.csrf_ok(entrance.visitor(asks()), "")


def test_the_cookie_is_out_of_reach_of_scripts_and_secure_over_https(entrance: Entrance, ada: User) -> None:
    opened = entrance.sign_in("ada", PASSWORD, address="127.0.0.1")
    for scheme, secure in (("http", False), ("https", True)):
        response = Response()
        entrance.put_cookie(response, opened, asks(scheme=scheme))
        cookie = response.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("secure" in cookie) is secure


def test_logins_are_unique_and_belong_to_people_who_exist(entrance: Entrance, ada: User) -> None:
    with pytest.raises(Conflict):
        entrance.create_user("ADA", roles=["employee"])
    with pytest.raises(NotFound):
        entrance.create_user("bob", roles=["employee"], person="p999")
    with pytest.raises(BadInput):
        entrance.create_user("bob", roles=["employee"], password="short")
    assert [user.login for user in entrance.users()] == ["ada"]
    assert entrance.users()[0].password is None


def test_every_grant_and_refusal_is_on_record_and_no_secret_is(entrance: Entrance, ada: User, journal: Journal) -> None:
    with pytest.raises(Unauthenticated):
        entrance.sign_in("ada", "wrong password here", address="127.0.0.1")
    opened = entrance.sign_in("ada", PASSWORD, address="127.0.0.1")
    made = entrance.create_token("ci", user=ada, scopes=["read"], by="user:ada")
    entrance.set_password("ada", "five words make another one", by="user:ada")
    with journal.read() as tx:
        rows = tx.audit.rows()
        assert tx.audit.verify().broken_at is None
    assert [row.action for row in rows] == [
        "user.create",
        "sign_in.refused",
        "sign_in",
        "token.create",
        "user.password",
    ]
    said = repr(rows)
    for secret in (PASSWORD, "wrong password", opened.token, opened.csrf, made.token, "five words"):
        assert secret not in said


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.text(st.characters(max_codepoint=255), max_size=200))
def test_no_authorization_header_breaks_the_entrance(entrance: Entrance, value: str) -> None:
    for header in (value, f"Bearer {value}", f"Basic {value}"):
        try:
            assert entrance.visitor(asks(authorization=header)).kind == "anonymous"
        except Unauthenticated:
            continue


def test_one_caller_takes_no_more_than_is_theirs(journal: Journal, clock: ManualClock) -> None:
    entrance = Entrance(journal, clock, EntranceSettings(requests_per_minute=3))
    made = {name: entrance.create_user(name, roles=["operator"]) for name in ("bea", "cyd")}
    tokens = {
        name: entrance.create_token("t", user=user, scopes=("read",), by="x").token for name, user in made.items()
    }
    for _ in range(3):
        entrance.visitor(asks(authorization=f"Bearer {tokens['bea']}"))
    with pytest.raises(TooMuch) as told:
        entrance.visitor(asks(authorization=f"Bearer {tokens['bea']}"))
    assert told.value.retry.seconds == pytest.approx(20.0)
    assert entrance.visitor(asks(authorization=f"Bearer {tokens['cyd']}")).may("read")
    clock.advance(dt.timedelta(seconds=20))
    assert entrance.visitor(asks(authorization=f"Bearer {tokens['bea']}")).may("read")


@given(waits=st.lists(st.floats(0, 100), max_size=60), most=st.integers(1, 30))
def test_nobody_gets_more_than_a_minutes_worth_and_what_time_brings(waits: list[float], most: int) -> None:
    pacing, now, begun, taken = Pacing(most), START, START, 0
    for wait in waits:
        now += dt.timedelta(seconds=wait)
        with suppress(TooMuch):
            pacing.take("one", now=now)
            taken += 1
    assert taken <= most + (now - begun).total_seconds() * most / 60 + 1e-6
