"""`tickless catalogue …`: what people can ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.output import show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

catalogue = typer.Typer(
    no_args_is_help=True, help="The catalogue: what people can ask for. Bring it in with `record import`."
)


@catalogue.command("list")
def list_items(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="What is not for you, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what you can ask for."""
    with session_of(context).api() as api:
        page = api.get("/catalogue", every="true" if every else None)
    if as_json:
        print_json(page)
        return
    rows = [(one["category"], one["name"], one["lead_time"], one["approval"], one["id"]) for one in page["items"]]
    show_table(["", "item", "takes", "needs a yes from", "id"], rows, empty="Nothing is offered yet.")
