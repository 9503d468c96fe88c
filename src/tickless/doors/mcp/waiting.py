"""Waiting for the house: until it has spoken and nothing of the conversation is in its hands, or the time is over."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from tickless.domain.case import Case
from tickless.doors.api.sight import may_watch
from tickless.doors.api.signal_schemas import MessageShown
from tickless.doors.api.stream import cases_of
from tickless.doors.api.views import show_case, show_message
from tickless.doors.entrance import Visitor
from tickless.doors.mcp.schemas import Answered
from tickless.doors.mcp.telling import without_secrets
from tickless.journal import Journal

LOOK_EVERY = 0.2
"""Seconds between two looks."""
SETTLED = 3
"""So many looks in a row without a change: what belongs together is often said in two messages."""
MOST = 100
BUSY = frozenset({"open", "acting", "verifying"})
"""States in which the house has the word."""


def last_id(journal: Journal, conversation: str) -> str:
    """Id of the newest message; empty when there is none. Blocks."""
    with journal.read() as tx:
        table = tx.messages.table.c
        newest = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=1)
    return newest[0].id if newest else ""


def look(journal: Journal, visitor: Visitor, conversation: str, *, after: str) -> Answered:
    """Where it stands now. Blocks. Raises `NotFound` when it is none of the visitor's business."""
    with journal.read() as tx:
        mine = may_watch(tx, visitor, conversation)
        messages = tx.conversation(conversation, after=after, limit=MOST)
        spoken = {message.case for message in tx.conversation(conversation) if message.case}
        cases = cases_of(tx, conversation, spoken)
    shown = [without_secrets(show_message(message, reveal=mine)) for message in messages]
    latest = sorted(cases, key=lambda case: -case.number)[:20]
    return Answered(
        conversation=conversation,
        working=_busy([case for case in latest if case.conversation == conversation]),
        messages=shown,
        cases=[show_case(case) for case in latest],
    )


def _busy(cases: list[Case]) -> bool:
    return any(case.state in BUSY for case in cases)


async def wait_for_answer(
    journal: Journal, visitor: Visitor, conversation: str, *, after: str, seconds: float
) -> Answered:
    """The answer once the house is done for now, else what there is when the time is over (`working` tells)."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    still = 0
    before: tuple[int, tuple[str, ...]] | None = None
    while True:
        seen = await run_in_threadpool(look, journal, visitor, conversation, after=after)
        here = (len(seen.messages), tuple(case.state for case in seen.cases))
        still = still + 1 if here == before and spoken(seen.messages) and not seen.working else 0
        before = here
        left = end - loop.time()
        if still >= SETTLED or left <= 0:
            return seen if spoken(seen.messages) else seen.model_copy(update={"working": True})
        await asyncio.sleep(min(LOOK_EVERY, left))


def spoken(messages: list[MessageShown]) -> bool:
    """Did the house, or a colleague, have the last word?"""
    return bool(messages) and messages[-1].author != "person"
