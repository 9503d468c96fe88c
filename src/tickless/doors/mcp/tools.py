"""The tools: what each does, and who may use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import Forbidden
from tickless.domain.signal import Deed, Sender
from tickless.doors.api.cases import list_cases
from tickless.doors.api.catalogue import list_catalogue
from tickless.doors.api.schemas import Given
from tickless.doors.api.sight import find_case, may_watch
from tickless.doors.api.signal_schemas import MessageShown
from tickless.doors.api.story import tell_story
from tickless.doors.api.story_schemas import StoryShown
from tickless.doors.entrance import Entrance, Right, Visitor
from tickless.doors.entrance.speaking import Turn, may_approve, may_press, may_speak, sender_of
from tickless.doors.mcp.schemas import (
    Answered,
    Ask,
    CasesFound,
    CaseStory,
    Catalogue,
    ItemsFound,
    Listen,
    MyCases,
    Press,
)
from tickless.doors.mcp.telling import fenced, told, without_secrets
from tickless.doors.mcp.waiting import last_id, look, wait_for_answer
from tickless.flow.desk.promise import Desk

CHANNEL = "mcp"


@dataclass(frozen=True)
class Use:
    """One call: by whom, in which house."""

    desk: Desk
    entrance: Entrance
    visitor: Visitor


@dataclass(frozen=True)
class Result:
    """What a tool gives: words for a reader, and the same as data."""

    text: str
    data: BaseModel


async def ask(use: Use, given: Ask) -> Result:
    may_speak(use.entrance, use.visitor, speaks_for=given.as_)
    turn = Turn(conversation=given.conversation, speaks_for=given.as_, unverified=given.unverified, key=given.key)
    sender = await run_in_threadpool(sender_of, use.desk.journal, use.visitor, turn, channel=CHANNEL)
    after = await run_in_threadpool(last_id, use.desk.journal, sender.conversation)
    await use.desk.say(sender, given.text, key=_key(sender, given.key))
    return await _answer(use, sender.conversation, after=after, seconds=given.wait_seconds)


async def press(use: Use, given: Press) -> Result:
    may_press(use.visitor)
    if given.deed in {"approve", "deny"} and not may_approve(use.visitor, channel=CHANNEL):
        raise Forbidden(
            "this token may not approve", mend="approve in the console, or use a token with the scope `act`"
        )
    turn = Turn(conversation=given.conversation)
    sender = await run_in_threadpool(sender_of, use.desk.journal, use.visitor, turn, channel=CHANNEL)
    after = await run_in_threadpool(last_id, use.desk.journal, sender.conversation)
    deed = Deed(kind=given.deed, ref=given.ref, values=given.values)
    await use.desk.press(sender, deed, key=_key(sender, given.key))
    return await _answer(use, sender.conversation, after=after, seconds=given.wait_seconds)


def _key(sender: Sender, key: str) -> str:
    return f"{sender.conversation}/{key}" if key else ""


async def listen(use: Use, given: Listen) -> Result:
    await run_in_threadpool(_may_watch, use, given.conversation)
    if given.wait_seconds > 0:
        return await _answer(use, given.conversation, after=given.after, seconds=given.wait_seconds)
    seen = await run_in_threadpool(look, use.desk.journal, use.visitor, given.conversation, after=given.after)
    return Result(told(seen), seen)


def _may_watch(use: Use, conversation: str) -> None:
    with use.desk.journal.read() as tx:
        may_watch(tx, use.visitor, conversation)


async def _answer(use: Use, conversation: str, *, after: str, seconds: float) -> Result:
    seen = await wait_for_answer(use.desk.journal, use.visitor, conversation, after=after, seconds=seconds)
    return Result(told(seen), seen)


async def my_cases(use: Use, given: MyCases) -> Result:
    person = use.visitor.person
    if person is None:
        return Result("This account belongs to no person, so it has no cases.", CasesFound(items=[]))
    page = await run_in_threadpool(
        list_cases, desk=use.desk, visitor=use.visitor, live=given.live, requester=person.id, limit=given.limit
    )
    lines = [
        f"case {case.number}: {case.state}{f' ({case.outcome})' if case.outcome else ''}: {case.title}"
        for case in page.items
    ]
    return Result(fenced(lines) if lines else "There are no such cases.", CasesFound(items=page.items))


async def catalogue(use: Use, given: Catalogue) -> Result:
    page = await run_in_threadpool(list_catalogue, use.desk, use.visitor)
    wanted = (given.category or "").casefold()
    items = [item for item in page.items if wanted in {"", item.category.casefold()}]
    lines = [
        f"{item.name} ({item.category}): {item.summary} Say: {item.says[0] if item.says else f'I need {item.name}'}"
        for item in items
    ]
    return Result(fenced(lines) if lines else "Nothing is offered here.", ItemsFound(items=items))


async def case_story(use: Use, given: CaseStory) -> Result:
    story = await run_in_threadpool(_story, use, given.case)
    return Result(fenced([story.model_dump_json(exclude_none=True)]), story)


def _story(use: Use, case: str) -> StoryShown:
    with use.desk.journal.read() as tx:
        story = tell_story(tx, find_case(tx, case, use.visitor), use.visitor)
    messages: list[MessageShown] = [without_secrets(message) for message in story.messages]
    return story.model_copy(update={"messages": messages})


@dataclass(frozen=True)
class Tool:
    """A tool as it is offered: to whom (any of `rights`), with which shapes."""

    name: str
    title: str
    takes: type[Given]
    gives: type[BaseModel]
    rights: tuple[Right, ...]
    work: Callable[[Use, Any], Awaitable[Result]]
    reads: bool = True

    def open_to(self, visitor: Visitor) -> bool:
        return any(visitor.may(right) for right in self.rights)


TOOLS: tuple[Tool, ...] = (
    Tool("ask", "Ask the service desk", Ask, Answered, ("chat", "ask_as"), ask, reads=False),
    Tool("press", "Press a button", Press, Answered, ("chat",), press, reads=False),
    Tool("listen", "Read a conversation", Listen, Answered, ("chat", "ask_as"), listen),
    Tool("my_cases", "My cases", MyCases, CasesFound, ("own_cases",), my_cases),
    Tool("catalogue", "What can be asked for", Catalogue, ItemsFound, ("chat", "ask_as"), catalogue),
    Tool("case_story", "The story of a case", CaseStory, StoryShown, ("read",), case_story),
)
