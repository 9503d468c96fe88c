"""A conversation as server-sent events, read from the journal: works the same whichever process answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from tickless.domain.case import Case, Message
from tickless.doors.api.views import show_case, show_message
from tickless.doors.entrance.problems import TooMuch
from tickless.journal import Journal, Tx

LOOK_EVERY = 0.4
"""Seconds between two looks."""
SIGN_OF_LIFE = 15.0
LONGEST = 240.0
"""Seconds after which a stream ends: whoever comes back has their rights looked at anew."""
MOST = 6
"""Streams that one account may hold open."""


@dataclass
class _Seen:
    after: str
    cases: set[str] = field(default_factory=set)
    states: dict[str, tuple[str, str | None]] = field(default_factory=dict)


class Watching:
    """Counts who holds how many streams open, in this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def watch(self, journal: Journal, conversation: str, *, who: str, after: str, reveal: bool) -> AsyncIterator[str]:
        """Events as text, for a few minutes. Raises `TooMuch` for one stream too many."""
        if self._open[who] >= MOST:
            raise TooMuch(f"{MOST} streams are open already", after=30, mend="close one, or read `messages` instead")
        return self._counted(watch(journal, conversation, after=after, reveal=reveal), who)

    async def _counted(self, events: AsyncIterator[str], who: str) -> AsyncIterator[str]:
        self._open[who] += 1
        try:
            async for event in events:
                yield event
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def _here(request: Request) -> Watching:
    watching: Watching = request.app.state.watching
    return watching


WatchingHere = Annotated[Watching, Depends(_here)]


async def watch(journal: Journal, conversation: str, *, after: str, reveal: bool) -> AsyncIterator[str]:
    """Events as text, until `LONGEST` is over."""
    seen = _Seen(after)
    quiet = lived = 0.0
    yield "retry: 1000\n\n"
    while lived < LONGEST:
        messages, cases = await run_in_threadpool(_look, journal, conversation, seen)
        for message in messages:
            yield _event("message", show_message(message, reveal=reveal).model_dump_json(), message.id)
        for case in cases:
            yield _event("case", show_case(case).model_dump_json())
        quiet = 0.0 if messages or cases else quiet + LOOK_EVERY
        if quiet >= SIGN_OF_LIFE:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_EVERY)
        lived += LOOK_EVERY


def _look(journal: Journal, conversation: str, seen: _Seen) -> tuple[list[Message], list[Case]]:
    with journal.read() as tx:
        messages = tx.conversation(conversation, after=seen.after, limit=100)
        seen.after = messages[-1].id if messages else seen.after
        seen.cases |= {message.case for message in messages if message.case}
        cases = cases_of(tx, conversation, seen.cases)
    changed = [case for case in cases if seen.states.get(case.id) != (case.state, case.outcome)]
    seen.states.update({case.id: (case.state, case.outcome) for case in changed})
    return messages, changed


def cases_of(tx: Tx, conversation: str, spoken: set[str]) -> list[Case]:
    """The cases that began in a conversation, and those that its messages spoke of."""
    found = {case.id: case for case in tx.cases.by(conversation=conversation, limit=50)}
    for identity in sorted(spoken - set(found))[:50]:
        case = tx.cases.get(identity)
        if case is not None:
            found[identity] = case
    return list(found.values())


def _event(kind: str, data: str, identity: str = "") -> str:
    """One event. JSON has no raw line breaks, so one `data` line is enough."""
    return (f"id: {identity}\n" if identity else "") + f"event: {kind}\ndata: {data}\n\n"
