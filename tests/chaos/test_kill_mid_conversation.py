"""`kill -9` in the middle of a conversation: two needs, a code and a yes; nothing is lost, asked twice or done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from tests.chaos.conftest import Server, Spawn

from tickless.domain.person import Person
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos


def test_two_needs_a_code_and_a_yes_survive_every_kill(
    spawn: Spawn, estate: Estate, strangers: Iterator[Person]
) -> None:
    person = next(strangers)
    before = len(estate.sms(person.phone or ""))
    says = [{"person": person.id, "text": "i forgot my password and I also need access to Driftview"}]
    server = spawn(says=says, cases=2, kinds=["stored", "sent", "inside"], lives=150)
    server.ended_well()
    found = server.result
    assert sorted(found["cases"]) == [
        ["access_request", "resolved", "verified"],
        ["password_reset", "resolved", "verified"],
    ]
    assert (found["doctor"], found["pending"]) == ([], [])
    done = [(one.operation, one.target) for one in estate.effects()]
    assert done == [
        ("phone.send", person.phone),
        ("directory.set_password", person.username),
        ("directory.add_to_group", f"{person.username}/app-driftview"),
    ], "the password comes first, and each thing happens once"
    assert len(estate.sms(person.phone or "")) == before + 1
    said = Counter((message[0], message[2]) for message in found["messages"] if message[1] == "tickless")
    assert set(said.values()) == {1}
    assert found["audit"].count("approval.asked") == 1
    assert found["audit"].count("identity.proved") == 1
    assert _ended_at(server, "case.ask_person"), "a life ended between the question and its answer"
    assert _ended_at(server, "answer:que_"), "and one with the answer on its way"


def _ended_at(server: Server, word: str) -> bool:
    return any(word in str(part) for point in server.points for part in point[1:])
