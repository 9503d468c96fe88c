"""A case that people take over where no ticket system is connected: Tickless keeps the ticket itself, with the same pack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.story.conftest import PACE
from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.app.serving import local_user
from tickless.domain.case import Case
from tickless.domain.record import Untrusted
from tickless.domain.signal import Deed, Sender, Signal
from tickless.domain.ticket import OWN, Ticket
from tickless.journal.audit import AuditRow
from tickless.kit.ids import new_id


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    pace = PACE.model_copy(update={"tickets": 0.2, "assume": 6.0, "answer": 1.0})
    with make_stage(pace=pace) as made:
        yield made


@pytest.fixture(scope="module")
def api(stage: Stage) -> Iterator[httpx2.Client]:
    made = stage.house.entrance.create_token("agent", user=local_user(stage.house), scopes=["read", "act"])
    headers = {"Authorization": f"Bearer {made.token}"}
    with httpx2.Client(base_url=f"{stage.url}/api/v1", headers=headers, timeout=20, trust_env=False) as client:
        yield client


def handed_off(stage: Stage) -> tuple[Talk, Case, Ticket]:
    """A conversation whose case is with people: the person never answered the question for a code. Always the same person:
    three at once would be a surge."""
    person = stage.sample.company.people[60]
    talk = stage.talk(person).say("i forgot my password, it was Sunny-Days-77")
    case = talk.ends().case
    assert case.outcome == "handed_off"
    return talk, case, ticket_of(stage, case)


def ticket_of(stage: Stage, case: Case) -> Ticket:
    def look() -> Ticket | None:
        with stage.house.journal.read() as tx:
            return next((one for one in tx.tickets.by(case=case.id) if one.state != "wanted"), None)

    return until(look)


def now(stage: Stage, case: Case) -> Case:
    return stage.story(case).case


def agent_words(talk: Talk) -> list[tuple[str, str]]:
    return [(line.name, line.text.raw) for line in talk.lines() if line.author == "operator"]


def test_the_pack_says_what_we_think_what_was_said_and_why_and_holds_no_secret(
    stage: Stage, api: httpx2.Client
) -> None:
    talk, case, ticket = handed_off(stage)
    assert (ticket.system, ticket.number) == (OWN, f"#{case.number}")
    pack = api.get(f"/cases/{case.number}/pack").raise_for_status().json()
    assert talk.person is not None
    assert pack["requester"] == talk.person.name
    assert pack["contact"] == talk.person.email
    assert "assword" in pack["hypothesis"]
    assert 0 < pack["sure"] <= 1
    assert "i forgot my password" in pack["said"][0]["text"]
    assert pack["because"]
    assert pack["policy"]
    assert "Sunny-Days" not in str(pack)


def test_an_agents_words_reach_the_chat_and_the_answer_stays_with_the_case(stage: Stage, api: httpx2.Client) -> None:
    talk, case, ticket = handed_off(stage)
    said = {"text": "Which site are you at today?", "public": True}
    api.post(f"/tickets/{ticket.id}/comments", json=said).raise_for_status()
    api.post(
        f"/tickets/{ticket.id}/comments", json={"text": "third time this week", "public": False}
    ).raise_for_status()
    until(lambda: agent_words(talk))
    assert [text for _, text in agent_words(talk)] == ["Which site are you at today?"]
    talk.say("the one by the river")
    talk.hears("passed that on")
    assert len(stage.cases(conversation=talk.conversation)) == 1
    until(lambda: "the one by the river" in api.get(f"/cases/{case.number}/pack").text)


def test_solved_is_a_question_and_only_a_yes_confirms_it(stage: Stage, api: httpx2.Client) -> None:
    talk, case, ticket = handed_off(stage)
    api.post(f"/tickets/{ticket.id}/change", json={"to": "resolved"}).raise_for_status()
    talk.hears("Does it work for you now?")
    assert now(stage, case).outcome == "handed_off"
    talk.say("yes")
    until(lambda: now(stage, case).outcome == "confirmed")
    assert stage.story(case).resolutions[-1].outcome == "confirmed"


def test_the_button_says_the_same_as_the_word(stage: Stage, api: httpx2.Client) -> None:
    talk, case, ticket = handed_off(stage)
    api.post(f"/tickets/{ticket.id}/change", json={"to": "resolved"}).raise_for_status()
    talk.hears("Does it work for you now?")
    card = next(line.card for line in talk.lines() if line.card and line.card["kind"] == "solved")
    press(stage, talk, Deed(kind="unsolved", ref=str(card["case"])))
    talk.hears("it isn't solved yet")
    until(lambda: ticket_of(stage, case).state == "open")
    assert now(stage, case).state == "handed_off"


def test_silence_is_assumed_and_never_more(stage: Stage, api: httpx2.Client) -> None:
    talk, case, ticket = handed_off(stage)
    api.post(f"/tickets/{ticket.id}/change", json={"to": "resolved"}).raise_for_status()
    talk.hears("Does it work for you now?")
    until(lambda: now(stage, case).outcome == "assumed")
    assert "nobody objected" in str(audit(stage, case))


def test_a_solved_case_that_is_opened_again_by_its_agents_is_with_them_again(stage: Stage, api: httpx2.Client) -> None:
    talk, case, ticket = handed_off(stage)
    api.post(f"/tickets/{ticket.id}/change", json={"to": "resolved"}).raise_for_status()
    talk.hears("Does it work for you now?")
    talk.say("yes")
    until(lambda: now(stage, case).outcome == "confirmed")
    until(lambda: ticket_of(stage, case).ours == "solved")
    api.post(f"/tickets/{ticket.id}/change", json={"to": "open"}).raise_for_status()
    until(lambda: now(stage, case).state == "handed_off")
    with stage.house.journal.read() as tx:
        assert len(tx.tickets.by(case=case.id)) == 1


def test_a_clear_need_of_another_kind_is_a_case_of_its_own(stage: Stage) -> None:
    talk, _, ticket = handed_off(stage)
    talk.say(f"I also need access to {stage.app('driftview').name}")
    talk.case("access_request")
    with stage.house.journal.read() as tx:
        assert tx.tickets.need(ticket.id).errands == ()


def test_whoever_is_called_in_gets_the_pack_and_may_see_the_case(stage: Stage, api: httpx2.Client) -> None:
    _, case, _ = handed_off(stage)
    helper = stage.cast.draw()
    body = {"person": helper.username, "reason": "you know the directory best"}
    assert api.post(f"/cases/{case.number}/invite", json=body).json() == {"person": helper.id, "name": helper.name}
    with stage.house.journal.read() as tx:
        notices = [line.text.raw for line in tx.conversation(f"notices:{helper.id}")]
        roles = [(one.role, one.ref) for one in tx.alerts.participants(case.id)]
    assert len([text for text in notices if f"case {case.number}" in text and "What we think" in text]) == 1
    assert ("helper", helper.id) in roles
    assert "case.invited" in [row.action for row in audit(stage, case)]
    assert api.post(f"/cases/{case.number}/invite", json={"person": "nobody-like-that"}).status_code == 422


def press(stage: Stage, talk: Talk, deed: Deed) -> None:
    """Press a button, as a channel hands it in."""
    assert talk.person is not None
    sender = Sender(channel="web", account=talk.person.username, conversation=talk.conversation, person=talk.person.id,
                    assurance="signed_in")  # fmt: skip
    identity, at = new_id("sig"), stage.house.rooms.clock.now()
    signal = Signal(id=identity, source="chat:web", event_key=identity, kind="message", fingerprint=identity, occurred_at=at,
                    received_at=at, title=Untrusted("a button"), sender=sender, deed=deed)  # fmt: skip
    asyncio.run(stage.house.rooms.sense.store([signal], None))


def audit(stage: Stage, case: Case) -> list[AuditRow]:
    with stage.house.journal.read() as tx:
        return tx.audit.rows(case=case.id, limit=500)
