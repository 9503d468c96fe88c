"""The APIs that vendors' clients know, at their own paths: what is the same for all. The words are the connectors'."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tickless.domain.errors import Forbidden, TicklessError
from tickless.domain.signal import Payload
from tickless.doors.entrance import Entrance, Right, Visitor
from tickless.doors.entrance.holding import keeper_of
from tickless.doors.entrance.problems import problem
from tickless.doors.hooks.book import DeskSilences, JournalBook
from tickless.doors.hooks.metrics import Received
from tickless.doors.hooks.reading import kept_headers, read_payload
from tickless.doors.hooks.taking import take_in
from tickless.flow.desk.promise import Desk
from tickless.flow.keeping import Keeper
from tickless.kit.log import get_logger
from tickless.sdk.drop_in import Answer, Asked, DropIn, Method, Reading, Silencing, Taking
from tickless.sdk.registry import drop_ins

Endpoint = Callable[[Request], Awaitable[Response]]
_log = get_logger("doors")


class Vendors:
    """Serves every connector that has a `drop_in.py`. Whose it is: the source that the key is bound to, else the vendor's."""

    def __init__(self, desk: Desk, entrance: Entrance, received: Received) -> None:
        self._desk = desk
        self._entrance = entrance
        self._received = received

    def paths(self) -> dict[str, dict[str, Endpoint]]:
        """Path → method → endpoint, in the order in which they are matched."""
        found: dict[str, dict[str, Endpoint]] = {}
        for _, drop in drop_ins():
            for call in drop.calls:
                found.setdefault(call.path, {})[call.method] = self._endpoint(drop, call)
        return found

    def _endpoint(self, drop: DropIn, call: Taking | Reading | Silencing) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            asked = _asked(request, call.method, at=self._desk.clock.now())
            try:
                came = await self._read(request, drop.source)
                asked = dataclasses.replace(asked, body=came.body)
                visitor = await self._visitor(request, drop.token(asked))
                if isinstance(call, Taking):
                    return _sent(await self._take(drop, call, asked, came, visitor))
                if isinstance(call, Silencing):
                    return _sent(await run_in_threadpool(self._silence, call, asked, visitor))
                return _sent(await run_in_threadpool(self._look, drop, call, asked, visitor))
            except TicklessError as error:
                _log.info("refused", code=error.code, detail=error.detail, path=call.path)
                return _refusal(drop.refused(asked, error), error)

        return endpoint

    async def _read(self, request: Request, source: str) -> Payload:
        limit, at = self._entrance.settings.max_hook_body, self._desk.clock.now()
        return await read_payload(request, source=source, at=at, limit=limit)

    async def _visitor(self, request: Request, key: str | None) -> Visitor:
        """Whose key it is. Raises `Unauthenticated`, `Forbidden`."""
        if key is not None:
            return await run_in_threadpool(self._entrance.sender, key)
        visitor = self._entrance.known_sender(request)
        if visitor is None:
            visitor = await run_in_threadpool(self._entrance.visitor, request, query_token=True)
        return visitor

    async def _take(self, drop: DropIn, call: Taking, asked: Asked, came: Payload, visitor: Visitor) -> Answer:
        self._entrance.require(visitor, "signals:write")
        if visitor.kind != "token":
            raise Forbidden("receivers take API tokens only", mend="create one: tickless token create")
        source = visitor.source or drop.source
        if self._desk.signed(source):
            raise Forbidden("what this source sends is signed by its vendor", mend=f"send it to /hooks/{source}")
        handed = call.take(asked)
        payload = Payload(
            source=source,
            received_at=came.received_at,
            content_type=handed.content_type,
            headers=kept_headers(came.headers),
            body=handed.body,
        )
        await take_in(payload, desk=self._desk, received=self._received, bound=visitor.source is not None)
        return call.taken(asked, handed)

    def _silence(self, call: Silencing, asked: Asked, visitor: Visitor) -> Answer:
        """Silences are people's: a monitor's own token sees them, and makes none."""
        seen: Right = "signals:write" if visitor.source is not None else "read"
        self._entrance.require(visitor, "act" if call.changes else seen)
        return call.do(asked, DeskSilences(self._desk.holding, keeper_of(visitor) if call.changes else Keeper("")))

    def _look(self, drop: DropIn, call: Reading, asked: Asked, visitor: Visitor) -> Answer:
        """Whoever sends as a source may look at what that source sent; who may read, at everything."""
        if visitor.source is not None:
            self._entrance.require(visitor, "signals:write")
        else:
            self._entrance.require(visitor, "read")
        book = JournalBook(self._desk.journal, visitor.source, events=visitor.source or drop.source)
        return call.read(asked, book)


def _asked(request: Request, method: Method, *, at: dt.datetime) -> Asked:
    query = request.query_params
    return Asked(
        method=method,
        parts={name: str(value) for name, value in request.path_params.items()},
        query=dict(query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=b"",
        at=at,
        request=str(uuid.uuid4()),
        repeated={name: query.getlist(name) for name in query},
    )


def _sent(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, headers=dict(answer.headers))


def _refusal(answer: Answer, error: TicklessError) -> Response:
    """In the vendor's words, with our headers: when to come again, how to show who one is."""
    response = _sent(answer)
    for name in ("Retry-After", "WWW-Authenticate"):
        if (value := problem(error).headers.get(name)) is not None:
            response.headers[name] = value
    return response
