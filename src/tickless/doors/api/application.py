"""Puts the REST door together."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tickless import __version__
from tickless.doors.api import (
    access,
    accounts,
    alerts,
    approvals,
    architect,
    assist,
    audit,
    autonomy,
    boards,
    brakes,
    cases,
    catalogue,
    control,
    conversations,
    decisions_again,
    drafts,
    guard_watch,
    history,
    identity,
    knowledge,
    known,
    lessons,
    mapping,
    maturity,
    metrics,
    opportunities,
    planning,
    policy,
    practices,
    record,
    records,
    regroup,
    report_subscriptions,
    reports,
    routing,
    runbooks,
    service_map,
    services,
    signals,
    silences,
    sources,
    telemetry,
    tickets,
    tools,
    value,
)
from tickless.doors.api.guards import Api
from tickless.doors.api.stream import Watching
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import HANDLERS, Problems
from tickless.flow.desk.promise import Desk

TAGS = {
    "cases": "One case per underlying need, from the first signal to an outcome that holds.",
    "storms": "What was one case and why; merge, split, undo, link; and what that teaches.",
    "tickets": "What people get with a case they take over, in an outside ticket system or kept here; and others called in.",
    "signals": "What came in by either door, and what could not be read.",
    "alerts": "The alerts as they stand, what holds them back from cases, and silences.",
    "telemetry": "Metrics and logs as the house sees them: forecasts, what is unlike itself, and answers to its alarms.",
    "conversations": "The human door: say something, read and watch the answers.",
    "assist": "The service desk types for somebody on the phone: suggestions while it does, transcripts of calls.",
    "approvals": "What waits for a yes; bound to the hash of a plan.",
    "runbooks": "Procedures: what there is, a dry run, a run.",
    "services": "The service map and whom a failure reaches.",
    "map": "What the map is made of: who says so, what people say, what keeps it up to date, how it stood.",
    "people": "Employees, to find the right one.",
    "knowledge": "Articles that questions are answered from: how each fares, and what nobody could answer.",
    "catalogue": "What people can ask for, in their own language.",
    "lessons": "What people's words could teach the language brain, tried before it is taught.",
    "known": "What is known beforehand: known errors, planned work, bulletins; and how people say it was.",
    "tools": "Tools of outside servers: what people say they do; a tool that changed is not called.",
    "control": "Brakes.",
    **practices.TAGS,
    "autonomy": "How much each runbook may do by itself, for what, and the evidence.",
    "policy": "The policies that hold: who may do what, why, and what another set would say.",
    "records": "People, apps, devices, services, dependencies and items, brought in from files.",
    "opportunities": "What comes again and again: what it is worth, drafts, and whether the benefit arrived.",
    "history": "Tickets of the past: files are sent, mapped, imported; what was refused, and why.",
    "metrics": "Figures, each with its definition, what it rests on, and its cases.",
    "boards": "A few metrics about one question each, now and over whole weeks or months.",
    "value": "What the house is worth against the organisation's own past, and what that takes for granted.",
    "maturity": "Three models on live evidence, beside what people claim.",
    "guard": "Figures that improve the wrong way, and ways to make them look well.",
    "reports": "What repeats, is risky, is ageing or unclear.",
    "record": "The tamper-evident audit record, the numbers, the doctor.",
    "accounts": "Users, API tokens, one-time secrets.",
    "identity": "Accounts in channels and whose they are; who stands in for whom.",
}
DESCRIPTION = """Everything a page of the console does is also a call here.

**Ways in.** An API token as `Authorization: Bearer tkl_…` (make one with `tickless token create`), or the console's
session; a session's writes carry `X-CSRF-Token`.

**Pages.** Lists answer `{"items", "next"}`; pass `next` as `cursor`.

**Errors** all have the shape `Problem`, with a `request_id` that is also in the log.

To send signals post to `/hooks/{source}`, outside of this API."""


class _NoStore:
    """Answers are for the caller alone: no cache keeps them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"cache-control", b"no-store")]
            await send(message)

        await self.app(scope, receive, mark)


def create_api(desk: Desk, entrance: Entrance) -> FastAPI:
    """The app to mount at `/api/v1`. Its documentation pages are off (they load from elsewhere); `/openapi.json` is on."""
    api = _assemble()
    api.state.desk = desk
    api.state.entrance = entrance
    api.state.watching = Watching()
    return api


def describe() -> dict[str, Any]:
    """The OpenAPI document. It depends on the code alone, not on any house."""
    return _assemble().openapi()


def _assemble() -> FastAPI:
    api = Api(
        title="Tickless",
        version=__version__,
        summary="A self-hosted system of resolution for IT operations.",
        description=DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=lambda route: route.name,
    )
    api.add_middleware(Problems)
    api.add_middleware(_NoStore)
    for part in (
        cases,
        regroup,
        tickets,
        signals,
        alerts,
        silences,
        mapping,
        sources,
        telemetry,
        conversations,
        assist,
        approvals,
        runbooks,
        drafts,
        architect,
        catalogue,
        services,
        service_map,
        knowledge,
        known,
        planning,
        practices,
        lessons,
        routing,
        history,
        opportunities,
        records,
        report_subscriptions,
        metrics,
        value,
        maturity,
        guard_watch,
        reports,
        brakes,
        control,
        autonomy,
        boards,
        tools,
        policy,
        audit,
        decisions_again,
        record,
        accounts,
        access,
        identity,
    ):
        api.include_router(part.router)
    api.include_router(services.people)
    return api
