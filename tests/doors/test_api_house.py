"""The REST door before a whole house in the sample company: what callers do there really happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from tests.doors.conftest import Place
from tests.waiting import until

from tickless.doors.api import stream
from tickless.doors.entrance.entrance import COOKIE
from tickless.journal.access import Role

API = "/api/v1"


@pytest.fixture
def admin(place: Place) -> Iterator[httpx2.Client]:
    with place.client() as client:
        yield client


@pytest.fixture
def as_person(place: Place) -> Iterator[Callable[..., httpx2.Client]]:
    """A browser that is signed in as this person, with the CSRF token of its pages."""
    opened: list[httpx2.Client] = []

    def sign_in(person: str, *roles: Role) -> httpx2.Client:
        entrance = place.sample.house.entrance
        login = f"{person}-{len(entrance.users())}"
        user = entrance.create_user(login, roles=roles or ("employee",), person=person)
        session = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
        headers = {"Cookie": f"{COOKIE}={session.token}", "X-CSRF-Token": session.csrf}
        opened.append(httpx2.Client(base_url=place.url, headers=headers, timeout=20, trust_env=False))
        return opened[-1]

    yield sign_in
    for client in opened:
        client.close()


def ok(answer: httpx2.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    return error


def lock(place: Place, number: int) -> Any:
    """A person of the company whose account the directory has locked."""
    person = place.sample.company.people[number]
    for _ in range(6):
        place.sample.estate.sign_in(person.username, "wrong")
    return person


def ended_case(client: httpx2.Client, conversation: str) -> Any:
    def look() -> Any:
        cases = ok(client.get(f"{API}/conversations/{conversation}/cases"))["items"]
        return cases and not cases[0]["live"] and cases[0]

    return until(look)


def test_a_locked_account_is_unlocked_in_one_conversation(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    person = lock(place, 61)
    signed_in, why = place.sample.estate.sign_in(person.username, "whatever")
    assert (signed_in, why) == (False, "locked")
    client = as_person(person.id)
    taken = ok(client.post(f"{API}/conversations/messages", json={"text": "I'm locked out of my account"}), 202)
    assert taken["conversation"].startswith(f"api:{person.id}:")
    case = ended_case(client, taken["conversation"])
    assert (case["outcome"], case["requester"], case["need"]) == ("verified", person.id, "account_unlock")
    _, why = place.sample.estate.sign_in(person.username, "whatever")
    assert why != "locked", "the directory itself says that it is unlocked"
    story = ok(client.get(f"{API}/cases/{case['number']}/story"))
    assert story["verdicts"][-1]["result"] == "held"
    assert story["messages"][-1]["author"] == "tickless"


def test_a_retry_with_the_same_key_says_it_once(place: Place, as_person: Callable[..., httpx2.Client]) -> None:
    client = as_person(place.sample.company.people[70].id)
    before = place.sample.house.journal.signals.head()
    answers = [
        ok(client.post(f"{API}/conversations/messages", json={"text": "hello"}, headers={"Idempotency-Key": "k1"}), 202)
        for _ in range(3)
    ]
    assert len({answer["conversation"] for answer in answers}) == 1
    other = as_person(place.sample.company.people[71].id)
    ok(other.post(f"{API}/conversations/messages", json={"text": "hello"}, headers={"Idempotency-Key": "k1"}), 202)
    assert place.sample.house.journal.signals.head() == before + 2, "one of each person"


def test_who_speaks_for_somebody_is_on_record_and_unverified_stays_so(place: Place, admin: httpx2.Client) -> None:
    person = lock(place, 62)
    body = {"text": "I'm locked out of my account", "as": person.username, "unverified": True}
    taken = ok(admin.post(f"{API}/conversations/messages", json=body), 202)
    sender = place.sample.house.journal.signals.get(taken["signal"]).sender
    assert sender is not None
    assert (sender.person, sender.via, sender.assurance) == (person.id, "local", "none")
    where = f"{API}/conversations/{taken['conversation']}"
    until(lambda: any(m["author"] == "tickless" for m in ok(admin.get(f"{where}/messages"))["items"]))
    assert all(case["outcome"] != "verified" for case in ok(admin.get(f"{where}/cases"))["items"])
    _, why = place.sample.estate.sign_in(person.username, "whatever")
    assert why == "locked", "nobody checked who it is, so nothing was done"


def test_the_stream_tells_messages_and_the_case_as_they_come(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    person = lock(place, 63)
    client = as_person(person.id)
    taken = ok(client.post(f"{API}/conversations/messages", json={"text": "I'm locked out of my account"}), 202)
    where = f"{API}/conversations/{taken['conversation']}/events"
    messages: list[dict[str, Any]] = []
    kind = ""
    with client.stream("GET", where, timeout=25) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            if name == "data" and kind == "message":
                messages.append(json.loads(value))
            if name == "data" and kind == "case" and json.loads(value)["outcome"] == "verified":
                break
    assert messages[0]["author"] == "person"
    assert any(message["author"] == "tickless" for message in messages)

    seen = messages[0]["id"]
    with client.stream("GET", where, headers={"Last-Event-ID": seen}, timeout=25) as stream:
        first = next(line for line in stream.iter_lines() if line.startswith("id: "))
    assert first.removeprefix("id: ") > seen, "it goes on where the reader left"


def test_one_account_holds_only_so_many_streams_open(place: Place, as_person: Callable[..., httpx2.Client]) -> None:
    client = as_person(lock(place, 71).id)
    taken = ok(client.post(f"{API}/conversations/messages", json={"text": "hello there"}), 202)
    where = f"{API}/conversations/{taken['conversation']}/events"
    with ExitStack() as held:
        lines = [held.enter_context(client.stream("GET", where, timeout=25)).iter_lines() for _ in range(stream.MOST)]
        assert all(next(one) for one in lines)
        one_more = held.enter_context(client.stream("GET", where, timeout=25))
        assert one_more.status_code == 429


def test_what_is_done_is_withdrawn_by_whoever_asked_for_it_and_by_nobody_else(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    apps = [app for app in place.sample.company.apps if app.approval == "none" and app.group and not app.departments]
    person, app = next(
        (one, app) for one in place.sample.company.people[90:] for app in apps if app.group not in one.groups
    )
    client, stranger = as_person(person.id), as_person(place.sample.company.people[89].id)
    taken = ok(client.post(f"{API}/conversations/messages", json={"text": f"I need access to {app.name}"}), 202)
    cases = f"{API}/conversations/{taken['conversation']}/cases"
    done = until(lambda: next((c for c in ok(client.get(cases))["items"] if c["outcome"] == "verified"), None))
    why = {"reason": "the wrong app"}
    refused(stranger.post(f"{API}/cases/{done['number']}/withdraw", json=why), 404)
    assert app.group in place.sample.estate.read("office", f"/accounts/{person.username}")["groups"]
    back = ok(client.post(f"{API}/cases/{done['number']}/withdraw", json=why))
    assert back["number"] != done["number"]
    until(lambda: ok(client.get(f"{API}/cases/{done['number']}"))["outcome"] == "withdrawn")
    assert app.group not in place.sample.estate.read("office", f"/accounts/{person.username}")["groups"]


def test_a_wish_waits_for_the_manager_and_for_nobody_else(
    place: Place, as_person: Callable[..., httpx2.Client]
) -> None:
    company = place.sample.company
    person = next(p for p in company.people if p.department == "Sales" and p.manager and p.employment == "employee")
    client = as_person(person.id, "employee", "approver")
    taken = ok(client.post(f"{API}/conversations/messages", json={"text": "I need access to Fieldnote CRM"}), 202)
    manager = as_person(str(person.manager))

    def asked() -> Any:
        return [one for one in ok(manager.get(f"{API}/approvals"))["items"] if one["requester"] == person.id]

    approval = until(asked)[0]
    assert approval["approvers"] == [person.manager]
    assert approval["plan"]["hash"] == approval["plan_hash"]
    where = f"{API}/approvals/{approval['id']}/answer"
    refused(client.post(where, json={"approve": True}), 403)
    stranger = as_person(company.people[150].id, "approver")
    refused(stranger.post(where, json={"approve": True}), 403)
    with place.client() as nobody:
        refused(nobody.post(where, json={"approve": True}), 403)
    assert ok(manager.post(where, json={"approve": True, "reason": "fine"}))["state"] == "approved"
    assert refused(manager.post(where, json={"approve": False}), 409)["code"] == "conflict"
    case = ended_case(client, taken["conversation"])
    assert case["outcome"] == "verified", case


def test_a_rehearsal_changes_nothing_and_a_run_is_a_case(
    place: Place, admin: httpx2.Client, as_person: Callable[..., httpx2.Client]
) -> None:
    person = lock(place, 64)
    where = f"{API}/runbooks/directory.unlock-account"
    found = ok(admin.post(f"{where}/rehearse", json={"inputs": {"person": person.username}}))
    assert found["plan"]["inputs"]["person"]["id"] == person.id
    assert place.sample.estate.sign_in(person.username, "whatever")[1] == "locked"

    body = {"inputs": {"person": person.username}, "reason": "asked for by telephone"}
    manager = as_person(person.manager, "operator")
    case = ok(manager.post(f"{where}/run", json=body), 202)
    assert case["requester"] == person.manager, "the house is told the person, not the account"
    done = until(lambda: (c := ok(admin.get(f"{API}/cases/{case['number']}"))) and not c["live"] and c)
    assert done["outcome"] == "verified"
    assert place.sample.estate.sign_in(person.username, "whatever")[1] != "locked"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/runbooks/no.such/run", {"reason": "x"}, 404),
        ("/runbooks/directory.unlock-account/run", {"reason": "x"}, 422),
        ("/runbooks/directory.unlock-account/run", {"inputs": {"person": "nobody"}, "reason": "x"}, 422),
        ("/runbooks/directory.unlock-account/run", {"inputs": {}, "reason": ""}, 422),
        ("/runbooks/directory.unlock-account/rehearse", {"inputs": {"person": ["a"]}}, 422),
        ("/quarantine/qua_none/replay", {}, 404),
        ("/cases/999999/close", {"how": "mute", "reason": "x"}, 404),
        ("/cases/999999/reopen", {"reason": "x"}, 404),
        ("/approvals/apr_none/answer", {"approve": True}, 404),
        ("/users/nobody/link", {}, 404),
    ],
)
def test_what_is_not_there_or_not_right_is_told(
    admin: httpx2.Client, path: str, body: dict[str, Any], status: int
) -> None:
    error = refused(admin.post(f"{API}{path}", json=body), status)
    assert error["message"]
    assert "Traceback" not in str(error)


def test_brakes_and_rungs_are_set_and_shown(admin: httpx2.Client) -> None:
    name = "runbook:mailbox.raise-quota"
    for on in (True, False):
        ok(admin.put(f"{API}/switches/{name}", json={"on": on, "reason": "a test"}))
        shown = {one["name"]: one["on"] for one in ok(admin.get(f"{API}/switches"))["items"]}
        assert shown[name] is on
    refused(admin.put(f"{API}/switches/everything", json={"on": True, "reason": "x"}), 422)
    ok(admin.put(f"{API}/autonomy/mailbox.raise-quota", json={"rung": "approve"}))
    rungs = {one["runbook"]: one["rung"] for one in ok(admin.get(f"{API}/autonomy"))["items"] if not one["scope"]}
    assert rungs["mailbox.raise-quota"] == "approve"
    refused(admin.put(f"{API}/autonomy/no.such", json={"rung": "auto"}), 404)
    refused(admin.put(f"{API}/autonomy/mailbox.raise-quota", json={"rung": "god"}), 422)


def test_an_alert_that_cannot_be_read_is_replayed_from_the_quarantine(admin: httpx2.Client) -> None:
    error = refused(admin.post("/hooks/monitor", content=b"{not json"), 400)
    listed = ok(admin.get(f"{API}/quarantine"))["items"]
    assert error["quarantined"] in [one["id"] for one in listed]
    again = ok(admin.post(f"{API}/quarantine/{error['quarantined']}/replay"))
    assert again["quarantined"] == error["quarantined"], "it still cannot be read, and waits on"


def test_a_case_is_closed_by_hand_once(place: Place, admin: httpx2.Client) -> None:
    company = place.sample.company
    person = next(p for p in company.people if p.department == "Marketing" and p.manager and p.employment == "employee")
    body = {"text": "I need access to Northlight Studio", "as": person.username}
    taken = ok(admin.post(f"{API}/conversations/messages", json=body), 202)
    where = f"{API}/conversations/{taken['conversation']}/cases"
    case = until(lambda: [c for c in ok(admin.get(where))["items"] if c["state"] == "awaiting_approval"])[0]
    close = f"{API}/cases/{case['id']}/close"
    done = ok(admin.post(close, json={"how": "withdraw", "reason": "not needed any more"}))
    assert (done["live"], done["outcome"]) == (False, "withdrawn")
    refused(admin.post(close, json={"how": "mute", "reason": "x"}), 409)


def test_numbers_doctor_runbooks_and_the_record_answer(place: Place, admin: httpx2.Client) -> None:
    numbers = ok(admin.get(f"{API}/numbers"))
    assert numbers["cases"] >= 1
    assert {"verified", "confirmed", "assumed", "regressed", "handed_off"} <= set(numbers["outcomes"])
    assert {check["check"] for check in ok(admin.get(f"{API}/doctor"))} >= {"audit chain", "signals"}
    runbooks = ok(admin.get(f"{API}/runbooks"))["items"]
    assert {one["id"] for one in runbooks} == set(place.sample.house.desk.runbooks)
    whole = ok(admin.get(f"{API}/runbooks/directory.unlock-account"))
    assert whole["content"]["verify"]
    assert ok(admin.get(f"{API}/runbooks/schema"))["properties"]["verify"]
    assert ok(admin.get(f"{API}/audit/verify"))["ok"]
    assert admin.get("/metrics").status_code == 200


def test_only_the_person_it_is_for_opens_a_secret_once(
    place: Place, admin: httpx2.Client, as_person: Callable[..., httpx2.Client]
) -> None:
    refused(admin.post(f"{API}/secrets/once_none/open"), 403)
    refused(as_person(place.sample.company.people[72].id).post(f"{API}/secrets/once_none/open"), 404)


def test_a_body_of_ten_megabytes_gets_its_answer_over_a_real_socket(admin: httpx2.Client) -> None:
    for path in ("/hooks/monitor", f"{API}/conversations/messages"):
        assert refused(admin.post(path, content=b"x" * 10_000_000), 413)["code"] == "too_large"
    assert admin.get("/healthz").status_code == 200
