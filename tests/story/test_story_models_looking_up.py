"""What a model may look up in a house: what the writer may see, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from tests.story.stage import Stage

from tickless.ai.models import LiveWire, ModelSettings
from tickless.domain.person import Person
from tickless.flow.talking.looking_up import tools_for
from tickless.practices.knowledge.library import Reader

CURIOUS = ModelSettings(
    provider="openai-compatible", name="tests", base_url="http://127.0.0.1:9/v1", timeout_seconds=60, output="tool",
    look_ups=("articles", "things", "services", "cases"), most_look_ups=4, uses=("understand",),
)  # fmt: skip
UNCLEAR = "gribbet flonk the wobbly snood has gone purple"


@pytest.fixture(scope="module")
def curious_stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage(model=CURIOUS) as stage:
        yield stage


def found(stage: Stage, name: str, about: str, person: Person | None, *, private: bool = True) -> list[str]:
    tools = {tool.name: tool for tool in tools_for(stage.house.rooms, Reader(person, private=private))}
    return [line.tame() for line in tools[name].find(about)]  # type: ignore[index]


def with_device(stage: Stage) -> tuple[Person, str]:
    owned = {device.owner: device.tag for device in stage.sample.company.devices if device.owner}
    person = next(one for one in stage.sample.company.people[40:] if one.id in owned and not one.privileged)
    return person, owned[person.id]


def test_everybody_sees_their_own_things_and_cases_alone(curious_stage: Stage) -> None:
    person, tag = with_device(curious_stage)
    other = curious_stage.cast.draw()
    assert any(tag in line for line in found(curious_stage, "things", "", person))
    assert any(tag in line for line in found(curious_stage, "things", tag, person))
    assert not any(tag in line for line in found(curious_stage, "things", tag, other))
    case = curious_stage.talk(person).say("I need access to an app").case()
    assert any(f"case {case.number}," in line for line in found(curious_stage, "cases", "", person))
    assert not any(f"case {case.number}," in line for line in found(curious_stage, "cases", "", other))


def test_a_guest_sees_no_things_no_cases_and_only_public_articles(curious_stage: Stage) -> None:
    assert found(curious_stage, "things", "", None) == []
    assert found(curious_stage, "cases", "", None) == []
    library = curious_stage.house.library.library()
    public = {one.title for one in library.articles.values() if "public" in one.audience}
    told = [
        line
        for about in ("expenses", "password", "vpn", "holiday")
        for line in found(curious_stage, "articles", about, None)
    ]
    assert all(any(line.startswith(title) for title in public) for line in told)


def test_articles_for_a_few_are_found_by_them_alone_and_not_where_others_read(curious_stage: Stage) -> None:
    library = curious_stage.house.library.library()
    article = next(one for one in library.articles.values() if one.audience and "public" not in one.audience)
    people = curious_stage.sample.company.people
    reader = next(one for one in people if {one.department, *one.groups} & {*article.audience})
    stranger = next(one for one in people if not {one.department, *one.groups} & {*article.audience})
    asked = article.questions[0] if article.questions else article.title
    assert any(line.startswith(article.title) for line in found(curious_stage, "articles", asked, reader))
    assert not any(line.startswith(article.title) for line in found(curious_stage, "articles", asked, stranger))
    assert not any(
        line.startswith(article.title) for line in found(curious_stage, "articles", asked, reader, private=False)
    )


def test_the_state_of_a_service_is_told(curious_stage: Stage) -> None:
    service = next(iter(curious_stage.house.rooms.world().services.values()))
    assert found(curious_stage, "services", service.name, None) == [f"{service.name}: no trouble is known"]
    assert found(curious_stage, "services", "no such service at all", None) == []


def test_a_message_is_read_with_what_was_looked_up_for_its_writer(curious_stage: Stage) -> None:
    person, tag = with_device(curious_stage)
    told: list[str] = []

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        told.extend(str(part.content) for part in messages[-1].parts if isinstance(part, ToolReturnPart))
        if len(messages) == 1:
            return ModelResponse(parts=[ToolCallPart("things", {"about": ""}), ToolCallPart("cases", {"about": ""})])
        needs = [{"label": "device_trouble", "quote": "the wobbly snood has gone purple"}]
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, {"needs": needs})])

    models = curious_stage.house.rooms.models
    assert models is not None
    models.use(LiveWire(CURIOUS, lambda: None, model=FunctionModel(reply)))
    talk = curious_stage.talk(person).say(UNCLEAR)
    talk.case("device_trouble")
    assert tag in told[0]
    assert person.name not in " ".join(told)
    with curious_stage.house.journal.read() as tx:
        asked = [row.detail for row in tx.audit.rows(after=0, limit=10_000) if row.action == "model.asked"]
    assert asked[-1]["looked"] == ["things", "cases"]
