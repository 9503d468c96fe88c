"""`tickless doctor`, `numbers`, `needs`, `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.output import show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of


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
    """The first numbers: cases, every outcome side by side, time to verified, minutes saved as runbooks claim."""
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
            "minutes saved, as claimed": f"{found['minutes_saved']:g}",
            "waiting for approval": found["waiting_for_approval"],
        }
    )


def needs(context: typer.Context, as_json: AsJson = False) -> None:
    """What waits for you, then for people at all, each with its page."""
    with session_of(context).api() as api:
        found = api.get("/needs")
    if as_json:
        print_json(found)
        return
    rows = [(one["count"], one["words"], "you" if one["mine"] else "", one["link"]) for one in found]
    show_table(["", "what", "for", "page"], rows, empty="Nothing waits for anybody.")


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
