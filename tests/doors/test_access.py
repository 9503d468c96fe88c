"""Sessions that end, accounts that are switched off, roles, programs' accounts, and the seal that breaks once."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput, Forbidden, NotFound, Unauthenticated
from tickless.doors.entrance import Entrance, EntranceSettings
from tickless.doors.entrance.break_glass import SEALED, USED, seal, unsealed
from tickless.doors.entrance.entrance import COOKIE
from tickless.doors.entrance.passwords import guessable
from tickless.doors.entrance.problems import TooManyTries
from tickless.doors.entrance.sessions import Sessions
from tickless.journal import Journal
from tickless.journal.access import User
from tickless.kit.clock import ManualClock

PASSWORD = "four words make sense"


class Asks:
    """A request, as far as the entrance looks at one."""

    def __init__(self, *, cookie: str = "", token: str = "") -> None:
        self.cookies = {COOKIE: cookie} if cookie else {}
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        self.query_params: dict[str, str] = {}


@pytest.fixture
def ada(entrance: Entrance) -> User:
    return entrance.create_user("ada", roles=["operator"], person="p001", password=PASSWORD)


def kind(entrance: Entrance, **asks: str) -> str:
    return entrance.visitor(Asks(**asks)).kind  # type: ignore[arg-type]


def test_a_session_ends_out_of_use_and_for_good(entrance: Entrance, ada: User, clock: ManualClock) -> None:
    cookie = entrance.sign_in("ada", PASSWORD, address="a").token
    for _ in range(7):
        clock.advance(dt.timedelta(minutes=100))
        assert kind(entrance, cookie=cookie) == "session"
    clock.advance(dt.timedelta(minutes=100))
    assert kind(entrance, cookie=cookie) == "anonymous", "twelve hours are over, in use or not"
    cookie = entrance.sign_in("ada", PASSWORD, address="a").token
    clock.advance(dt.timedelta(minutes=120))
    assert kind(entrance, cookie=cookie) == "anonymous"


def test_sessions_are_listed_and_ended(entrance: Entrance, ada: User, clock: ManualClock, journal: Journal) -> None:
    one = entrance.sign_in("ada", PASSWORD, address="10.0.0.1", agent="Fire\nfox")
    two = entrance.sign_in("ada", PASSWORD, address="10.0.0.2")
    three = entrance.sign_in("ada", PASSWORD, address="10.0.0.3")
    sessions = Sessions(journal, clock, entrance.settings)
    found = {session.address: session for session in sessions.of(ada)}
    assert found["10.0.0.1"].agent == "Fire fox"
    assert found["10.0.0.1"].way == "password"
    assert sessions.end(ada, by="user:ada", session=found["10.0.0.1"].id) == 1
    assert kind(entrance, cookie=one.token) == "anonymous"
    assert sessions.end(ada, by="user:ada", but=three.token) == 1
    assert (kind(entrance, cookie=two.token), kind(entrance, cookie=three.token)) == ("anonymous", "session")
    other = entrance.create_user("bob", roles=["employee"])
    with pytest.raises(NotFound):
        sessions.end(other, by="user:bob", session=sessions.of(ada)[0].id)
    entrance.set_password("ada", "another sentence of mine", by="user:root")
    assert kind(entrance, cookie=three.token) == "anonymous", "a new password ends what the old one opened"


def test_who_is_switched_off_or_has_left_is_out_at_once(entrance: Entrance, ada: User, journal: Journal) -> None:
    cookie = entrance.sign_in("ada", PASSWORD, address="a").token
    token = entrance.create_token("t", user=ada, scopes=["read"]).token
    with journal.write() as tx:
        tx.people.put(tx.people.need("p001").model_copy(update={"active": False}))
    assert kind(entrance, cookie=cookie) == "anonymous"
    for refused in (lambda: kind(entrance, token=token), lambda: entrance.sign_in("ada", PASSWORD, address="a")):
        with pytest.raises(Unauthenticated):
            refused()
    with journal.write() as tx:
        tx.people.put(tx.people.need("p001").model_copy(update={"active": True}))
    assert kind(entrance, token=token) == "token"
    entrance.switch("ada", on=False, by="user:root")
    assert entrance.tokens() == []
    entrance.switch("ada", on=True, by="user:root")
    assert kind(entrance, cookie=cookie) == "anonymous", "what was ended stays so"


def test_roles_are_given_by_others(entrance: Entrance, ada: User) -> None:
    grouped = ada.with_roles(of_groups=("auditor",))
    assert grouped.roles == ("operator", "auditor")
    assert grouped.with_roles(of_groups=()).roles == ("operator",)
    assert entrance.set_roles("ada", ["approver"], by="user:root").roles == ("approver",)
    for own in ("user:ada", "p001"):
        with pytest.raises(Forbidden):
            entrance.set_roles("ada", ["admin"], by=own)
    with pytest.raises(Forbidden):
        entrance.switch("ada", on=False, by="p001")


def test_a_program_has_an_owner_and_never_signs_in(entrance: Entrance, ada: User, clock: ManualClock) -> None:
    for wrong in ({}, {"owner": "p001", "password": PASSWORD}, {"owner": "p001", "person": "p001"}):
        with pytest.raises(BadInput):
            entrance.create_user("robot", roles=["operator"], service=True, **wrong)
    robot = entrance.create_user("robot", roles=["operator"], service=True, owner="p001")
    with pytest.raises(BadInput):
        entrance.set_password("robot", PASSWORD, by="user:root")
    with pytest.raises(Forbidden):
        entrance.make_link(robot)
    made = entrance.create_token("t", user=robot, scopes=["read"])
    assert entrance.tokens_used() == {}
    assert kind(entrance, token=made.token) == "token"
    assert entrance.tokens_used() == {made.record.id: clock.now()}


def test_the_seal_breaks_once_with_an_alarm(entrance: Entrance, journal: Journal, clock: ManualClock) -> None:
    told: list[tuple[str, str]] = []
    entrance.alarm = lambda subject, text: told.append((subject, text))
    user, password = seal(journal, clock, "Break-Glass", by="user:root")
    assert unsealed(journal) == []
    with pytest.raises(BadInput):
        entrance.create_token("t", user=user, scopes=["admin"])
    opened = entrance.sign_in("break-glass", password, address="10.0.0.9")
    assert "admin" in opened.user.roles
    assert opened.expires_at - clock.now() <= dt.timedelta(hours=1)
    assert [subject for subject, _ in told] == ["user:break-glass"]
    assert [one.login for one in unsealed(journal)] == ["break-glass"]
    with pytest.raises(Unauthenticated):
        entrance.sign_in("break-glass", password, address="10.0.0.9")
    with pytest.raises(Forbidden):
        seal(journal, clock, "break-glass", by="user:break-glass")
    _, newer = seal(journal, clock, "break-glass", by="user:root")
    assert kind(entrance, cookie=opened.token) == "anonymous", "sealing again ends what was opened"
    assert newer != password
    with journal.read() as tx:
        actions = [row.action for row in tx.audit.rows()]
    assert actions == [SEALED, USED, "sign_in", "sign_in.refused", SEALED]


def test_where_a_provider_signs_people_in_only_the_sealed_account_has_a_password(
    journal: Journal, clock: ManualClock, entrance: Entrance, ada: User
) -> None:
    strict = Entrance(journal, clock, EntranceSettings(passwords=False))
    with pytest.raises(Unauthenticated):
        strict.sign_in("ada", PASSWORD, address="a")
    _, password = seal(journal, clock, "glass", by="user:root")
    assert strict.sign_in("glass", password, address="a").user.kind == "break_glass"


def test_the_wait_after_wrong_passwords_outlives_a_restart(
    entrance: Entrance, ada: User, journal: Journal, clock: ManualClock
) -> None:
    for _ in range(entrance.settings.tries):
        with pytest.raises(Unauthenticated):
            entrance.sign_in("ada", "wrong", address="10.0.0.1")
    with pytest.raises(TooManyTries):
        Entrance(journal, clock).sign_in("ada", PASSWORD, address="10.0.0.1")


@pytest.mark.parametrize("password", ["password1234", "qwertyuiop123", "aaaaaaaaaaaa", "Tickless2026!", "ada-ada-ada-1",
                                      "123456789012",
                                      "Summer2026Summer", "abcdefghijklm", "AdminAdmin2026", "passw0rd!!!!"])  # fmt: skip
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    assert guessable(password, "ada")


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery staple", "xK9$mQ2!vL7p", "my dog eats only on mondays",
                                      "Grüße aus dem Süden", "jfk3v-9dkqp-2mmxw-h4n7c"])  # fmt: skip
def test_passwords_that_are_fine_pass(password: str) -> None:
    assert not guessable(password, "ada")


@given(st.text(alphabet="bdfhjlmpqrtvxz", min_size=16, max_size=40).filter(lambda text: len(set(text)) > 8))
def test_random_letters_are_not_called_guessable(password: str) -> None:
    assert not guessable(password, "ada")
