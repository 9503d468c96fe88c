"""`tickless signal …`: send, list, quarantine, replay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_table
from tickless.doors.cli.session import AsJson, Limit, print_json, session_of, usage

signal = typer.Typer(no_args_is_help=True, help="Signals: send, list, and what could not be read.")
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")]


@signal.command("send")
def send(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a configured source.")],
    file: Annotated[str, typer.Argument(help="File with the payload; - reads standard input.")],
    content_type: Annotated[str, typer.Option("--type", help="Content type.")] = "application/json",
    as_json: AsJson = False,
) -> None:
    """Send a payload as a monitor does."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise usage(f"{file} cannot be read: {error.strerror}") from None
    with session_of(context).api() as api:
        accepted = api.send_signal(source, body, content_type)
    if as_json:
        print_json(accepted)
    else:
        line(f"received {accepted['received']}, new {accepted['new']}")


@signal.command("list")
def list_signals(context: typer.Context, limit: Limit = 20, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List signals of both doors, newest first."""
    with session_of(context).api() as api:
        page = api.get("/signals", limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [
        (moment(one["occurred_at"]), one["source"], one["kind"], one["state"], one["severity"], one["title"])
        for one in page["items"]
    ]
    show_table(["when", "source", "kind", "state", "severity", "title"], rows, empty="No signal has come in yet.")
    show_more(page, command="tickless signal list")


@signal.command("quarantine")
def quarantine(context: typer.Context, limit: Limit = 20, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List payloads that could not be read, and why."""
    with session_of(context).api() as api:
        page = api.get("/quarantine", limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], moment(one["received_at"]), one["source"], one["size"], one["reason"], one["mend"])
        for one in page["items"]
    ]
    show_table(["id", "when", "source", "bytes", "reason", "mend"], rows, empty="The quarantine is empty.")
    show_more(page, command="tickless signal quarantine")


@signal.command("sources")
def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List the sources: when each was heard, what it sends, and whether it is silent."""
    with session_of(context).api() as api:
        page = api.get("/sources")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["name"], one["connector"], one["heartbeat"], moment(one["heard_at"]) if one["heard_at"] else "never",
         f"{one['rate']:g}", one["refused"], one["quarantined"])
        for one in page["items"]
    ]  # fmt: skip
    heads = ["source", "connector", "heartbeat", "heard", "a minute", "refused", "quarantine"]
    show_table(heads, rows, empty="No source is configured.")


@signal.command("replay")
def replay(
    context: typer.Context,
    quarantined: Annotated[str, typer.Argument(metavar="ID", help="From `tickless signal quarantine`.")],
    as_json: AsJson = False,
) -> None:
    """Read a payload again, with today's mapping."""
    with session_of(context).api() as api:
        accepted = api.post(f"/quarantine/{part(quarantined)}/replay")
    if as_json:
        print_json(accepted)
    elif accepted["quarantined"]:
        line(f"still cannot be read: {accepted['reason']}")
    else:
        line(f"received {accepted['received']}, new {accepted['new']}")
    if accepted["quarantined"]:
        raise typer.Exit(1)
