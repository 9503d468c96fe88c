"""Signing in with a password or a one-time link, and signing out."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import Forbidden, TicklessError
from tickless.doors.console.frame import Frame, Screen, Visit, local_path
from tickless.doors.console.sign_in_oidc import address_of, agent_of, oidc_routes
from tickless.doors.entrance.oidc import OidcSignIn


def routes(frame: Frame, oidc: OidcSignIn | None = None) -> list[BaseRoute]:
    """`oidc`: sign-in by an identity provider, if there is one."""
    other = oidc.settings.name if oidc is not None else ""

    async def sign_in(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        login, password, wish = (str(form.get(name, "")) for name in ("login", "password", "next"))
        try:
            _same_origin(request)
            opened = await run_in_threadpool(
                frame.entrance.sign_in, login, password, address=address_of(request), agent=agent_of(request)
            )
        except TicklessError as error:
            visit = await run_in_threadpool(frame.visit, request, None)
            content = {**_sign_in_page(frame, other), "error": error, "login": login[:100], "wish": local_path(wish)}
            return await run_in_threadpool(frame.page, visit, Screen("sign_in.html", content, error.status))
        response = RedirectResponse(local_path(wish), 303)
        frame.entrance.put_cookie(response, opened, request)
        return response

    async def enter(request: Request) -> Response:
        try:
            _same_origin(request)
            token = str(request.path_params["token"])
            opened = await run_in_threadpool(
                frame.entrance.redeem_link, token, address=address_of(request), agent=agent_of(request)
            )
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)
        response = RedirectResponse("/", 303)
        frame.entrance.put_cookie(response, opened, request)
        return response

    async def sign_out(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        visit = await run_in_threadpool(frame.visit, request, None)
        if not frame.entrance.csrf_ok(visit.visitor, str(form.get("csrf", ""))):
            error = Forbidden("this form is too old or came from elsewhere", mend="reload the page and try again")
            return await run_in_threadpool(frame.refusal, request, error)
        await run_in_threadpool(frame.entrance.sign_out, request)
        response = RedirectResponse("/sign-in?told=signed_out", 303)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        frame.entrance.drop_cookie(response)
        return response

    def sign_in_page(visit: Visit) -> Screen:
        content = {**_sign_in_page(frame, other), "wish": local_path(visit.asked("next"))}
        if oidc is not None and visit.asked("told") == "signed_out":
            content["there"] = oidc.sign_out_address(base=str(visit.request.base_url))
        return Screen("sign_in.html", content)

    return [
        *(oidc_routes(frame, oidc) if oidc is not None else []),
        frame.show("/sign-in", None, sign_in_page),
        Route("/sign-in", sign_in, methods=["POST"]),
        frame.show("/enter/{token}", None, enter_page),
        Route("/enter/{token}", enter, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


def _sign_in_page(frame: Frame, other: str) -> dict[str, Any]:
    return {
        "error": None, "login": "", "wish": "/", "other": other, "there": None,
        "passwords": frame.entrance.settings.passwords or not other,
    }  # fmt: skip


def enter_page(visit: Visit) -> Screen:
    """Only a button: looking at the link, as mail filters and previews do, must not use it up."""
    return Screen("enter.html")


def _same_origin(request: Request) -> None:
    """There is no session yet to bind a form to, so the browser's own word is taken. Raises `Forbidden`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("this form came from another site", mend="open the sign-in page and try again")
