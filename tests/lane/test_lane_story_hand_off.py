"""A case that people take over, as a ticket in a real Request Tracker: the pack goes in, words and states go both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from tests.lane.houses import house_over, say, wait_for_case
from tests.servers.request_tracker import RequestTracker, fresh_request_tracker
from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import QUICK
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case, Message
from tickless.domain.person import Device, Person
from tickless.domain.ticket import Ticket
from tickless.domain.world import World

SENTENCE = "I was locked out of my account yesterday evening, my password is hunter2-secret: please unlock me"
ANNA = Person(
    id="p1", username="anna", name="Anna Schmidt", email="anna@lane.example", department="Sales", location="Oslo"
)
DANA = Person(id="p9", username="dana", name="Dana Desk", email="dana@desk.example", department="IT")
LAPTOP = Device(id="d1", tag="LT-0815", kind="laptop", model="ThinkPad", owner="p1")
T = TypeVar("T")
pytestmark = pytest.mark.server("request_tracker")


class Desk:
    """A house with RT behind `ticket`, and one conversation in it."""

    def __init__(self, house: House, server: RequestTracker, conversation: str) -> None:
        self.house, self.server, self.conversation = house, server, conversation

    def say(self, text: str) -> None:
        say(self.house, text, conversation=self.conversation, person="p1", assurance="signed_in")

    def case(self) -> Case:
        return wait_for_case(
            self.house, "a hand-off", lambda one: one.conversation == self.conversation and not one.live
        )

    def now(self) -> Case:
        with self.house.journal.read() as tx:
            return tx.cases.need(self.case().id)

    def ticket(self) -> Ticket:
        def look() -> Ticket | None:
            with self.house.journal.read() as tx:
                return next((one for one in tx.tickets.by(case=self.case().id) if one.external), None)

        return until(look, "a ticket in RT")

    def lines(self) -> list[Message]:
        with self.house.journal.read() as tx:
            return tx.conversation(self.conversation)

    def hears(self, words: str) -> Message:
        return until(
            lambda: next((m for m in self.lines() if words in m.text.raw and m.author != "person"), None), words
        )

    def in_ticket(self, words: str) -> str:
        number = self.ticket().external
        return until(lambda: next((t for t in self.server.texts(number) if words in t), None), f"{words} in RT")


@pytest.fixture(scope="module")
def server() -> RequestTracker:
    return fresh_request_tracker()


@pytest.fixture(scope="module")
def house(server: RequestTracker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_over(
        tmp_path_factory.mktemp("house"),
        connectors={"rt": ConnectorUse(use="request_tracker", settings={"url": server.url, "token": "env:RT_TOKEN"})},
        bindings={"ticket": "rt"},
        secrets={"RT_TOKEN": server.token},
        world=World.of(people=[ANNA, DANA], devices=[LAPTOP]),
        pace=QUICK.model_copy(update={"tickets": 0.3}),
    ) as running:
        yield running


@pytest.fixture
def desk(house: House, server: RequestTracker, request: pytest.FixtureRequest) -> Desk:
    """A conversation of this test's own, in which a case was handed off."""
    here = Desk(house, server, f"talk-{request.node.name}"[:60])
    here.say(SENTENCE)
    return here


def test_the_ticket_holds_the_pack_and_no_secret(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    assert (desk.now().state, desk.now().outcome) == ("handed_off", "handed_off")
    text = "\n".join(server.texts(ticket.external))
    for part in ("Anna Schmidt", "anna@lane.example", "Oslo", "LT-0815", "What we think:", "What the person said:",
                 "I was locked out of my account yesterday evening", "Why it did not go on by itself:"):  # fmt: skip
        assert part in text, f"{part} is missing in:\n{text}"
    assert "hunter2" not in text
    assert len(server.all(f"RefersTo = 'tickless:{ticket.key}'")) == 1


def test_what_the_agent_writes_reaches_the_chat_and_the_answer_goes_back(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    server.note(ticket.external, "Looks like the old policy again, do not tell.")
    server.reply(ticket.external, "Do you see a message about an expired account?")
    heard = desk.hears("Do you see a message")
    assert (heard.author, heard.name) == ("operator", "Dana")
    desk.say("yes, it says the account expired on Friday")
    assert "Anna Schmidt writes in the chat" in desk.in_ticket("expired on Friday")
    desk.hears("passed that on")
    assert not any("old policy" in line.text.raw for line in desk.lines())
    with desk.house.journal.read() as tx:
        assert len(tx.cases.by(conversation=desk.conversation)) == 1, "the answer was taken for a new need"
    assert desk.now().outcome == "handed_off", "an answer to the agent was taken for “it works”"


def test_done_there_is_a_question_and_the_yes_confirms(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    server.change(ticket.external, Status="resolved")
    desk.hears("Does it work for you now?")
    assert desk.now().state == "handed_off"
    desk.say("yes, it works, thank you")
    until(lambda: desk.now().outcome == "confirmed", "the person's yes")
    desk.in_ticket("The person says that it works")
    assert server.ticket(ticket.external)["Status"] == "resolved"


def test_a_no_opens_the_ticket_again(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    server.change(ticket.external, Status="resolved")
    desk.hears("Does it work for you now?")
    desk.say("no, still the same")
    desk.in_ticket("does not work yet")
    until(lambda: server.ticket(ticket.external)["Status"] == "open", "the ticket to be open again")
    assert desk.now().state == "handed_off"


def test_what_the_pack_held_is_counted_when_it_is_asked_again(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    server.reply(ticket.external, "Hello! Which laptop are you using, and what colour is the light on the dock?")
    desk.hears("Which laptop")
    until(lambda: desk.ticket().reasks == 1, "one question that need not have been asked")
    assert "LT-0815" in desk.ticket().reasked[0].held


def test_who_takes_it_there_keeps_the_story_here(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    server.change(ticket.external, Owner="dana")
    until(lambda: desk.ticket().owner == "dana@desk.example", "the owner")
    with desk.house.journal.read() as tx:
        owners = [one.ref for one in tx.alerts.participants(ticket.case) if one.role == "owner"]
    assert owners == ["p9"]


def test_withdrawn_here_is_resolved_there(desk: Desk, server: RequestTracker) -> None:
    ticket = desk.ticket()
    desk.say("never mind, forget it")
    until(lambda: desk.now().outcome == "withdrawn", "the withdrawal")
    until(lambda: server.ticket(ticket.external)["Status"] == "resolved", "the ticket to be resolved")
    desk.in_ticket("no longer needs this")
