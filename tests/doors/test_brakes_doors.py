"""Brakes and drafts as people use them: the command line and the API before a house that serves the sample company."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import httpx2
import pytest
from tests.doors.conftest import Place
from tests.doors.test_api_house import API, admin, ok, refused  # noqa: F401 - `admin` is a fixture
from tests.doors.test_cli import Shell, locked, shell  # noqa: F401 - `shell` is a fixture
from tests.waiting import until

BOOK = Path(__file__).parents[2] / "runbooks/directory/unlock-account.yaml"
SOON = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).isoformat()
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:one@calendar
SUMMARY:Holidays\\, everybody
DTSTART;TZID=Europe/Berlin:20991224T180000
DURATION:P2D
END:VEVENT
BEGIN:VEVENT
UID:two@calendar
SUMMARY:Long ago
DTSTART;VALUE=DATE:20010101
END:VEVENT
END:VCALENDAR
"""


def test_a_freeze_is_made_seen_holds_and_is_ended(place: Place, admin: httpx2.Client) -> None:  # noqa: F811
    made = ok(admin.post(f"{API}/brakes/rules", json={
        "kind": "freeze", "title": "Year-end closing", "reason": "books", "ends_at": SOON,
        "exempt": ["directory.unlock-account"],
    }), 201)  # fmt: skip
    assert made["state"] == "active"
    person = place.sample.company.people[88]
    taken = ok(
        admin.post(f"{API}/conversations/messages", json={"text": "my mailbox is full", "as": person.username}), 202
    )
    where = f"{API}/conversations/{taken['conversation']}/cases"
    case = until(lambda: ok(admin.get(where))["items"])[0]

    def waits() -> list[str]:
        with place.sample.house.journal.read() as tx:
            decided = tx.decisions.by(case=case["id"])
        return [why.policy for one in decided if one.kind == "wait" for why in one.reasons]

    assert "brakes.freeze" in until(waits)
    board = ok(admin.get(f"{API}/brakes"))
    assert [one["title"] for one in board["rules"]] == ["Year-end closing"]
    assert board["history"][0]["what"] == "ruled"
    ended = ok(admin.post(f"{API}/brakes/rules/{made['id']}/end", json={"reason": "closed early"}))
    assert ended["state"] == "over"
    refused(admin.post(f"{API}/brakes/rules/{made['id']}/end", json={"reason": "again"}), 409)
    assert ok(admin.get(f"{API}/brakes/rules"))["items"] == []
    actions = [one["action"] for one in ok(admin.get(f"{API}/audit"))["items"]]
    assert {"change_rule.made", "change_rule.ended"} <= set(actions)


@pytest.mark.parametrize(("body", "said"), [
    ({"kind": "freeze", "title": "without an end"}, "has an end"),
    ({"kind": "window", "title": "x", "hours": "now and then"}, "hours"),
    ({"kind": "freeze", "title": "x", "ends_at": "2001-01-01T00:00:00Z"}, "before it begins"),
    ({"kind": "freeze", "title": "x", "ends_at": SOON, "services": ["nowhere"]}, "nobody knows"),
    ({"kind": "freeze", "title": "x", "ends_at": SOON, "exempt": ["no.such"]}, "nobody knows"),
])  # fmt: skip
def test_a_rule_that_would_stop_nothing_or_all_forever_is_refused(
    admin: httpx2.Client,  # noqa: F811
    body: dict[str, object],
    said: str,
) -> None:
    assert said in refused(admin.post(f"{API}/brakes/rules", json=body), 422)["message"]


