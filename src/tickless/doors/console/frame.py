"""The frame around every page: who asks, may they, what is around the page, and what happens when something is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tickless.domain.errors import Forbidden, TicklessError, Unauthenticated
from tickless.doors.console.rail import COOKIE, rail
from tickless.doors.console.rendering import render
from tickless.doors.console.wording import day_time
from tickless.doors.entrance import Entrance, Right, Visitor
from tickless.flow.approvals.standing_in import waiting_for
from tickless.flow.desk.promise import Desk

Form = Mapping[str, str]


@dataclass(frozen=True)
class Visit:
    """One request of somebody known."""

    request: Request
    visitor: Visitor
    desk: Desk
    entrance: Entrance
    now: dt.datetime

    def asked(self, name: str) -> str | None:
        """A value of the query; None when it is absent or empty."""
        return self.request.query_params.get(name, "").strip()[:200] or None

    def number(self, name: str) -> int | None:
        """A whole number of the query or the path; None when it is none."""
        found = str(self.request.path_params.get(name, "") or self.asked(name) or "")
        return int(found) if found.isdecimal() and len(found) < 16 else None

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])


@dataclass(frozen=True)
class Screen:
    """What to show: a template and what it needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200


Build = Callable[[Visit], Screen]
Act = Callable[[Visit, Form], Awaitable[str | Screen]]


class Frame:
    """Makes routes out of pages (`show`) and of what is sent with a form (`deed`)."""

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self.desk = desk
        self.entrance = entrance

    def visit(self, request: Request, right: Right | None) -> Visit:
        """Who asks. Blocks. Raises `Unauthenticated`, `Forbidden`."""
        visitor = self.entrance.visitor(request)
        if right is not None:
            self.entrance.require(visitor, right, deed=str(getattr(request.scope.get("route"), "path", "")))
        return Visit(request, visitor, self.desk, self.entrance, self.desk.clock.now())

    def show(self, path: str, right: Right | None, build: Build) -> Route:
        """A page to look at. `build` blocks, so it runs in a thread."""

        def answer(request: Request) -> Response:
            try:
                visit = self.visit(request, right)
                return self.page(visit, build(visit))
            except TicklessError as error:
                return self.refusal(request, error)

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(answer, request)

        return Route(path, endpoint, methods=["GET"])

    def deed(self, path: str, right: Right, act: Act) -> Route:
        """Something to do, sent by a form of ours. `act` gives the address to go to next, or a page."""

        async def endpoint(request: Request) -> Response:
            try:
                sent = await request.form(max_files=0, max_fields=60)
                form = {key: value for key, value in sent.items() if isinstance(value, str)}
                visit = await run_in_threadpool(self.visit, request, right)
                if not self.entrance.csrf_ok(visit.visitor, form.get("csrf", "")):
                    raise Forbidden("this form is too old or came from elsewhere", mend="go back, reload and try again")
                done = await act(visit, form)
            except TicklessError as error:
                return await run_in_threadpool(self.refusal, request, error)
            if isinstance(done, Screen):
                return await run_in_threadpool(self.page, visit, done)
            return RedirectResponse(done, 303)

        return Route(path, endpoint, methods=["POST"])

    def page(self, visit: Visit, screen: Screen) -> Response:
        """The page as the browser gets it."""
        html = render(screen.template, {**self.around(visit), **screen.context})
        return HTMLResponse(html, screen.status, headers={"Cache-Control": "no-store"})

    def around(self, visit: Visit) -> dict[str, Any]:
        """What every template may use: the visitor, the brakes that are on, what waits for them."""
        with self.desk.journal.read() as tx:
            brakes = [switch for switch in tx.coordination.switches() if switch.on]
            me = visit.visitor.person.id if visit.visitor.person else None
            waiting = len(waiting_for(tx, me, now=visit.now))
        return {
            **here(visit),
            "path": visit.request.url.path,
            "theme": _theme(visit.request),
            "brakes": brakes,
            "paused": next((switch for switch in brakes if switch.name == "all"), None),
            "waiting": waiting,
            "rail": rail(
                visit.request.url.path, may=visit.visitor.may, practised=self.practised, opened=_opened(visit.request)
            ),
            "told": TOLD.get(visit.asked("told") or ""),
        }

    def practised(self, address: str) -> bool:
        """Whether the rail leads to a page: to those of practices only where this house has chosen them."""
        return self.desk.practised is None or address.removeprefix("/") in self.desk.practised

    def told_alone(self, request: Request, error: TicklessError) -> Response:
        """An error as a page, for somebody who may not be known: without leading back to the sign-in, which led here."""
        return self.page(self.visit(request, None), Screen("refused.html", {"error": error}, error.status))

    def refusal(self, request: Request, error: TicklessError) -> Response:
        """An error as a page: to the sign-in when nobody is known, else what happened and how to mend it."""
        if isinstance(error, Unauthenticated) and request.method == "GET":
            return RedirectResponse(f"/sign-in?next={quote(_asked_for(request), safe='')}", 303)
        try:
            visit = self.visit(request, None)
        except Unauthenticated:
            return RedirectResponse("/sign-in", 303)
        return self.page(visit, Screen("refused.html", {"error": error}, error.status))


