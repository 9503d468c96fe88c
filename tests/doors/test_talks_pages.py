"""Conversations in the console: read by those with the right, joined by a colleague, taken over; and the intents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.doors.conftest import Place
from tests.waiting import until

from tickless.ai import Example
from tickless.ai.late import TaughtBrain, teach
from tickless.app.intents import IntentsCache


def test_a_colleague_joins_and_takes_over(place: Place) -> None:
    with place.client() as http:
        person = next(p for p in place.sample.company.people if p.employment == "employee" and not p.privileged)
        spoken = {
            "text": "something with the coffee machine app is odd and I need help from a human",
            "as": person.username,
        }
        conversation = http.post("/api/v1/conversations/messages", json=spoken).json()["conversation"]
        page = until(lambda: text if person.name in (text := http.get("/conversations").text) else None)
        assert conversation in page.replace("%3A", ":")
        talk = http.get(f"/conversations/{conversation}").text
        assert "coffee machine" in talk
        assert "Say something as" in talk
        assert http.get("/conversations/webchat:p001:cnv_nothing").status_code == 404
    house = place.sample.house
    made = house.rooms.clock.now()
    message = asyncio.run(
        house.desk.speak(conversation, "I have a look.", by="op", person=None, name="Nora from the desk")
    )
    assert message.at >= made
    with place.client() as http:
        assert "I have a look." in http.get(f"/conversations/{conversation}").text
        lines = http.get(f"/api/v1/conversations/{conversation}/messages").json()["items"]
    assert [line["author"] for line in lines if line["text"] == "I have a look."] == ["operator"]


def test_the_intents_page_stands_while_they_are_measured(place: Place) -> None:
    with place.client() as http:
        page = http.get("/intents")
    assert page.status_code == 200
    assert "Intents" in page.text


def test_what_is_confused_is_measured_once_for_each_brain() -> None:
    examples = [Example(label, f"{word} {number}") for label, word in (("need.a", "locked out"), ("need.b", "printer jam"))
                for number in range(6)]  # fmt: skip
    brain, taught = teach(examples), []

    def again(some: Sequence[Example]) -> TaughtBrain:
        taught.append(len(some))
        return teach(some)

    cache = IntentsCache(lambda: brain, again)
    report = until(cache.report)
    assert report is not None
    assert {one.label for one in report.labels} == {"need.a", "need.b"}
    folds = len(taught)
    assert cache.report() == report
    assert len(taught) == folds


def test_a_run_whose_steps_never_came_to_be_can_be_read(place: Place) -> None:
    with place.client() as http:
        person = next(p for p in place.sample.company.people if p.employment == "employee" and not p.privileged)
        spoken = {"text": "i am locked out, please unlock my account", "as": person.username}
        conversation = http.post("/api/v1/conversations/messages", json=spoken).json()["conversation"]
        where = f"/api/v1/conversations/{conversation}/cases"
        cases = until(lambda: [one for one in http.get(where).json()["items"] if one["outcome"]])
        page = http.get(f"/cases/{cases[0]['number']}")
    assert page.status_code == 200
    assert "Unlock" in page.text
