"""`tickless history …`: bring in the organisation's own past tickets."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.history_files import ENDED, look_at, send_file, show_preview, show_progress, summary
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, print_json, session_of

history = typer.Typer(
    no_args_is_help=True, help="Tickets of the past: look at a file, import it, see what was refused."
)
File = Annotated[Path, typer.Argument(help="CSV, JSON or one object a line; packed with gzip or not.")]
Source = Annotated[str, typer.Option("--source", "-s", help="What to call where it comes from, such as servicenow.")]
Zone = Annotated[str, typer.Option(help="Time zone of times that name none, such as Europe/Zurich.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", help="field=Column, where the guess is wrong; repeat it. field= drops it."),
]
Settled = Annotated[Path | None, typer.Option("--mapping", help="JSON file of a mapping, as preview --json gives it.")]
Identity = Annotated[str, typer.Argument(metavar="ID")]
EVERY = 0.5


@history.command("preview")
def preview(
    context: typer.Context,
    file: File,
    *,
    source: Source = "",
    zone: Zone = "UTC",
    mapped: Mapped = None,
    mapping: Settled = None,
    as_json: AsJson = False,
) -> None:
    """What the columns of a file seem to mean, and what the first rows would become. Nothing is stored."""
    with session_of(context).api() as api:
        found = look_at(api, send_file(api, file), source=source, zone=zone, mapped=mapped, settled=mapping)
    if as_json:
        print_json(found)
    else:
        show_preview(found)


@history.command("import")
def import_file(
    context: typer.Context,
    file: File,
    *,
    source: Source,
    zone: Zone = "UTC",
    mapped: Mapped = None,
    mapping: Settled = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Tell how far it is until it is done.")] = True,
    as_json: AsJson = False,
) -> None:
    """Import a file of tickets or an event log. Importing it again changes nothing."""
    with session_of(context).api() as api:
        sent = send_file(api, file)
        found = look_at(api, sent, source=source, zone=zone, mapped=mapped, settled=mapping)
        body = {"source": source, "name": file.name, "mapping": found["mapping"]}
        job = api.post(f"/history/files/{part(sent)}/import", body)
        began = time.monotonic()
        while wait and job["state"] not in ENDED:
            time.sleep(EVERY)
            job = api.get(f"/history/imports/{part(job['id'])}")
            if not as_json:
                show_progress(job)
    seconds = time.monotonic() - began
    if as_json:
        print_json(
            {**job, "seconds": round(seconds, 1), "rows_a_second": round(job["rows"] / seconds) if seconds else 0}
        )
    elif wait:
        line(summary(job))
    else:
        line(f"It is being imported as {job['id']}: `tickless history status` tells how far it is.")
    if job["state"] == "failed":
        raise typer.Exit(FAILED)


@history.command("fetch")
def fetch(
    context: typer.Context,
    system: Annotated[str, typer.Argument(help="A connected ticket system, as the settings call it.")],
    *,
    source: Annotated[str, typer.Option("--source", "-s", help="What to call it here; default: as the system.")] = "",
    zone: Zone = "UTC",
    mapped: Mapped = None,
    as_json: AsJson = False,
) -> None:
    """Read the past of a connected system (ServiceNow, Jira, Request Tracker) and import it."""
    with session_of(context).api() as api:
        file: str = api.post("/history/files")["file"]
        cursor, pages = "", 0
        while cursor or not pages:
            cursor = api.post(f"/history/files/{part(file)}/fetch", {"system": system, "cursor": cursor})["next"]
            pages += 1
        name = source or system
        found = look_at(api, file, source=name, zone=zone, mapped=mapped, settled=None)
        body = {"source": name, "name": f"connector:{system}", "mapping": found["mapping"]}
        job = api.post(f"/history/files/{part(file)}/import", body)
        while job["state"] not in ENDED:
            time.sleep(EVERY)
            job = api.get(f"/history/imports/{part(job['id'])}")
    if as_json:
        print_json(job)
    else:
        line(summary(job))
    if job["state"] == "failed":
        raise typer.Exit(FAILED)


@history.command("status")
def status(context: typer.Context, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Imports and how far they are; sources and what they hold."""
    with session_of(context).api() as api:
        page, sources = api.get("/history/imports", limit=limit), api.get("/history/sources")
    if as_json:
        print_json({"imports": page["items"], "sources": sources["items"]})
        return
    rows = [(one["id"], one["source"], one["name"], one["state"], one["rows"], one["new"], one["changed"], one["same"],
             one["refused"]) for one in page["items"]]  # fmt: skip
    show_table(["id", "source", "file", "state", "rows", "new", "changed", "same", "refused"], rows,
               empty="Nothing was imported yet.")  # fmt: skip
    if sources["items"]:
        held = [(one["source"], one["tickets"], moment(one["since"]), moment(one["until"])) for one in sources["items"]]
        show_table(["source", "tickets", "first opened", "last opened"], held, empty="")


@history.command("refused")
def refused(
    context: typer.Context,
    identity: Identity,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="All of them as CSV, to be mended and imported again.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Rows that were not taken, why, and how to mend them."""
    with session_of(context).api() as api:
        if as_csv:
            typer.echo(api.text(f"/history/imports/{part(identity)}/refused.csv"), nl=False)
            return
        page = api.get(f"/history/imports/{part(identity)}/refused", limit=limit)
    if as_json:
        print_json(page)
        return
    rows = [(one["row"], one["field"], one["reason"], one["mend"]) for one in page["items"]]
    show_table(["row", "column", "why", "mend"], rows, empty="No row was refused.")


@history.command("stop")
def stop(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """Stop an import behind the rows that are stored; `resume` goes on there."""
    _turned(context, identity, "stop", as_json=as_json)


@history.command("resume")
def resume(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """Go on with an import that was stopped or failed."""
    _turned(context, identity, "resume", as_json=as_json)


@history.command("forget")
def forget(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Where it came from.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Everything of a source goes: tickets, imports, refused rows, pseudonyms."""
    if not yes and not typer.confirm(f"Forget every ticket of {source}? It cannot be taken back."):
        raise typer.Exit(FAILED)
    with session_of(context).api() as api:
        gone = api.delete(f"/history/sources/{part(source)}")
    if as_json:
        print_json(gone)
    else:
        line(f"Forgotten: {gone['tickets']} tickets of {gone['source']}.")


def _turned(context: typer.Context, identity: str, deed: str, *, as_json: bool) -> None:
    with session_of(context).api() as api:
        job = api.post(f"/history/imports/{part(identity)}/{deed}")
    if as_json:
        print_json(job)
    else:
        line(summary(job))
