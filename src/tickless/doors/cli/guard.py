"""`tickless guard …`: what does not add up."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

guard = typer.Typer(no_args_is_help=True, help="Figures that improve the wrong way.")


@guard.command("show")
def show(
    context: typer.Context,
    weeks: Annotated[
        int | None, typer.Option(min=6, max=104, help="How many weeks are looked at; else as the house is set.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="What adds up, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Warnings: figures that improve while their counter-metric worsens, and ways to make a figure look well."""
    with session_of(context).api() as api:
        found = api.get("/guard", weeks=weeks)
    if as_json:
        print_json(found)
        return
    warned = [one for one in found["items"] if one["flagged"]]
    for one in warned:
        line(one["title"], style="bold")
        line(one["told"], indent=2)
        line(one["do"], indent=2)
    if not warned:
        line(f"Nothing is warned of: {len(found['items'])} pairs and patterns were looked at.")
    if every:
        rows = [(one["title"], one["kind"], f"{one['p']:.3f}", f"{one['q']:.3f}") for one in found["items"]]
        show_table(["what", "is", "p", "q"], rows, empty="")
        show_table(["not looked at", "because"], list(found["skipped"].items()), empty="")
