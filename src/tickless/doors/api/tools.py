"""Tools that outside servers offer: how each stands, looking again, saying what one does, taking that back."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Literal

from pydantic import Field

from tickless.domain.tool_effect import ToolEffect, ToolState
from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.flow.desk.tools import Toolbox, ToolRow, Word

router = new_router("tools")
Effect = Literal["read", "change", "destroy"]


class WordGiven(Given):
    """What somebody who read a tool says of it."""

    tool: str = Field(min_length=1, max_length=128)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the tool that was read: another one is refused")
    effect: Effect
    idempotent: bool = Field(default=False, description="Called twice with the same arguments it has its effect once")
    undo: str = Field(default="", max_length=128, description="The tool that takes it back, with the same arguments")
    verify: str = Field(default="", max_length=128, description="A tool that reads whether it worked")
    note: str = Field(default="", max_length=500)


class WithdrawGiven(Given):
    tool: str = Field(min_length=1, max_length=128)
    reason: str = Field(min_length=1, max_length=500)


class WordShown(Shown):
    """What somebody said of one version of a tool."""

    id: str
    sha256: str
    effect: Effect
    idempotent: bool
    undo: str
    verify: str
    note: str
    description: str = Field(description="What the server said when it was read: text from outside")
    by: str
    at: dt.datetime
    withdrawn_by: str | None
    withdrawn_at: dt.datetime | None


class ToolShown(Shown):
    name: str
    state: ToolState = Field(description="changed: somebody read another one; it is not called until it is read again")
    sha256: str | None = Field(description="Of what the server offers now; null: it offers none")
    description: str = Field(description="The server's words: text from outside")
    arguments: list[str]
    said: WordShown | None


class ToolboxShown(Shown):
    """One server, what has to be read in front."""

    instance: str
    seen_at: dt.datetime | None = Field(description="When its tools were looked at; null: not yet")
    trouble: str = Field(description="Why they could not be looked at the last time")
    waiting: int = Field(description="Tools that nobody has read, or that changed since")
    tools: list[ToolShown]


@router.get("/tools", summary="List the tools that outside servers offer")
def list_tools(desk: DeskHere, visitor: Reader) -> Page[ToolboxShown]:
    """By server. Only a tool whose state is `classified` is ever called."""
    return Page(items=[_box(one) for one in desk.tools.boxes()])


@router.get("/tools/{instance}", summary="The tools of one server")
def get_tools(desk: DeskHere, visitor: Reader, instance: str) -> ToolboxShown:
    return _box(desk.tools.box(instance))


@router.post("/tools/{instance}/look", summary="Ask a server for its tools now")
async def look_at_tools(desk: DeskHere, visitor: Admin, instance: str) -> ToolboxShown:
    return _box(await asyncio.to_thread(lambda: desk.tools.look(instance)))


@router.post("/tools/{instance}/classify", status_code=201, summary="Say what a tool does")
async def classify_tool(desk: DeskHere, visitor: Admin, instance: str, given: WordGiven) -> WordShown:
    """From now on it may be called in that way, for as long as it stays the very tool that was read."""
    word = Word(**given.model_dump())
    return _word(await asyncio.to_thread(lambda: desk.tools.classify(instance, word, by=visitor.actor)))


@router.post("/tools/{instance}/withdraw", summary="Take back what was said of a tool")
async def withdraw_tool(desk: DeskHere, visitor: Admin, instance: str, given: WithdrawGiven) -> WordShown:
    """It is not called any more until somebody says what it does."""
    return _word(
        await asyncio.to_thread(
            lambda: desk.tools.withdraw(instance, given.tool, by=visitor.actor, reason=given.reason)
        )
    )


@router.get("/tools/{instance}/history", summary="Everything that was ever said of a tool")
def tool_history(desk: DeskHere, visitor: Reader, instance: str, tool: str) -> Page[WordShown]:
    """The newest first."""
    return Page(items=[_word(one) for one in desk.tools.history(instance, tool)])


def _box(box: Toolbox) -> ToolboxShown:
    return ToolboxShown(instance=box.instance, seen_at=box.seen_at, trouble=box.trouble, waiting=box.waiting,
                        tools=[_tool(row) for row in box.rows])  # fmt: skip


def _tool(row: ToolRow) -> ToolShown:
    offered = row.offered
    return ToolShown(
        name=row.name,
        state=row.state,
        sha256=offered.sha256 if offered else None,
        description=offered.description if offered else "",
        arguments=list(offered.arguments) if offered else [],
        said=_word(row.said) if row.said else None,
    )


def _word(said: ToolEffect) -> WordShown:
    shown = said.model_dump(include=set(WordShown.model_fields) - {"description"})
    return WordShown(**shown, description=said.description.tame(300))
