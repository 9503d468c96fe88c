"""Accounts in channels and delegations at the doors: who may bind, see and end them, and who reads whose conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE
from tests.browser.site import PASSWORD, Site, open_site
from tests.doors.conftest import Place
from tests.doors.test_api_house import API, admin, as_person, ok, refused
from tests.waiting import until

from tickless.domain.channel import Thread

__all__ = ["admin", "as_person"]
CHANNEL = "monitor"


def test_an_administrator_binds_and_the_person_sees_and_ends_it(
    place: Place, admin: httpx2.Client, as_person: Callable[..., httpx2.Client]
) -> None:
    first, second = place.sample.company.people[70:72]
    for person in (first, second):  # the same account changes hands
        made = ok(
            admin.post(f"{API}/bindings", json={"channel": CHANNEL, "account": "U/1 2", "person": person.username}), 201
        )
        assert (made["person"], made["way"], made["active"]) == (person.id, "administrator", True)
    mine = as_person(second.id)
    assert [one["id"] for one in ok(mine.get(f"{API}/bindings"))["items"]] == [f"{CHANNEL}:U/1 2"]
    assert ok(as_person(first.id).get(f"{API}/bindings"))["items"] == []
    refused(mine.post(f"{API}/bindings", json={"channel": CHANNEL, "account": "x", "person": first.id}), 403)
    refused(as_person(first.id).delete(f"{API}/bindings/{CHANNEL}:U%2F1%202"), 404)
    assert ok(mine.delete(f"{API}/bindings/{CHANNEL}:U%2F1%202"))["active"] is False
    refused(mine.delete(f"{API}/bindings/{CHANNEL}:U%2F1%202"), 404)


def test_what_cannot_be_bound_is_refused_with_a_reason(place: Place, admin: httpx2.Client) -> None:
    person = place.sample.company.people[72]
    for given, status in (
        ({"channel": "nowhere", "account": "x", "person": person.id}, 404),
        ({"channel": CHANNEL, "account": "x", "person": "nobody.at.all"}, 404),
        ({"channel": CHANNEL, "account": " ", "person": person.id}, 422),
    ):
        assert refused(admin.post(f"{API}/bindings", json=given), status)["message"]
    robot = person.model_copy(update={"id": "svc1", "username": "svc1", "employment": "service"})
    with place.sample.house.journal.write() as tx:
        tx.people.put(robot)
    try:
        error = refused(admin.post(f"{API}/bindings", json={"channel": CHANNEL, "account": "y", "person": "svc1"}), 403)
        assert "policy" in error["message"]
    finally:
        with place.sample.house.journal.write() as tx:
            tx.people.delete("svc1")


def test_a_delegation_has_an_end_and_can_be_ended_before(place: Place, admin: httpx2.Client) -> None:
    boss, deputy = place.sample.company.people[73:75]
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=10)).isoformat()
    given = {"person": boss.username, "delegate": deputy.id, "until": until}
    made = ok(admin.post(f"{API}/delegations", json=given), 201)
    assert (made["person"], made["delegate"]) == (boss.id, deputy.id)
    refused(admin.post(f"{API}/delegations", json=given), 409)
    refused(admin.post(f"{API}/delegations", json={**given, "delegate": boss.id}), 422)
    refused(admin.post(f"{API}/delegations", json={**given, "until": "2020-01-01T00:00:00Z"}), 422)
    assert made["id"] in {one["id"] for one in ok(admin.get(f"{API}/delegations"))["items"]}
    ok(admin.delete(f"{API}/delegations/{made['id']}"))
    refused(admin.delete(f"{API}/delegations/{made['id']}"), 404)


def test_everybody_arranges_it_for_themselves_and_for_approvals_only(
    place: Place, admin: httpx2.Client, as_person: Callable[..., httpx2.Client]
) -> None:
    boss, deputy, other = place.sample.company.people[76:79]
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=10)).isoformat()
    mine, theirs = as_person(boss.id), as_person(other.id)
    given = {"delegate": deputy.id, "until": until, "approves": True}
    refused(mine.post(f"{API}/delegations", json={**given, "person": other.id}), 403)
    refused(mine.post(f"{API}/delegations", json={**given, "approves": False}), 403)
    made = ok(mine.post(f"{API}/delegations", json=given), 201)
    assert (made["person"], made["by"], made["approves"]) == (boss.id, boss.id, True)
    assert [one["id"] for one in ok(mine.get(f"{API}/delegations"))["items"]] == [made["id"]]
    assert ok(theirs.get(f"{API}/delegations"))["items"] == []
    refused(theirs.delete(f"{API}/delegations/{made['id']}"), 404)
    ok(as_person(deputy.id).delete(f"{API}/delegations/{made['id']}"))
    with _token(place, "desk-away") as desk:
        refused(desk.post(f"{API}/delegations", json=given), 403)


def _token(place: Place, name: str) -> httpx2.Client:
    """A program that may only speak for others."""
    entrance = place.sample.house.entrance
    user = entrance.create_user(name, roles=["operator"])
    token = entrance.create_token(name, user=user, scopes=["ask_as"]).token
    return httpx2.Client(base_url=place.url, headers={"Authorization": f"Bearer {token}"}, timeout=20, trust_env=False)


def test_who_speaks_for_others_reads_what_they_began_and_nothing_else(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    person = place.sample.company.people[75]
    own = ok(as_person(person.id).post(f"{API}/conversations/messages", json={"text": "good morning"}), 202)
    with _token(place, "desk-one") as desk, _token(place, "desk-two") as other:
        said = ok(desk.post(f"{API}/conversations/messages", json={"text": "good morning", "as": person.id}), 202)
        place_of = f"{API}/conversations/{said['conversation']}/messages"
        assert ok(desk.get(place_of))["items"] is not None
        ok(desk.post(f"{API}/conversations/messages",
                     json={"text": "hello again", "as": person.id, "conversation": said["conversation"]}), 202)  # fmt: skip
        refused(other.get(place_of), 404)
        refused(desk.get(f"{API}/conversations/{own['conversation']}/messages"), 404)
        more = {"text": "psst", "as": person.id, "conversation": own["conversation"]}
        refused(desk.post(f"{API}/conversations/messages", json=more), 404)


def test_who_types_for_others_sees_that_there_is_a_case_and_not_what_stands_in_it(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    people = place.sample.company.people
    person = [p for p in people if p.department == "Sales" and p.manager and p.employment == "employee"][1]
    own = as_person(person.id)
    said = ok(own.post(f"{API}/conversations/messages", json={"text": "I need access to Fieldnote CRM, secretly"}), 202)
    until(lambda: ok(own.get(f"{API}/conversations/{said['conversation']}/cases"))["items"])
    call = {"caller": person.id, "text": "I need access to Fieldnote CRM"}
    with _token(place, "desk-three") as desk, place.client() as admin:
        for client, told in ((desk, False), (admin, True)):
            matches = ok(client.post(f"{API}/assist/suggest", json=call))["matches"]
            theirs = [one for one in matches if one["kind"] == "own case"]
            assert theirs
            assert any("secretly" in one["title"] for one in theirs) is told


def test_people_read_their_own_conversations_of_bound_channels(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    mine, theirs = place.sample.company.people[76:78]
    conversation = f"{CHANNEL}:0123456789abcdef:cnv_outside"
    with place.sample.house.journal.write() as tx:
        tx.threads.put(Thread(id=conversation, channel=CHANNEL, account="U9", person=mine.id, address={"to": "U9"},
                              last_heard_at=dt.datetime.now(dt.UTC)))  # fmt: skip
    assert ok(as_person(mine.id).get(f"{API}/conversations/{conversation}/messages"))["items"] == []
    refused(as_person(theirs.id).get(f"{API}/conversations/{conversation}/messages"), 404)


# The page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("accounts")) as opened:
        yield opened


def _browser(site: Site, login: str) -> tuple[TestClient, str]:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    page: Any = browser.get("/accounts")
    assert page.status_code == 200
    return browser, page.text.split('name="csrf" value="')[1].split('"')[0]


def _in_days(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()


def test_the_page_lets_somebody_stand_in_and_ends_it(site: Site) -> None:
    boss, csrf = _browser(site, "admin")
    with site.journal.read() as tx:
        other = next(one for one in tx.people.where(limit=20) if one.active and one.id != EMPLOYEE)
    given = {"csrf": csrf, "person": EMPLOYEE, "delegate": other.id, "until": _in_days(10), "note": "<i>leave</i>"}
    employee, own = _browser(site, "employee")
    mine = employee.post("/accounts/delegations", data={**given, "csrf": own, "person": other.id, "note": "a week off"})
    assert "a week off" in mine.text
    with site.journal.read() as tx:
        away = next(one for one in tx.delegations.by(delegate=other.id) if one.note == "a week off")
    assert (away.person, away.by, away.approves) == (EMPLOYEE, EMPLOYEE, True), "for themselves, and for approvals only"
    assert "Ended." in employee.post("/accounts/delegations/end", data={"csrf": own, "id": away.id}).text
    assert boss.post("/accounts/delegations", data={**given, "csrf": "x"}).status_code == 403
    assert boss.post("/accounts/delegations", data={**given, "until": "soon"}).status_code == 422
    assert boss.post("/accounts/delegations", data={**given, "since": "then"}).status_code == 422
    done = boss.post("/accounts/delegations", data={**given, "since": _in_days(3)})
    assert "&lt;i&gt;leave&lt;/i&gt;" in done.text
    assert "Let somebody stand in for you" in employee.get("/accounts").text
    with site.journal.read() as tx:
        made = next(one for one in tx.delegations.by(person=EMPLOYEE) if one.note == "<i>leave</i>")
    assert made.since.date().isoformat() == _in_days(3)
    assert "Ended." in boss.post("/accounts/delegations/end", data={"csrf": csrf, "id": made.id}).text


def test_the_page_binds_shows_and_unbinds(site: Site) -> None:
    boss, csrf = _browser(site, "admin")
    given = {"csrf": csrf, "channel": "alertmanager", "account": "<b>U7</b>", "person": EMPLOYEE}
    done = boss.post("/accounts", data=given)
    assert done.status_code == 200
    assert "they have been told" in done.text
    assert "&lt;b&gt;U7&lt;/b&gt;" in done.text
    employee, own = _browser(site, "employee")
    assert "U7" in employee.get("/accounts").text
    assert "Bind by hand" not in employee.get("/accounts").text
    assert employee.post("/accounts", data={**given, "csrf": own}).status_code == 403
    gone = employee.post("/accounts/unbind", data={"csrf": own, "id": "alertmanager:<b>U7</b>"})
    assert "Nobody speaks from that account" in gone.text
    with site.journal.read() as tx:
        assert not tx.bindings.need("alertmanager:<b>U7</b>").active
