"""The addresses of signing in by an identity provider."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import TicklessError
from tickless.doors.console.frame import Frame, local_path
from tickless.doors.entrance.oidc import COOKIE, LASTS, RETURN, OidcSignIn

_PATH = "/sign-in/oidc"


def oidc_routes(frame: Frame, oidc: OidcSignIn) -> list[BaseRoute]:
    async def begin(request: Request) -> Response:
        wish = local_path(request.query_params.get("next"))
        try:
            begun = await run_in_threadpool(oidc.begin, base=str(request.base_url), wish=wish)
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)
        response = RedirectResponse(begun.address, 303, headers={"Cache-Control": "no-store"})
        secure = request.url.scheme == "https"
        response.set_cookie(
            COOKIE,
            begun.cookie,
            max_age=int(LASTS.total_seconds()),
            path=_PATH,
            httponly=True,
            samesite="lax",
            secure=secure,
        )
        return response

    async def arrive(request: Request) -> Response:
        answer, cookie = dict(request.query_params), request.cookies.get(COOKIE, "")
        try:
            arrived = await run_in_threadpool(
                oidc.arrive, answer, cookie=cookie, address=address_of(request), agent=agent_of(request)
            )
        except TicklessError as error:
            response = await run_in_threadpool(frame.told_alone, request, error)
        else:
            response = RedirectResponse(arrived.wish, 303, headers={"Cache-Control": "no-store"})
            frame.entrance.put_cookie(response, arrived.opened, request)
        response.delete_cookie(COOKIE, path=_PATH)
        return response

    async def signed_out(request: Request) -> Response:
        """The provider's own call (Back-Channel Logout 1.0)."""
        form = await request.form(max_files=0, max_fields=5)
        try:
            await run_in_threadpool(oidc.signed_out_elsewhere, str(form.get("logout_token", "")))
        except TicklessError:
            return JSONResponse({"error": "invalid_request"}, 400, headers={"Cache-Control": "no-store"})
        return Response(status_code=200, headers={"Cache-Control": "no-store"})

    return [
        Route(_PATH, begin, methods=["GET"]),
        Route(RETURN, arrive, methods=["GET"]),
        Route(f"{_PATH}/sign-out", signed_out, methods=["POST"]),
    ]


def address_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def agent_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:300]