def test_a_calendar_is_taken_in_once_and_moved_when_it_moves(shell: Shell, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "freezes.ics"
    file.write_text(CALENDAR)
    assert len(shell.json("freeze", "import", str(file), "--dry-run")["items"]) == 1
    first = shell.json("freeze", "import", str(file))["items"]
    assert [(one["title"], one["starts_at"], one["ends_at"]) for one in first] == [
        ("Holidays, everybody", "2099-12-24T17:00:00Z", "2099-12-26T17:00:00Z")
    ]
    assert shell.json("freeze", "import", str(file))["items"] == []
    file.write_text(CALENDAR.replace("20991224", "20991225"))
    moved = shell.json("freeze", "import", str(file))["items"]
    assert [one["id"] for one in moved] == [first[0]["id"]]
    assert shell.json("freeze", "list")["items"][0]["starts_at"] == "2099-12-25T17:00:00Z"
    file.write_text(CALENDAR.replace("DURATION:P2D", "RRULE:FREQ=HOURLY"))
    assert "repeats" in shell.run("freeze", "import", str(file), code=1).stderr
    shell.run("freeze", "end", first[0]["id"], "--reason", "a test")
    shell.run("freeze", "add", "Window", "--hours", "Sat 22:00-06:00 Europe/Berlin", "--service", "shop-web")
    rule = shell.json("freeze", "list")["items"][0]
    assert (rule["kind"], rule["services"]) == ("window", ["shop-web"])
    shell.run("freeze", "end", rule["id"], "--reason", "a test")


def test_the_history_says_who_and_why(shell: Shell) -> None:  # noqa: F811
    shell.run("switch", "on", "service:shop-web", "--reason", "looking into it")
    assert "looking into it" in shell.run("switch", "status").stdout
    shell.run("switch", "off", "service:shop-web", "--reason", "found it")
    told = shell.run("switch", "history").stdout
    assert told.index("found it") < told.index("looking into it")
    assert "is not left alone" in shell.run("switch", "try-again", "service:shop-web", "--reason", "x", code=1).stderr


def test_from_an_idea_to_a_replay(place: Place, shell: Shell, tmp_path: Path) -> None:  # noqa: F811
    person = locked(place, 91)
    shell.run("ask", "I'm locked out of my account", "--as", person.username)
    shell.run("runbook", "new", "queue.drain", "--about", "service", "--folder", str(tmp_path / "books"))
    new = tmp_path / "books" / "queue" / "drain.yaml"
    shell.run("runbook", "check", str(new))
    assert "queue.drain is new" in shell.run("runbook", "diff", str(new)).stdout
    planned = shell.json("runbook", "plan", str(new), "service=shop-web")
    assert [one["state"] for one in planned["steps"]] == ["reads"]
    assert planned["foreseen"][0]["afterwards"] == "true"
    assert "exists" in shell.run("runbook", "new", "queue.drain", "--folder", str(tmp_path / "books"), code=1).stderr

    draft = tmp_path / "unlock.yaml"
    draft.write_text(BOOK.read_text())
    same = shell.json("runbook", "replay", str(draft), "--days", "1")
    assert same["would_run"] >= 1
    assert same["differently"] == 0
    assert same == shell.json("runbook", "replay", "directory.unlock-account", "--days", "1")
    draft.write_text(BOOK.read_text().replace("    timeout: 20s\n", "    timeout: 21s\n", 1))
    other = shell.json("runbook", "replay", str(draft), "--days", "1")
    assert other["differently"] == same["would_run"]
    assert "it would do other steps" in other["examples"][0]["why"]
    assert "differently" in shell.run("runbook", "replay", str(draft), "--days", "1").stdout
    assert "write 1.1.0 at least" in shell.run("runbook", "diff", str(draft), code=1).stdout
    draft.write_text(draft.read_text().replace("    uses: directory.unlock", "    uses: directory.unlok"))
    assert "problem" in shell.run("runbook", "replay", str(draft), code=1).stderr


def test_a_draft_is_checked_with_every_problem(place: Place, admin: httpx2.Client) -> None:  # noqa: F811
    text = (
        BOOK.read_text()
        .replace("uses: directory.unlock", "uses: directory.unlok")
        .replace("effect: change", "effect: big")
    )
    found = ok(admin.post(f"{API}/drafts/check", json={"text": text}))
    assert not found["compiles"]
    assert len(found["problems"]) >= 2
    assert ok(admin.post(f"{API}/drafts/check", json={"text": BOOK.read_text()}))["compiles"]
    refused(admin.post(f"{API}/replays", json={"runbook": "no.such"}), 404)
    published = ok(admin.post(f"{API}/runbooks/service.restart/rehearse", json={"inputs": {
        "service": "shop-web", "process": "shop-web"}}))  # fmt: skip
    assert published["foreseen"]
    somebody = place.sample.company.people[88].username
    given = {"person": somebody, "app": "nothing-such", "device": "no-such-laptop"}
    told = refused(admin.post(f"{API}/runbooks/software.install/rehearse", json={"inputs": given}), 422)
    assert "the app 'nothing-such' (app) or the device 'no-such-laptop' (device)" in told["message"]
