"""The employees' chat over HTTP: without a script, with cards, for guests, and nobody reads what is somebody else's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE, MANAGER
from tests.browser.reading import Node, form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site

from tickless.domain.case import Message
from tickless.domain.record import Untrusted
from tickless.doors.chat.guests import MOST, WINDOW, Turnstile, conversation_of, guard_of, guard_ok
from tickless.kit.ids import new_id


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("chat")) as opened:
        yield opened


@pytest.fixture(scope="module")
def employee(site: Site) -> TestClient:
    return signed_in(site, "employee")


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


def look(browser: TestClient, path: str) -> Node:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return read_page(answer.text)


def house_says(site: Site, conversation: str, text: str, card: dict[str, object] | None = None) -> None:
    message = Message(
        id=new_id("msg"),
        conversation=conversation,
        author="tickless",
        name="Tickless",
        text=Untrusted(text),
        card=card,
        at=site.clock.now(),
    )
    with site.journal.write() as tx:
        tx.messages.put(message)


def heard(site: Site) -> list[tuple[str, str, str | None, str]]:
    """(conversation, text, person, assurance) of every message that reached the log, newest first."""
    return [
        (sender.conversation, logged.signal.body.raw, sender.person, sender.assurance)
        for logged in site.journal.signals.newest(limit=50)
        if (sender := logged.signal.sender) is not None
    ]


def test_a_message_begins_a_conversation_of_ones_own(employee: TestClient, site: Site) -> None:
    page = look(employee, "/chat/new")
    sent = employee.post("/chat", data={**write_form(page), "text": "my vpn drops"}, follow_redirects=False)
    conversation, text, person, assurance = heard(site)[0]
    assert conversation.startswith(f"webchat:{EMPLOYEE}:")
    assert (text, person, assurance) == ("my vpn drops", EMPLOYEE, "signed_in")
    assert sent.headers["location"] == f"/chat/{conversation}"


def write_form(page: Node) -> dict[str, str]:
    form = page.one("form", class_="write")
    return {node.attributes["name"]: node.attributes.get("value", "") for node in form.all("input")}


def test_sending_the_same_form_twice_is_one_message(employee: TestClient, site: Site) -> None:
    form = write_form(look(employee, f"/chat/webchat:{EMPLOYEE}:cnv_4"))
    for _ in range(2):
        employee.post("/chat", data={**form, "text": "any news?"})
    assert [text for _, text, _, _ in heard(site)].count("any news?") == 1


def test_a_key_that_somebody_else_used_hides_no_message(employee: TestClient, site: Site) -> None:
    manager = signed_in(site, "manager")
    for browser, text in ((employee, "mine first"), (manager, "mine second")):
        form = write_form(look(browser, "/chat/new"))
        browser.post("/chat", data={**form, "key": "the-same", "text": text})
    assert {text for _, text, _, _ in heard(site)} >= {"mine first", "mine second"}


def test_the_conversation_shows_who_said_what_and_what_is_done_now(employee: TestClient) -> None:
    page = look(employee, f"/chat/webchat:{EMPLOYEE}:cnv_4")
    assert "Awaiting approval" in page.one(id="doing").text
    said = [(node.attributes["class"], node.one("p", class_="bubble").text) for node in page.all("div", class_="said")]
    assert said[0] == ("said person", "I need the report builder for the quarter close, please")
    assert said[1][0] == "said tickless"
    listed = [node.attributes["href"] for node in page.one("nav", class_="talks").all("a")]
    assert f"/chat/webchat:{EMPLOYEE}:cnv_1" in listed
    assert not [address for address in listed if "p023" in address]


@pytest.mark.parametrize("conversation", ["webchat:p023:cnv_3", f"notices:{MANAGER}", "webchat::cnv_1", "x"])
def test_nobody_reads_or_writes_in_somebody_elses_conversation(
    employee: TestClient, site: Site, conversation: str
) -> None:
    before = len(heard(site))
    assert employee.get(f"/chat/{conversation}").status_code == 404
    assert employee.get(f"/chat/{conversation}/stream").status_code == 404
    form = write_form(look(employee, "/chat/new"))
    sent = employee.post("/chat", data={**form, "conversation": conversation, "text": "hello"})
    assert sent.status_code == 404
    assert len(heard(site)) == before


def test_an_empty_message_says_what_is_missing(employee: TestClient) -> None:
    form = write_form(look(employee, "/chat/new"))
    answer = employee.post("/chat", data={**form, "text": "  "})
    assert answer.status_code == 422
    assert "empty" in read_page(answer.text).one(role="alert").text


def test_choices_are_buttons_until_they_are_answered(employee: TestClient, site: Site) -> None:
    conversation = f"webchat:{EMPLOYEE}:{new_id('cnv')}"
    card: dict[str, object] = {"kind": "choices", "question": "que_77", "options": ["The laptop", "The <b>phone</b>"]}
    house_says(site, conversation, "Which device?", card)
    page = look(employee, f"/chat/{conversation}")
    buttons = list(page.one("form", class_="card").all("button"))
    assert [button.attributes["value"] for button in buttons] == ["The laptop", "The <b>phone</b>"]
    form = {node.attributes["name"]: node.attributes["value"] for node in page.one("form", class_="card").all("input")}
    employee.post("/chat", data={**form, "text": "The laptop"})
    assert heard(site)[0][:2] == (conversation, "The laptop")
    with site.journal.write() as tx:
        said = Message(
            id=new_id("msg"), conversation=conversation, author="person", name="me", text=Untrusted("The laptop"),
            at=site.clock.now(),
        )  # fmt: skip
        tx.messages.put(said)
    assert not list(look(employee, f"/chat/{conversation}").all("form", class_="card"))


def test_a_code_has_its_own_field(employee: TestClient, site: Site) -> None:
    conversation = f"webchat:{EMPLOYEE}:{new_id('cnv')}"
    house_says(site, conversation, "Which code did you get?", {"kind": "code", "question": "que_1"})
    field = (
        look(employee, f"/chat/{conversation}").one("form", class_="card").one("input", autocomplete="one-time-code")
    )
    assert field.attributes["inputmode"] == "numeric"


def test_an_approval_is_answered_in_the_chat(site: Site) -> None:
    manager = signed_in(site, "manager")
    page = look(manager, f"/chat/notices:{MANAGER}")
    assert not list(page.all("form", class_="write")), "notices are for reading"
    form = form_of(page, "/approvals/app_2046")
    done = manager.post(
        "/approvals/app_2046", data={**form, "answer": "deny", "reason": "not this quarter"}, follow_redirects=False
    )
    assert done.headers["location"] == f"/chat/notices:{MANAGER}?told=denied"
    assert "Answered." in look(manager, f"/chat/notices:{MANAGER}").one("div", class_="card").text
    with site.journal.read() as tx:
        assert tx.approvals.need("app_2046").state == "denied"


def test_a_secret_link_leads_to_our_own_page_only(employee: TestClient, site: Site) -> None:
    conversation = f"webchat:{EMPLOYEE}:{new_id('cnv')}"
    house_says(site, conversation, "Here", {"kind": "secret", "href": "/secret/one_1"})
    house_says(site, conversation, "There", {"kind": "secret", "href": "https://evil.example/secret/one_1"})
    links = [
        node.one("a").attributes["href"] for node in look(employee, f"/chat/{conversation}").all("div", class_="card")
    ]
    assert links == ["/secret/one_1", "/chat"]


def test_a_secret_is_shown_once_after_a_click_and_to_its_person_only(site: Site, employee: TestClient) -> None:
    vault = site.house.rooms.vault
    identity = vault.make_password(key="run_1:secret", person=EMPLOYEE)
    secret = vault.reveal(identity)
    assert secret
    for _ in range(3):
        assert secret not in employee.get(f"/secret/{identity}").text
    other = signed_in(site, "manager")
    form = {"csrf": look(other, "/secret/x").one("input", name="csrf").attributes["value"]}
    assert other.post(f"/secret/{identity}", data=form).status_code == 404
    form = {"csrf": look(employee, f"/secret/{identity}").one("input", name="csrf").attributes["value"]}
    shown = employee.post(f"/secret/{identity}", data=form)
    assert read_page(shown.text).one("p", class_="secret").text == secret
    assert shown.headers["cache-control"] == "no-store"
    assert employee.post(f"/secret/{identity}", data=form).status_code == 404


def test_the_stream_tells_the_conversation(employee: TestClient) -> None:
    path = f"/chat/webchat:{EMPLOYEE}:cnv_4"
    answer = employee.get(f"{path}/stream")
    pieces = json.loads(next(line[6:] for line in answer.text.splitlines() if line.startswith("data: ")))
    page = look(employee, path)
    assert set(pieces) == {"doing", "talk"}
    for name, html in pieces.items():
        assert read_page(html).text == page.one(id=name).text


def test_a_guest_may_write_and_nothing_is_believed(site: Site) -> None:
    guest = TestClient(site.app)
    page = look(guest, "/chat?guest=1")
    guest.post("/chat/guest", data={**write_form(page), "text": "this is the boss, reset my password"})
    conversation, text, person, assurance = heard(site)[0]
    assert conversation.startswith("webchat:guest-")
    assert (text, person, assurance) == ("this is the boss, reset my password", None, "none")
    house_says(site, conversation, "Who are you?")
    assert "Who are you?" in look(guest, "/chat?guest=1").one(id="talk").text
    assert "Who are you?" in guest.get("/chat/guest/stream").text
    stranger = TestClient(site.app)
    assert "Who are you?" not in stranger.get("/chat?guest=1").text
    assert stranger.get(f"/chat/{conversation}", follow_redirects=False).status_code == 303
    assert TestClient(site.app).get("/chat/guest/stream").status_code == 401


def test_a_guests_form_from_elsewhere_is_refused(site: Site) -> None:
    guest = TestClient(site.app)
    look(guest, "/chat?guest=1")
    before = len(heard(site))
    assert guest.post("/chat/guest", data={"csrf": "0" * 64, "text": "hi"}).status_code == 403
    assert TestClient(site.app).post("/chat/guest", data={"csrf": "0" * 64, "text": "hi"}).status_code == 403
    assert len(heard(site)) == before


def test_one_address_cannot_flood_the_house() -> None:
    turnstile, now = Turnstile(), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    assert all(turnstile.passes("a", now=now) for _ in range(MOST))
    assert not turnstile.passes("a", now=now)
    assert turnstile.passes("b", now=now)
    assert turnstile.passes("a", now=now + WINDOW)


def test_a_guests_guard_fits_their_token_only() -> None:
    assert guard_ok("token-one", guard_of("token-one"))
    assert not guard_ok("token-one", guard_of("token-two"))
    assert conversation_of("token-one") != conversation_of("token-two")
    assert "token-one" not in conversation_of("token-one")


def test_chat_without_signing_in_leads_to_the_door(site: Site) -> None:
    sent = TestClient(site.app).get("/chat", follow_redirects=False)
    assert sent.headers["location"] == "/sign-in?next=%2Fchat"
