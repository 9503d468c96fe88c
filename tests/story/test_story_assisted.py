"""A phone call taken by a colleague at the service desk: the same understanding, the same proofs, the same end."""

from __future__ import annotations

from typing import Any

import httpx2
from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.domain.person import Person
from tickless.kit.ids import new_id

CALL = """[00:01] Agent: Service desk, what can I do for you? Can you unlock the printer?
[00:05] Caller: Hello.
[00:07] Caller: I am locked out of my account, it says too many attempts
[00:12] Agent: Since when is that?
[00:14] Caller: about nine o'clock
[00:15] Agent: Thank you."""


def desk_of(stage: Stage, agent: Person) -> httpx2.Client:
    entrance = stage.house.entrance
    user = entrance.create_user(new_id("desk"), roles=["operator"], person=agent.id)
    token = entrance.create_token("desk", user=user, scopes=["ask_as"]).token
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=f"{stage.url}/api/v1", headers=headers, timeout=20, trust_env=False)


def sent(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_call_with_its_transcript_ends_with_the_account_unlocked_after_the_code(stage: Stage) -> None:
    caller, agent = stage.cast.draw(), stage.cast.draw()
    stage.estate.fault("lock", caller.username)
    with desk_of(stage, agent) as desk:
        given = {"caller": caller.username, "text": CALL, "answers": {"impact": "only the caller"}}
        seen = sent(desk.post("/assist/suggest", json=given), 200)
        assert seen["transcript"]
        assert "printer" not in seen["words"]
        assert [need["need"] for need in seen["needs"]] == ["account_unlock"]
        assert seen["known"]["since"] == "about nine o'clock"
        assert {"impact", "since"}.isdisjoint(prompt["topic"] for prompt in seen["prompts"])
        assert "runbook" in {match["kind"] for match in seen["matches"]}
        assert stage.cases(requester=caller.id) == []
        taken = sent(desk.post("/assist/transcripts", json={**given, "key": "call-1"}), 202)
        talk = Talk(stage, taken["conversation"], caller, "none")
        assert talk.question().about.startswith("step_up")
        assert caller.username not in stage.effects("directory.unlock")
        said = {"text": talk.code(caller), "conversation": talk.conversation, "as": caller.username, "unverified": True}
        sent(desk.post("/conversations/messages", json=said), 202)
    story = talk.ends("account_unlock")
    assert story.case.outcome == "verified"
    assert (story.case.requester, story.case.typed_by) == (caller.id, agent.id)
    assert story.case.assurance == "step_up"
    assert story.case.inputs["triage_impact"] == "only the caller"
    assert story.case.inputs["triage_since"] == "about nine o'clock"
    assert any("Since when? about nine o'clock" in found.text for found in story.case.evidence)
    assert stage.effects("directory.unlock").count(caller.username) == 1


def test_a_running_incident_is_shown_before_it_is_joined(stage: Stage) -> None:
    first, caller, agent = stage.cast.draw(), stage.cast.draw(), stage.cast.draw()
    said = "our printer on floor 3 is not printing anything, it is broken"
    running = stage.talk(first).say(said).case()
    with desk_of(stage, agent) as desk:

        def look() -> list[dict[str, Any]]:
            seen = sent(desk.post("/assist/suggest", json={"caller": caller.id, "text": said}), 200)
            return [match for match in seen["matches"] if match["kind"] == "incident"]

        assert [match["ref"] for match in until(look)] == [str(running.number)]
        employee = stage.house.entrance.create_user(new_id("e"), roles=["employee"], person=first.id)
        weak = stage.house.entrance.create_token("own", user=employee, scopes=["ask_as"]).token
        refused = desk.post(
            "/assist/suggest", json={"caller": caller.id, "text": said}, headers={"Authorization": f"Bearer {weak}"}
        )
        assert refused.status_code == 403