def here(visit: Visit) -> dict[str, Any]:
    """What pieces of a page may use, too: who asks, and what time it is."""
    return {
        "visitor": visit.visitor,
        "may": visit.visitor.may,
        "csrf": visit.visitor.csrf,
        "now": visit.now,
        "at": lambda moment: day_time(moment, visit.now),
        "who": _names_of_actors(visit.desk),
    }


def _names_of_actors(desk: Desk) -> Callable[[str], str]:
    """Who it was (`Visitor.actor`), as people call them; whoever is not known any more stays the id on record."""

    @cache
    def who(actor: str) -> str:
        with desk.journal.read() as tx:
            known = tx.people.get(actor)
        return known.name if known is not None else actor.removeprefix("user:")

    return who


TOLD: dict[str, str] = {
    "handed_off": "Handed off. People have it now, with everything that was found.",
    "confirmed": "Noted: a person saw that it is solved.",
    "withdrawn": "Withdrawn. Nothing more is done about it.",
    "merged": "They are one case now. Their runs stop, their people are told; it can be undone for a day.",
    "split": "Split off. News of these alerts goes to this case from now on.",
    "undone": "Undone. What was moved is back, with what was heard of it since.",
    "linked": "Linked. It is looked at by its own checks when the parent is solved.",
    "unlinked": "Unlinked. It stands by itself again.",
    "doubt_dismissed": "Noted: they are not one. It is not proposed again.",
    "routing_taught": "In force. It counts with the next ticket.",
    "routing_refused": "Refused. It is not proposed again.",
    "grouping_taught": "Taught. It counts with the next alert.",
    "grouping_refused": "Noted. Grouping does not heed it.",
    "delegated": "Noted. Policy says what somebody who stands in may ask for.",
    "undelegated": "Ended. They ask for themselves only from now on.",
    "taking_back": "It is being taken back. This case tells what is undone, and whose yes that takes.",
    "assumed": "Assumed. Every figure that takes it is computed anew.",
    "computing": "It is being computed. Look again in a minute.",
    "noted_claim": "Noted. It stands beside the evidence.",
    "muted": "Muted, with your reason.",
    "spoken": "Said. It goes to the channel in which the person writes.",
    "taken": "It is yours now, and the person knows.",
    "error_noted": "Noted. People who describe it are offered the workaround first.",
    "error_closed": "Closed. Nobody is offered that workaround any more.",
    "subscribed": "Noted. The next one that is due is the first.",
    "unsubscribed": "Ended. It is not sent any more.",
    "planned": "Planned. Reports on that service join it while it goes on.",
    "invited": "Done. They find the case and its pack in their notices.",
    "said": "Written. Public words are in the person's conversation.",
    "ticket_taken": "It is yours now.",
    "ticket_resolved": "The person is asked whether it works.",
    "ticket_open": "It is open again.",
    "taught": "Taught. It counts with the next message.",
    "refusal_set": "Set. It counts with the next message.",
    "lesson_noted": "Noted. Try it before you teach it.",
    "lesson_refused": "Noted. It is not taught, and not proposed again.",
    "tools_seen": "Looked. What is new or has changed stands in front.",
    "tool_classified": "Noted. It may be called so, for as long as it stays the very tool that you read.",
    "tool_withdrawn": "Taken back. It is not called until somebody says what it does.",
    "runbook_proposed": "Proposed. Somebody else signs it.",
    "runbook_signed": "Signed. It holds from now on, and suggests itself at most.",
    "runbook_refused": "Noted. Its author reads the reason.",
    "new_runbooks": "Read. What is new or changed holds from now on, and the brain has been taught it.",
    "same_runbooks": "Read. Nothing has changed.",
    "called_off": "Done. Whoever waits for its end is told.",
    "silenced": "Silenced. What still fires at its end becomes a case.",
    "extended": "Done. It ends at the new time.",
    "expired": "Over. What still fires is handed back.",
    "handed_back": "Handed back: it goes on to cases now.",
    "all_handed_back": "Handed back: what was held goes on to cases now.",
    "announced": "Told to everybody in this case.",
    "reopened": "Reopened. The outcome counts as regressed and the case is decided anew.",
    "approved": "Approved. The run goes on.",
    "denied": "Denied. Nothing is changed.",
    "policies": "Read. What is in the folder holds.",
    "paused": "All automation is paused. Nothing is changed until somebody releases it.",
    "released": "Released. Automation goes on where policy allows.",
    "braked": "Stopped. No further change begins until somebody releases it.",
    "unbraked": "Released. What stood still goes on where policy allows.",
    "ruled": "Noted. It counts from its beginning on.",
    "rule_ended": "Over. Changes may be made again.",
    "tried_again": "Noted. The next run that wants to may change it.",
    "rung": "The autonomy of this runbook was changed.",
    "rung_behind": "The autonomy of this runbook was changed. Where a stricter bar holds it stays behind until it has "
    "reached it, or is put there by name: see by scope.",
    "run_begun": "Asked for. Below stands whether it runs, waits for an approval or is refused.",
    "replayed": "Read again: it is a signal now.",
    "still_unreadable": "It still can't be read. The reason is below.",
    "kept": "Kept. The version before is in the history.",
    "published": "Published. Questions are answered from it now.",
    "reviewed": "Noted: it is right today.",
    "retired": "Retired. Nobody is answered from it any more.",
    "drafted": "A draft, from what was asked and what colleagues answered. Mend it, then publish it.",
    "answered": "Noted. The series' next alarms heed it.",
    "answer_undone": "Taken back. It counts no more.",
    "bound": "Bound. Messages from that account count as that person's, and they have been told.",
    "unbound": "Unbound. Nobody speaks from that account any more.",
    "stated": "Noted. People's word counts before every source.",
    "edge_confirm": "Confirmed. It counts fully from now on.",
    "edge_reject": "Rejected. Nobody follows this edge any more, whoever tells of it.",
    "edge_withdraw": "Taken back. The sources count again.",
    "row_fits": "It fits now, and is on the map.",
    "row_waits": "It still does not fit. The reason is below.",
    "row_left": "Left alone.",
    "signed_out": "You are signed out.",
    "sessions_ended": "Ended. Whoever used it has to sign in again.",
    "roles_set": "Set. They hold with the next page that the person opens.",
    "account_on": "It is on again.",
    "account_off": "It is off. Its sessions and tokens ended at once.",
    "kept_record": "Kept. It is on record.",
    "mining": "It is being looked for. That takes a minute or two where there is much.",
    "opened": "Opened from what comes again. It is a draft: finish it, then it is signed, published or worked on.",
    "registered": "In the register. What came of it is measured against groups like it once it is finished.",
    "decided": "Noted. What was begun is measured against groups like it from now on.",
    "importing": "It is being read. What came in stays, whatever happens to the rest.",
    "import_stop": "Stopped. It goes on from here when you resume it.",
    "import_resume": "It goes on where it was.",
    "forgotten": "Forgotten: its tickets, imports and pseudonyms.",
    "erased": "Erased, as far as it may be. What stays, and why, is below.",
}
"""What a page says after something was done; the address carries the word only."""


def local_path(wish: str | None, otherwise: str = "/") -> str:
    """A path on this site to go to, never another site."""
    if not wish or not wish.startswith("/") or wish.startswith(("//", "/\\")) or "\\" in wish:
        return otherwise
    parts = urlsplit(wish)
    return otherwise if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in wish) else wish


def _asked_for(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _theme(request: Request) -> str:
    chosen = request.cookies.get("tickless_theme", "")
    return chosen if chosen in {"light", "dark"} else ""


def _opened(request: Request) -> list[str]:
    """Groups of the rail that somebody has opened."""
    return unquote(request.cookies.get(COOKIE, ""))[:400].split(".")
