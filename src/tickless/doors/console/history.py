"""Tickets of the past: what was imported, a wizard for the next file, and single tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import BadInput, Forbidden, TicklessError
from tickless.domain.history import HistoryKind, HistoryState
from tickless.domain.history_import import ColumnMapping, HistoryField
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.history_lines import refused_lines
from tickless.practices.history.stamps import ORDERS

FIELDS: tuple[HistoryField, ...] = get_args(HistoryField)
KINDS: tuple[HistoryKind, ...] = get_args(HistoryKind)
STATES: tuple[HistoryState, ...] = get_args(HistoryState)
WRITTEN = {"iso": "2026-12-31 10:15", "dmy": "31/12/2026 10:15", "mdy": "12/31/2026 10:15", "ymd": "2026/12/31 10:15",
           "epoch": "seconds or milliseconds"}  # fmt: skip
PART = 900_000


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/history", "read", page),
        _upload(frame),
        frame.deed("/history/fetch", "admin", fetch),
        frame.show("/history/files/{file}", "admin", wizard),
        frame.deed("/history/files/{file}/preview", "admin", look_again),
        frame.deed("/history/files/{file}/import", "admin", begin),
        frame.show("/history/imports/{id}", "admin", one_import),
        frame.deed("/history/imports/{id}/{deed:str}", "admin", turn),
        _refused(frame),
        frame.deed("/history/forget", "admin", forget),
        frame.show("/history/tickets/{id}", "read", ticket),
    ]


def page(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        jobs = tx.history_imports.where(order=tx.history_imports.table.c.made_at.desc(), limit=50)
        extent, named = tx.history_extent(), tx.history_sources()
    sources = [(name, *extent.get(name, (0, None, None))) for name in named]
    live = any(job.state in {"waiting", "running"} for job in jobs)
    return Screen(
        "history.html",
        {"jobs": jobs, "sources": sources, "live": live, "part": PART, "systems": visit.desk.history.systems()},
    )


def _upload(frame: Frame) -> Route:
    """A file in one form: for browsers without our script, which sends large ones in parts."""

    async def endpoint(request: Request) -> Response:
        try:
            visit = await run_in_threadpool(frame.visit, request, "admin")
            async with request.form(max_files=1, max_fields=5) as sent:
                if not frame.entrance.csrf_ok(visit.visitor, str(sent.get("csrf", ""))):
                    raise Forbidden("this form is too old or came from elsewhere", mend="go back, reload and try again")
                file = sent.get("file")
                if not isinstance(file, UploadFile) or not file.filename:
                    raise BadInput("no file was chosen", mend="choose one")
                body, name = await file.read(), file.filename
            identity = await run_in_threadpool(visit.desk.history.new_file)
            await run_in_threadpool(visit.desk.history.add_part, identity, 0, body)
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)
        return RedirectResponse(f"/history/files/{identity}?name={quote(name[:100])}", 303)

    return Route("/history/files", endpoint, methods=["POST"])


async def fetch(visit: Visit, form: Form) -> str:
    """Read a connected system's past, then look at it as at a file."""
    system = form.get("system", "")
    file = await run_in_threadpool(lambda: visit.desk.history.fetch_all(system))
    return f"/history/files/{file}?name={quote(f'connector:{system}'[:100])}&source={quote(system[:80])}"


def wizard(visit: Visit) -> Screen:
    """What the columns seem to mean."""
    found = visit.desk.history.preview(visit.path("file"), source=visit.asked("source") or "")
    return _wizard(visit, found, name=visit.asked("name") or "", source=visit.asked("source") or "")


async def look_again(visit: Visit, form: Form) -> Screen:
    mapping = mapping_of(form)
    found = await run_in_threadpool(lambda: visit.desk.history.preview(visit.path("file"), mapping=mapping))
    return _wizard(visit, found, name=form.get("name", "")[:200], source=form.get("source", "")[:80])


