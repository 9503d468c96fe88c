"""The one error shape of every door that speaks JSON:
`{"error": {"code", "message", "mend", "retry", "request_id", "fields"?}}`."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tickless.domain.errors import AFTER_HUMAN, BadInput, PayloadRejected, Retry, RunbookInvalid, TicklessError
from tickless.kit.log import get_logger

_log = get_logger("doors")


class TooManyTries(TicklessError):
    """Wrong passwords came too fast."""

    code = "too_many_tries"
    status = 429

    def __init__(self, *, after: float) -> None:
        super().__init__("too many tries", mend=f"wait {math.ceil(after)} seconds, then try again")
        self.retry = Retry("after", after)


class TooMuch(TicklessError):
    """One caller asks for more at once than is theirs."""

    code = "too_much"
    status = 429

    def __init__(self, public: str, *, after: float, mend: str) -> None:
        super().__init__(public, mend=mend)
        self.retry = Retry("after", after)


class PutAside(PayloadRejected):
    """It could not be read. It is kept: `quarantined` names it for a replay."""

    def __init__(self, public: str, *, quarantined: str, mend: str) -> None:
        super().__init__(public, mend=mend)
        self.quarantined = quarantined


class TooLarge(BadInput):
    code = "too_large"
    status = 413


class TooSlow(BadInput):
    code = "too_slow"
    status = 408


class UnsupportedType(BadInput):
    code = "unsupported_media_type"
    status = 415


class NotReady(TicklessError):
    """The process lives and cannot serve yet, or any more."""

    code = "not_ready"
    status = 503
    retry = Retry("after", 5.0)


class WrongHost(BadInput):
    code = "wrong_host"
    status = 421
    retry = AFTER_HUMAN


_BY_STATUS = {
    400: ("bad_request", "the request cannot be read"),
    404: ("not_found", "there is nothing here"),
    405: ("method_not_allowed", "this address does not know that method"),
    406: ("not_acceptable", "that form of answer is not offered"),
    413: ("too_large", "the request is too large"),
    415: ("unsupported_media_type", "that content type is not understood"),
}


def request_id_of(scope: Scope) -> str:
    """The id that the request-id middleware gave; empty without it."""
    return str(scope.get("state", {}).get("request_id", ""))


def error_body(
    code: str, message: str, *, mend: str = "", retry: Retry | None = None, request_id: str = "", **more: Any
) -> dict[str, Any]:
    """The shape itself."""
    told: dict[str, Any] = {"when": retry.when if retry else "never"}
    if retry and retry.when == "after":
        told["seconds"] = round(retry.seconds, 3)
    return {"error": {"code": code, "message": message, "mend": mend, "retry": told, "request_id": request_id, **more}}


def problem(error: Exception, *, request_id: str = "") -> JSONResponse:
    """The answer to an error. What is unknown says nothing about itself."""
    if isinstance(error, TicklessError):
        return _known(error, request_id)
    if isinstance(error, RequestValidationError):
        fields = [
            {"field": ".".join(str(part) for part in found["loc"]), "reason": str(found["msg"])[:300]}
            for found in error.errors()[:50]
        ]
        body = error_body(
            "bad_input",
            "some fields are wrong",
            mend="correct the fields that are listed",
            request_id=request_id,
            fields=fields,
        )
        return JSONResponse(body, 422)
    if isinstance(error, HTTPException):
        code, message = _BY_STATUS.get(error.status_code, ("error", "the request was refused"))
        body = error_body(code, message, request_id=request_id)
        return JSONResponse(body, error.status_code, headers=dict(error.headers or {}))
    body = error_body(
        "internal",
        "something broke on our side",
        mend="tell your administrator the request id",
        retry=Retry("after", 5.0),
        request_id=request_id,
    )
    return JSONResponse(body, 500)


def _known(error: TicklessError, request_id: str) -> JSONResponse:
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry.when == "after" and error.status in {429, 502, 503}:
        headers["Retry-After"] = str(math.ceil(error.retry.seconds))
    body = error_body(
        error.code, error.public, mend=error.mend, retry=error.retry, request_id=request_id, **_more(error)
    )
    return JSONResponse(body, error.status, headers=headers)


def _more(error: TicklessError) -> dict[str, Any]:
    """What some errors say over and above the shape."""
    if isinstance(error, PutAside):
        return {"quarantined": error.quarantined}
    if isinstance(error, RunbookInvalid):
        told = [
            (found.where, f"{found.reason} ({found.mend})" if found.mend else found.reason)
            for found in error.problems[:50]
        ]
        return {"fields": [{"field": where, "reason": reason} for where, reason in told]}
    return {}


async def _handle(request: Request, error: Any) -> Response:
    if isinstance(error, TicklessError) and error.detail:
        _log.info("refused", code=error.code, detail=error.detail, path=request.url.path)
    return problem(error, request_id=request_id_of(request.scope))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    TicklessError: _handle,
    RequestValidationError: _handle,
    HTTPException: _handle,
}
"""For `exception_handlers=` of a Starlette or FastAPI app that speaks JSON."""


class Problems:
    """ASGI middleware: whatever a JSON door lets out becomes the error shape. Breaks are logged once, with the trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 (the HTTP door: nothing of ours may leak to the caller)
            if not isinstance(error, (TicklessError, HTTPException)):
                _log.exception("request broke", path=scope["path"], request_id=request_id_of(scope))
            if not started:
                await problem(error, request_id=request_id_of(scope))(scope, receive, send)
