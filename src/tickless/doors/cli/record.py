"""`tickless audit …`, `doctor`, `numbers`, `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, print_json, session_of, tell

audit = typer.Typer(no_args_is_help=True, help="The tamper-evident record: list, verify, export.")
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")]


@audit.command("list")
def list_audit(
    context: typer.Context,
    case: Annotated[str | None, typer.Option(help="Id of a case.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List who did what to what, newest first."""
    with session_of(context).api() as api:
        page = api.get("/audit", case=case, limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [(one["seq"], moment(one["at"]), one["actor"], one["action"], one["subject"]) for one in page["items"]]
    show_table(["row", "when", "who", "what", "to"], rows, empty="Nothing is on record yet.")
    show_more(page, command="tickless audit list")


@audit.command("verify")
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Walk the whole chain and find the first row that was changed."""
    with session_of(context).api() as api:
        report = api.get("/audit/verify")
    if as_json:
        print_json(report)
    elif report["ok"]:
        line(f"{report['rows']} rows, none changed. Head: {report['head']}")
    else:
        tell(f"row {report['broken_at']} does not fit: {report['problem']}")
    if not report["ok"]:
        raise typer.Exit(FAILED)


@audit.command("export")
def export_audit(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Where to; - is standard output.")] = "-",
) -> None:
    """Write the whole record as NDJSON."""
    session = session_of(context)
    with session.api() as api:
        if file == "-":
            for row in api.lines("/audit/export"):
                typer.echo(row)
            return
        with Path(file).open("w", encoding="utf-8") as out:
            for row in api.lines("/audit/export"):
                out.write(row + "\n")


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the house: the record, stuck runs, lost signals, the disk. Exit code 1 if anything is not well."""
    with session_of(context).api() as api:
        checks = api.get("/doctor")
    if as_json:
        print_json(checks)
    else:
        rows = [("ok" if one["ok"] else "failed", one["check"], one["detail"], one["mend"]) for one in checks]
        show_table(["", "check", "found", "what to do"], rows, empty="There is nothing to check.")
    if not all(one["ok"] for one in checks):
        raise typer.Exit(FAILED)


def numbers(context: typer.Context, as_json: AsJson = False) -> None:
    """The first numbers: cases, every outcome side by side, time to verified, minutes saved."""
    with session_of(context).api() as api:
        found = api.get("/numbers")
    if as_json:
        print_json(found)
        return
    seconds = {f"{name} to verified": f"{value:.1f} s" for name, value in found["seconds_to_verified"].items() if value}
    show_pairs(
        {
            "cases": found["cases"],
            "live": found["live"],
            **{f"by the {door} door": count for door, count in found["doors"].items()},
            **found["outcomes"],
            **seconds,
            "minutes saved": f"{found['minutes_saved']:g}",
            "waiting for approval": found["waiting_for_approval"],
        }
    )


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    as_json: AsJson = False,
) -> None:
    """Write all data, one NDJSON file per table."""
    session = session_of(context)
    with session.telling():
        written = session.host.export(folder, data=session.data)
    if as_json:
        print_json(written)
    else:
        show_table(["table", "rows"], list(written.items()), empty="There was nothing to write.")
