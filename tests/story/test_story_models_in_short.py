"""What people get of a language model when they take a case over: the case in short, and kinder words for their draft."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from tests.story.conftest import PACE
from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.ai.models import LiveWire, ModelSettings
from tickless.app.serving import local_user
from tickless.domain.errors import Conflict
from tickless.domain.held import CaseSummary
from tickless.flow import names
from tickless.flow.ending.handing_off import HandingOff, summary_id
from tickless.flow.ending.summarising import Summarising
from tickless.practices.tickets.pack import Pack, as_text, in_short

AWAY = ModelSettings(
    provider="openai-compatible", name="tests", base_url="http://127.0.0.1:9/v1", timeout_seconds=60,
    uses=("summarise", "tone"),
)  # fmt: skip
TROUBLE = "my screen flickers since lunch and I restarted it twice"


@pytest.fixture(scope="module")
def short_stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage(model=AWAY, pace=PACE.model_copy(update={"tickets": 0.2, "answer": 1.0})) as stage:
        yield stage


def let_it_say(stage: Stage, said: Callable[[str], str]) -> list[str]:
    """Put a model in place that answers what it is told with a text; returns all that it is told."""
    told: list[str] = []

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        text = "\n".join(str(part.content) for one in messages for part in one.parts if hasattr(part, "content"))
        told.append(text)
        return ModelResponse(parts=[TextPart(json.dumps({"text": said(text)}))])

    models = stage.house.rooms.models
    assert models is not None
    models.use(LiveWire(AWAY, lambda: None, model=FunctionModel(reply, profile={"supports_json_schema_output": True})))
    return told


def handed_off(stage: Stage, place: int) -> tuple[Talk, Pack]:
    """Somebody takes a conversation over, and its ticket is made."""
    talk = stage.talk(stage.sample.company.people[place]).say(TROUBLE)
    case = talk.case()
    with contextlib.suppress(Conflict):  # it may hand itself off first
        asyncio.run(stage.house.desk.close(case.id, by="op", how="hand_off", reason="I look at it"))

    def made() -> bool:
        with stage.house.journal.read() as tx:
            return any(one.state != "wanted" for one in tx.tickets.by(case=case.id))

    until(made)
    with stage.house.journal.read() as tx:
        return talk, stage.house.desk.tickets.pack(tx, tx.cases.need(case.id))


def summaries(stage: Stage) -> list[CaseSummary]:
    with stage.house.journal.read() as tx:
        return tx.summaries.where()


def test_a_case_in_short_stands_in_the_pack_marked_as_a_models_words(short_stage: Stage) -> None:
    told = let_it_say(short_stage, lambda text: "The screen flickers since lunch. It was restarted twice.")
    person = short_stage.sample.company.people[70]
    talk, pack = handed_off(short_stage, 70)
    assert pack.summary == "The screen flickers since lunch. It was restarted twice."
    assert pack.summary_by.startswith("openai-compatible:tests summarise-1.")
    assert f"composed by a language model, {pack.summary_by}" in as_text(pack)
    assert "flickers" in in_short(pack)
    assert len(told) == 1
    assert person.name not in told[0]
    assert person.email not in told[0]
    with console(short_stage) as http:
        page = http.get(f"/conversations/{talk.conversation}").text
    assert "Composed by a language model" in page
    with short_stage.house.journal.read() as tx:
        assert len(summaries(short_stage)) == 1
        assert tx.cases.need(pack.case).state == "handed_off"
    assert names.summary_workflow(summaries(short_stage)[0].id) not in {
        one.id for one in short_stage.house.engine.pending()
    }


@pytest.mark.parametrize(
    ("place", "said", "why"),
    [
        (71, "The screen flickers. Call 555 1234.", "number"),
        (72, "The screen of Zacharias flickers since lunch.", "not given"),
        (
            73,
            "The keyboard exploded yesterday because somebody poured coffee over everything here.",
            "words of its own",
        ),
        (74, "The screen flickers, see screens.evil.example.", "address"),
    ],
)
def test_a_summary_with_something_of_its_own_is_not_shown(short_stage: Stage, place: int, said: str, why: str) -> None:
    let_it_say(short_stage, lambda text: said)
    _, pack = handed_off(short_stage, place)
    assert pack.summary == ""
    assert "language model" not in as_text(pack)
    kept = next(one for one in summaries(short_stage) if one.case == pack.case)
    assert why in kept.why


def test_a_ticket_is_made_all_the_same_where_the_model_fails(short_stage: Stage) -> None:
    def broken(text: str) -> str:
        raise ModelAPIError("tests", "away")

    let_it_say(short_stage, broken)
    talk, pack = handed_off(short_stage, 75)
    assert pack.summary == ""
    with console(short_stage) as http:
        page = http.get(f"/conversations/{talk.conversation}").text
    assert "In short" in page
    assert "Composed by" not in page


def test_a_model_that_was_asked_when_the_process_died_is_not_asked_again(short_stage: Stage) -> None:
    told = let_it_say(short_stage, lambda text: "The screen flickers since lunch.")
    _, pack = handed_off(short_stage, 77)
    house = short_stage.house
    with house.journal.write() as tx:
        case = tx.cases.need(pack.case)
        made = tx.summaries.need(summary_id(case))
        tx.summaries.put(made.model_copy(update={"text": "", "source": "", "asked": True}))
    before = len(told)
    again = Summarising(house.rooms, house.engine, HandingOff(house.rooms))
    assert again.summarise(case.id, case.generation) == "nothing"
    assert again.summarise(case.id, case.generation) == "over"
    assert len(told) == before
    with house.journal.read() as tx:
        assert "not asked twice" in tx.summaries.need(summary_id(case)).why


def console(stage: Stage) -> httpx2.Client:
    """The console, as somebody who may read and act."""
    made = stage.house.entrance.create_token("agent", user=local_user(stage.house), scopes=["read", "act"])
    return httpx2.Client(
        base_url=stage.url, headers={"Authorization": f"Bearer {made.token}"}, timeout=20, trust_env=False
    )


def test_a_colleagues_draft_is_said_kinder_only_when_they_take_it(short_stage: Stage) -> None:
    told = let_it_say(short_stage, lambda text: "Could you please send me 2 photos of the screen?")
    talk, _ = handed_off(short_stage, 76)
    before = len(told)
    draft = asyncio.run(short_stage.house.desk.reword("Send me 2 photos of the screen."))
    assert draft.kinder == "Could you please send me 2 photos of the screen?"
    assert len(told) == before + 1
    assert "photos" not in " ".join(line.text.raw for line in talk.lines())
    address = f"/conversations/{talk.conversation}/reword"
    with console(short_stage) as http:
        shown = http.post(address, data={"text": "Send me 2 photos of the screen."}).text
    assert "Could you please send me 2 photos" in shown
    assert "You wrote: “Send me 2 photos of the screen.”" in shown
    assert "photos" not in " ".join(line.text.raw for line in talk.lines())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Your code is 123456.", "a code"),
        ("Look at https://help.example.com/screens first.", "a link"),
        ("Choose one:\n- the old screen\n- the new one", "choices"),
        ("I have to decline that: it is not approved.", "refuses"),
    ],
)
def test_what_people_act_on_to_the_letter_is_shown_to_no_model(short_stage: Stage, text: str, why: str) -> None:
    told = let_it_say(short_stage, lambda given: "Something kinder.")
    draft = asyncio.run(short_stage.house.desk.reword(text))
    assert (draft.kinder, told) == ("", [])
    assert why in draft.why


@pytest.mark.parametrize(
    "said",
    [
        "Please send 3 photos.",
        "Please do not send 2 photos.",
        "Ask Zacharias for 2 photos, please.",
        "Please send photos.",
    ],
)
def test_other_facts_than_the_colleagues_are_not_offered(short_stage: Stage, said: str) -> None:
    let_it_say(short_stage, lambda given: said)
    draft = asyncio.run(short_stage.house.desk.reword("Send me 2 photos."))
    assert draft.kinder == ""
    assert draft.why
