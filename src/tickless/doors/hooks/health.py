"""Is it alive, is it ready? For supervisors and load balancers: no secrets, no authentication."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tickless.doors.entrance.problems import NotReady, Problems
from tickless.flow.desk.promise import Desk
from tickless.kit.log import get_logger

_log = get_logger("doors")


def health_routes(desk: Desk) -> list[Route]:
    """`/healthz`: the process answers. `/readyz`: it also reaches its journal; 503 when it does not."""

    async def live(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(_look, desk)
        except Exception as error:  # the HTTP door: whatever is wrong with the journal means not ready
            _log.warning("not ready", reason=type(error).__name__)
            raise NotReady("the journal cannot be read", mend="look at the log and at the disk") from error
        return JSONResponse({"ok": True})

    guard = [Middleware(Problems)]
    return [Route("/healthz", live, middleware=guard), Route("/readyz", ready, middleware=guard)]


def _look(desk: Desk) -> None:
    desk.journal.signals.head()
    with desk.journal.read() as tx:
        tx.coordination.cursor("readiness")
