"""Live pages: server-sent events with small pieces of HTML, made by looking at the journal about once a second."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tickless.domain.errors import TicklessError
from tickless.doors.console.frame import Frame, Visit
from tickless.doors.entrance import Right


@dataclass(frozen=True)
class Live:
    """How live pages are kept live. Seconds."""

    poll: float = 1.0
    lifetime: float = 240.0
    """After this the stream ends and the browser comes back by itself, with its rights checked anew."""
    quiet: float = 15.0
    """Longest silence on the line."""
    most: int = 6
    """Streams one visitor may hold open."""


Mark = Callable[[Visit], Hashable]
"""Something that changes when the page would look different; cheap to read."""
Pieces = Callable[[Visit], dict[str, str]]
"""Element id → its new content."""


class Streams:
    """Makes routes that stream; counts who holds how many."""

    def __init__(self, frame: Frame, live: Live) -> None:
        self._frame = frame
        self._live = live
        self._open: Counter[str] = Counter()

    def route(self, path: str, right: Right | None, mark: Mark, pieces: Pieces) -> Route:
        """A stream beside a page. The first event tells the state now, so that nothing is missed between page and stream."""

        async def endpoint(request: Request) -> Response:
            try:
                visit = await run_in_threadpool(self._frame.visit, request, right)
                first = await run_in_threadpool(mark, visit)
            except TicklessError as error:
                return PlainTextResponse(error.public, error.status)
            address = request.client.host if request.client else ""
            who = visit.visitor.user.id if visit.visitor.user else f"address:{address}"
            if self._open[who] >= self._live.most:
                return PlainTextResponse("too many pages are open", 429, headers={"Retry-After": "30"})
            return StreamingResponse(
                self._events(visit, who, first, mark, pieces),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )

        return Route(path, endpoint, methods=["GET"])

    async def _events(self, visit: Visit, who: str, first: Hashable, mark: Mark, pieces: Pieces) -> AsyncIterator[str]:
        clock = asyncio.get_running_loop().time
        self._open[who] += 1
        try:
            yield f"retry: 2000\n\n{await self._swap(visit, pieces)}"
            ends, seen, spoke = clock() + self._live.lifetime, first, clock()
            while clock() < ends:
                await asyncio.sleep(self._live.poll)
                found = await run_in_threadpool(mark, visit)
                if found != seen:
                    seen, spoke = found, clock()
                    yield await self._swap(visit, pieces)
                elif clock() - spoke > self._live.quiet:
                    spoke = clock()
                    yield ": still here\n\n"
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    async def _swap(self, visit: Visit, pieces: Pieces) -> str:
        fresh = Visit(visit.request, visit.visitor, visit.desk, visit.entrance, visit.desk.clock.now())
        found = await run_in_threadpool(pieces, fresh)
        return f"event: swap\ndata: {json.dumps(found)}\n\n"