def _wizard(visit: Visit, found: Any, *, name: str, source: str) -> Screen:
    words = {word: found.mapping.states.get(word.lower(), state) for word, state in found.guess.states.items()}
    stated = "\n".join(f"{word} = {state or ''}".rstrip() for word, state in words.items())
    return Screen(
        "history_file.html",
        {"found": found, "mapping": found.mapping, "name": name, "source": source, "fields": FIELDS, "kinds": KINDS,
         "orders": {order: WRITTEN[order] for order in ORDERS}, "stated": stated, "states": STATES},
    )  # fmt: skip


def mapping_of(form: Mapping[str, str]) -> ColumnMapping:
    """The mapping that a person put together. Raises `BadInput`."""
    columns = {field: form[f"c-{field}"][:300] for field in FIELDS if form.get(f"c-{field}")}
    states: dict[str, HistoryState] = {}
    for line in form.get("states", "").splitlines()[:200]:
        word, _, said = (part.strip() for part in line.rpartition("="))
        state = next((one for one in STATES if one == said), None)
        if word and state is None and said:
            raise BadInput(f"{said[:40]!r} is no state", mend=f"say one of: {', '.join(STATES)}")
        if word and state is not None:
            states[word.lower()[:200]] = state
    return ColumnMapping(
        layout="events" if form.get("layout") == "events" else "tickets",
        columns=columns,
        order=next((one for one in ORDERS if one == form.get("order")), "iso"),
        zone=form.get("zone", "").strip()[:60] or "UTC",
        kind=next((one for one in KINDS if one == form.get("kind")), "incident"),
        states=states,
        last_closes=form.get("last_closes") == "yes",
        split=form.get("split", "")[:10],
    )


async def begin(visit: Visit, form: Form) -> str:
    mapping, file = mapping_of(form), visit.path("file")
    name, source = form.get("name", "").strip()[:200] or "file", form.get("source", "").strip()
    by = visit.visitor.actor
    job = await run_in_threadpool(
        lambda: visit.desk.history.start(file, name=name, source=source, mapping=mapping, by=by)
    )
    return f"/history/imports/{job.id}?told=importing"


def one_import(visit: Visit) -> Screen:
    identity = visit.path("id")
    with visit.desk.journal.read() as tx:
        job = tx.history_imports.need(identity)
        refused = tx.history_refused.by(import_id=identity, limit=50)
    return Screen("history_import.html", {"job": job, "refused": refused})


async def turn(visit: Visit, form: Form) -> str:
    """Stop it, or go on with it."""
    identity, deed, by = visit.path("id"), visit.path("deed"), visit.visitor.actor
    turned = {"stop": visit.desk.history.stop, "resume": visit.desk.history.resume}.get(deed)
    if turned is None:
        raise BadInput("an import is stopped or resumed")
    await run_in_threadpool(lambda: turned(identity, by=by))
    return f"/history/imports/{identity}?told=import_{deed}"


def _refused(frame: Frame) -> Route:
    def answer(request: Request) -> Response:
        try:
            visit = frame.visit(request, "admin")
            identity = visit.path("id")
            with visit.desk.journal.read() as tx:
                tx.history_imports.need(identity)
        except TicklessError as error:
            return frame.refusal(request, error)
        head = {
            "Content-Disposition": f'attachment; filename="refused-{identity[-8:]}.csv"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(
            refused_lines(visit.desk, identity), media_type="text/csv; charset=utf-8", headers=head
        )

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route("/history/imports/{id}/refused.csv", endpoint, methods=["GET"])


async def forget(visit: Visit, form: Form) -> str:
    source, by = form.get("source", ""), visit.visitor.actor
    if form.get("really") != source:
        raise BadInput("to forget a source write its name", mend="it cannot be taken back")
    await run_in_threadpool(lambda: visit.desk.history.forget(source, by=by))
    return "/history?told=forgotten"


def ticket(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        found = tx.history_tickets.need(visit.path("id"))
        belongs = tx.opportunity_of(found.id)
        opportunity = tx.opportunities.get(belongs) if belongs else None
    return Screen("history_ticket.html", {"ticket": found, "opportunity": opportunity})
