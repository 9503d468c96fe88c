"""The page behind the link of a letter: what is asked, and a yes or no without signing in. The link works once."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import BadInput, Forbidden, TicklessError
from tickless.doors.console.frame import Frame, Screen, Visit


def routes(frame: Frame) -> list[BaseRoute]:
    def page(visit: Visit) -> Screen:
        """Only what is asked: looking at the link, as mail filters and previews do, must not use it up."""
        return Screen(
            "approval_link.html", {"linked": visit.desk.approval_links.look(visit.path("token")), "done": None}
        )

    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        said, reason = str(form.get("answer", "")), str(form.get("reason", "")).strip()[:500]
        try:
            if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                raise Forbidden("this form came from another site", mend="open the link again")
            if said not in {"approve", "deny"}:
                raise BadInput("choose approve or deny")
            if said == "deny" and not reason:
                raise BadInput("say why you deny it", mend="one sentence helps the person who asked")
            token = str(request.path_params["token"])
            linked = await run_in_threadpool(frame.desk.approval_links.look, token)
            done = await frame.desk.answer_by_link(token, approve=said == "approve", reason=reason)
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)
        visit = await run_in_threadpool(frame.visit, request, None)
        return await run_in_threadpool(
            frame.page, visit, Screen("approval_link.html", {"linked": linked, "done": done})
        )

    return [
        frame.show("/answer-approval/{token}", None, page),
        Route("/answer-approval/{token}", answer, methods=["POST"]),
    ]
