"""Puts the command line together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickless import __version__
from tickless.doors.cli import (
    access,
    accounts,
    architect,
    audit,
    autonomy,
    board,
    brain,
    brakes,
    cases,
    catalogue,
    guard,
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
    reports,
    routing,
    service_map,
    signals,
    silences,
    telemetry,
    tenants,
    tickets,
    tools,
    value,
)
from tickless.doors.cli.asking import ask
from tickless.doors.cli.host import CliHost, ServeRole
from tickless.doors.cli.output import line
from tickless.doors.cli.session import Session, session_of, tell

HELP = """Tickless resolves what people ask for and what machines complain about, and proves that it did.

Start with `tickless demo`. Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 no server answers."""


def create_cli(host: CliHost) -> typer.Typer:
    """The whole command line over a host. Call the result with `sys.argv` taken as usual."""
    cli = typer.Typer(
        name="tickless", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )

    @cli.callback()
    def root(
        context: typer.Context,
        url: Annotated[str | None, typer.Option("--url", envvar="TICKLESS_URL", help="Server to talk to.")] = None,
        data: Annotated[Path | None, typer.Option("--data", envvar="TICKLESS_DATA", help="Data folder.")] = None,
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
        ] = False,
    ) -> None:
        context.obj = Session(host, url, data)

    for name, command in (
        ("demo", demo),
        ("init", init),
        ("serve", serve),
        ("ask", ask),
        ("run", cases.run),
        ("doctor", record.doctor),
        ("numbers", record.numbers),
        ("needs", record.needs),
        ("board", board.board),
        ("export", record.export),
    ):
        cli.command(name)(command)
    for name, group in (
        ("case", cases.case),
        ("ticket", tickets.ticket),
        ("approve", cases.approve),
        ("signal", signals.signal),
        ("alert", silences.alert),
        ("silence", silences.silence),
        ("mapping", mapping.mapping),
        ("telemetry", telemetry.telemetry),
        ("map", service_map.service_map),
        ("brain", brain.brain),
        ("autonomy", autonomy.autonomy),
        ("policy", policy.policy),
        ("runbook", architect.runbook),
        ("record", records.record),
        ("knowledge", knowledge.knowledge),
        ("catalogue", catalogue.catalogue),
        ("known", known.known),
        ("history", history.history),
        ("opportunities", opportunities.opportunities),
        ("lesson", lessons.lesson),
        ("grouping", regroup.grouping),
        ("routing", routing.routing),
        ("maintenance", planning.maintenance),
        *practices.GROUPS,
        ("binding", identity.binding),
        ("delegation", identity.delegation),
        ("metrics", metrics.metrics),
        ("value", value.value),
        ("maturity", maturity.maturity),
        ("guard", guard.guard),
        ("report", reports.report),
        ("audit", audit.audit),
        ("tool", tools.tool),
        ("switch", brakes.switch),
        ("freeze", brakes.freeze),
        ("tenants", tenants.tenants),
        ("person", accounts.person),
        ("user", access.user),
        ("token", accounts.token),
    ):
        cli.add_typer(group, name=name)
    return cli


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tickless {__version__}")
        raise typer.Exit


def serve(
    context: typer.Context,
    role: Annotated[ServeRole, typer.Option(help="all: one process does everything; door or worker: a part.")] = "all",
    address: Annotated[str | None, typer.Option("--host", help="Address to listen on; default: the settings'.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one; default: the settings'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it serves as one line of JSON.")] = False,
) -> None:
    """Run Tickless until it is stopped."""
    session = session_of(context)
    with session.telling():
        code = session.host.serve(role=role, host=address, port=port, data=session.data, as_json=as_json)
    raise typer.Exit(code)


def demo(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="Play the scenes, say what came of them, and end.")] = False,
    report: Annotated[Path | None, typer.Option("--json", help="Write what happened to this file.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one; default: the settings'.")
    ] = None,
    year: Annotated[bool, typer.Option("--year", help="A whole year in accelerated time instead of one day.")] = False,
    days: Annotated[
        int | None, typer.Option(min=1, max=365, help="So many days of that year in accelerated time.")
    ] = None,
    runbook: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="A runbook file that takes part in accelerated time; may be repeated."
        ),
    ] = None,
) -> None:
    """A living sample company in one process, with traffic on both doors: a day, or a year in accelerated time."""
    session = session_of(context)
    if session.data is not None:
        tell(f"the sample company lives in its own folder, never in {session.data}: leave --data out to speak with it")
    with session.telling():
        if year or days or runbook:
            code = session.host.accelerated(
                days=days or 365, runbooks=runbook or (), once=once, report=report, port=port
            )
        else:
            code = session.host.demo(once=once, report=report, port=port)
    raise typer.Exit(code)


def init(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="Where to; default: here.")] = Path()
) -> None:
    """Write settings to begin with. Overwrites nothing."""
    session = session_of(context)
    with session.telling():
        for text in session.host.init(folder):
            line(text)
