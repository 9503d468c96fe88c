"""The console's addresses, all of them."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from tickless.doors.console import (
    accounts,
    alerts,
    approval_links,
    approvals,
    architect,
    assist,
    audit,
    audit_keeping,
    autonomy,
    boards,
    brakes,
    cases,
    checks,
    explained,
    figures,
    grouping,
    guard_watch,
    history,
    intents,
    knowledge,
    known,
    lessons,
    map_pages,
    mapping,
    maturity,
    now,
    opportunities,
    planning,
    policy,
    practices,
    reports,
    routing,
    runbooks,
    services,
    sign_in,
    signals,
    silences,
    sources,
    storms,
    talks,
    telemetry,
    tickets,
    tools,
    users,
    value,
)
from tickless.doors.console.frame import Frame
from tickless.doors.console.rendering import static
from tickless.doors.console.stream import Live, Streams
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.oidc import OidcSignIn
from tickless.flow.desk.promise import Desk


def create_routes(
    desk: Desk, entrance: Entrance, live: Live | None = None, *, oidc: OidcSignIn | None = None
) -> list[BaseRoute]:
    """The pages of the console, with the files they need. Mount them at the root of the site."""
    frame = Frame(desk, entrance)
    streams = Streams(frame, live or Live())
    return [
        Route("/static/{name}", static, methods=["GET"]),
        *sign_in.routes(frame, oidc),
        *users.routes(frame),
        *explained.routes(frame),
        *now.routes(frame, streams),
        *cases.routes(frame, streams),
        *storms.routes(frame, streams),
        *boards.routes(frame),
        *figures.routes(frame),
        *value.routes(frame),
        *maturity.routes(frame),
        *guard_watch.routes(frame),
        *reports.routes(frame),
        *tickets.routes(frame),
        *services.routes(frame),
        *map_pages.routes(frame),
        *runbooks.routes(frame),
        *architect.routes(frame),
        *tools.routes(frame),
        *knowledge.routes(frame),
        *approvals.routes(frame),
        *approval_links.routes(frame),
        *autonomy.routes(frame),
        *policy.routes(frame),
        *accounts.routes(frame),
        *audit.routes(frame),
        *audit_keeping.routes(frame),
        *alerts.routes(frame, streams),
        *silences.routes(frame),
        *planning.routes(frame),
        *practices.routes(frame),
        *brakes.routes(frame),
        *signals.routes(frame),
        *mapping.routes(frame),
        *sources.routes(frame),
        *telemetry.routes(frame),
        *known.routes(frame),
        *grouping.routes(frame),
        *routing.routes(frame),
        *history.routes(frame),
        *opportunities.routes(frame),
        *lessons.routes(frame),
        *talks.routes(frame, streams),
        *assist.routes(frame, streams),
        *intents.routes(frame),
        *checks.routes(frame),
    ]
