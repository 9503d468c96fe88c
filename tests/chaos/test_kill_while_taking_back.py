"""`kill -9` in the middle of taking a finished request back: all of it is undone once, and nothing is left half done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from tests.chaos.conftest import EVERY_KIND, Server, Spawn

from tickless.domain.person import Person
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos


def _kinds(server: Server, word: str) -> set[str]:
    return {str(point[0]) for point in server.points if any(word in str(part) for part in point[1:])}


def _sound(server: Server, log: str) -> None:
    assert (server.result["doctor"], server.result["pending"]) == ([], []), log
    said = Counter((message[0], message[2]) for message in server.result["messages"] if message[1] == "tickless")
    twice = [text for (_, text), times in said.items() if times > 1 and "needs a yes" not in text]
    assert not twice, "everybody is told once; a yes is asked for on the way there and on the way back"


def test_a_grant_is_taken_back_once(spawn: Spawn, estate: Estate, strangers: Iterator[Person]) -> None:
    person = next(strangers)
    says = [{"person": person.id, "text": "I need access to Driftview"}]
    then = [{"person": person.id, "text": "please take it back, I asked for the wrong app", "cases": 1}]
    server = spawn(says=says, then=then, cases=2, kinds=EVERY_KIND, lives=200)
    server.ended_well()
    _sound(server, server.read("log")[-3_000:])
    assert sorted(server.result["cases"]) == [
        ["access_request", "resolved", "withdrawn"],
        ["requests.take-back", "resolved", "verified"],
    ]
    group = f"{person.username}/app-driftview"
    done = [(one.operation, one.target) for one in estate.effects()]
    assert done == [("directory.add_to_group", group), ("directory.remove_from_group", group)]
    assert ["grant", "undone", True] in server.result["receipts"]
    assert sorted(server.result["resolutions"]) == [["verified", 0.0], ["withdrawn", 0.0]]
    assert "effect" in _kinds(server, ":grant:undo")
    assert server.result["audit"].count("case.taken_back") == 1


def test_a_leaver_with_all_parts_is_taken_back_once(spawn: Spawn, estate: Estate, company: Company) -> None:
    people = {person.id: person for person in company.people}
    apps = {app.group for app in company.apps if app.group}
    fitting = [
        one for one in company.people[40:]
        if one.manager and people[one.manager].manager and not one.privileged and one.employment == "employee"
        and len(apps & set(one.groups)) >= 2
    ]  # fmt: skip
    leaver = min(reversed(fitting), key=lambda one: len(apps & set(one.groups)))
    before = set(estate.read("office", f"/accounts/{leaver.username}")["groups"])
    parts = len(apps & before)
    says = [{"person": leaver.manager, "text": f"{leaver.name} leaves the company, please do the leaver process"}]
    then = [
        {"person": leaver.manager, "text": f"{leaver.name} stays, undo the offboarding of case 1", "cases": parts + 1}
    ]
    server = spawn(says=says, then=then, cases=parts + 2, kinds=["effect", "sent", "stored", "inside"], lives=300)
    server.ended_well()
    _sound(server, server.read("log")[-3_000:])
    ends = Counter((need, outcome) for need, _, outcome in server.result["cases"])
    assert ends == {("leaver", "withdrawn"): 1, ("access.remove-app", "withdrawn"): parts,
                    ("requests.take-back", "verified"): 1}  # fmt: skip
    account = estate.read("office", f"/accounts/{leaver.username}")
    assert account["enabled"]
    assert set(account["groups"]) == before
    done = Counter((one.operation, one.target) for one in estate.effects())
    assert {count for (operation, _), count in done.items() if operation != "directory.set_enabled"} == {1}
    assert {count for (operation, _), count in done.items() if operation == "directory.set_enabled"} == {2}
