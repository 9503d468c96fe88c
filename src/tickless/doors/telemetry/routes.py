"""OTLP over HTTP and Prometheus' remote-write. Answers follow their specifications: 2xx is done, 4xx is never sent again,
429 and 503 are, after `Retry-After`."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tickless.domain.errors import Forbidden, TicklessError
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import Problems, UnsupportedType, problem, request_id_of
from tickless.doors.telemetry import answers
from tickless.doors.telemetry.unpacking import unpack
from tickless.flow.desk.promise import Desk
from tickless.stages.sense.telemetry.service import Arrived, Form

OTLP: Final = "otlp"
REMOTE_WRITE: Final = "prometheus"
"""The sources that they send as, unless the token is bound to another one."""

_V1, _V2 = "prometheus.WriteRequest", "io.prometheus.write.v2.Request"
_PROTO = re.compile(r";\s*proto\s*=\s*\"?([\w.]+)\"?")
_Endpoint = Callable[[Request], Awaitable[Response]]


def create_routes(desk: Desk, entrance: Entrance) -> list[Route]:
    """Routes for the root of the site."""
    door = _Door(desk, entrance)
    paths: dict[str, _Endpoint] = {
        "/v1/metrics": door.otlp("metrics"),
        "/v1/logs": door.otlp("logs"),
        "/v1/traces": door.otlp("traces"),
        "/api/v1/write": door.remote_write,
    }
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return [
        Route(path, _posted(endpoint), methods=methods, name=path, middleware=[Middleware(Problems)])
        for path, endpoint in paths.items()
    ]


def _posted(endpoint: _Endpoint) -> _Endpoint:
    async def only_post(request: Request) -> Response:
        if request.method != "POST":
            wrong = HTTPException(405, headers={"Allow": "POST"})
            return problem(wrong, request_id=request_id_of(request.scope))
        return await endpoint(request)

    return only_post


class _Door:
    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._desk = desk
        self._entrance = entrance

    def otlp(self, kind: answers.Signals) -> _Endpoint:
        """An endpoint of OTLP/HTTP."""

        async def receive(request: Request) -> Response:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media not in (answers.PROTOBUF, answers.JSON):
                raise UnsupportedType(
                    "OTLP comes as protobuf or JSON", mend=f"send {answers.PROTOBUF} or {answers.JSON}"
                )
            source = await self._source(request, OTLP)
            form: Form = "otlp" if media == answers.PROTOBUF else "otlp_json"
            try:
                arrived = await self._take(request, kind, form=form, source=source)
            except TicklessError as error:
                return _refused(error, media)
            body = answers.taken(kind, media, rejected=arrived.rejected, reason=arrived.reason)
            return Response(body, media_type=media)

        return receive

    async def remote_write(self, request: Request) -> Response:
        """1.0 and 2.0, by the content type. 204, with how much was written; 400 when series had no room: by the
        specification that is not sent again, and what had room stays written."""
        form = _version(request.headers.get("content-type", ""))
        if request.headers.get("content-encoding", "").strip().lower() != "snappy":
            raise UnsupportedType("remote-write comes in snappy", mend="send Content-Encoding: snappy")
        source = await self._source(request, REMOTE_WRITE)
        arrived = await self._take(request, "metrics", form=form, source=source)
        written = {
            "X-Prometheus-Remote-Write-Samples-Written": str(arrived.taken),
            "X-Prometheus-Remote-Write-Histograms-Written": "0",
            "X-Prometheus-Remote-Write-Exemplars-Written": "0",
        }
        if arrived.rejected:
            return PlainTextResponse(f"partly written: {arrived.reason}\n", 400, headers=written)
        return Response(status_code=204, headers=written)

    async def _take(self, request: Request, kind: answers.Signals, *, form: Form, source: str) -> Arrived:
        packed, encoding = await request.body(), request.headers.get("content-encoding", "")
        limit = self._desk.telemetry.most_bytes
        return await self._desk.telemetry.take(
            kind, lambda: unpack(packed, encoding, limit=limit), form=form, source=source
        )

    async def _source(self, request: Request, default: str) -> str:
        """The source the token is bound to, else `default`. Raises `Unauthenticated`, `Forbidden`."""
        visitor = self._entrance.known_sender(request)
        if visitor is None:
            visitor = await run_in_threadpool(self._entrance.visitor, request, query_token=True)
        self._entrance.require(visitor, "signals:write")
        if visitor.kind != "token":
            raise Forbidden("telemetry takes API tokens only", mend="create one: tickless token create")
        return visitor.source or default


def _version(content_type: str) -> Form:
    """By the `proto` of the content type; none means 1.0. Raises `UnsupportedType`."""
    media = content_type.partition(";")[0].strip().lower()
    named = _PROTO.search(content_type)
    proto = named[1] if named else _V1
    if media == answers.PROTOBUF and proto == _V1:
        return "remote_write_1"
    if media == answers.PROTOBUF and proto == _V2:
        return "remote_write_2"
    raise UnsupportedType("this is no remote-write that is known here", mend=f"send {_V1} or {_V2} as protobuf")


def _refused(error: TicklessError, media: str) -> Response:
    """An error as OTLP's clients read it."""
    again = error.retry.when == "after"
    headers = {"Retry-After": str(math.ceil(error.retry.seconds))} if again else {}
    said = f"{error.public}: {error.mend}" if error.mend else error.public
    return Response(answers.refused(media, said, again=again), error.status, headers, media)
