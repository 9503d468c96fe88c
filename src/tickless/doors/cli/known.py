"""`tickless known …`: errors that are known beforehand."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

known = typer.Typer(no_args_is_help=True, help="Known errors and their workarounds: list, add, close.")
Identity = Annotated[str, typer.Argument(metavar="ID")]


@known.command("list")
def list_errors(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List known errors."""
    with session_of(context).api() as api:
        page = api.get("/known-errors", state=None if every else "open")
    if as_json:
        print_json(page)
        return
    rows = [(one["id"], one["title"], one["service"], one["workaround"], one["state"]) for one in page["items"]]
    show_table(["id", "error", "service", "workaround", "state"], rows, empty="No error is known.")


@known.command("add")
def add_error(
    context: typer.Context,
    *,
    title: Annotated[str, typer.Argument(help="What is wrong.")],
    workaround: Annotated[str, typer.Option("--workaround", "-w", help="What people can do until it is mended.")],
    symptom: Annotated[
        list[str] | None, typer.Option("--symptom", "-s", help="As people describe it; repeat it.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="The service it is about.")] = None,
    cause: Annotated[str, typer.Option(help="What is behind it.")] = "",
    owner: Annotated[str | None, typer.Option(help="Who sees to it: user name or address.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a known error down: whoever describes it is offered the workaround first."""
    body = {"title": title, "workaround": workaround, "symptoms": symptom or [], "service": service, "cause": cause,
            "owner": owner}  # fmt: skip
    with session_of(context).api() as api:
        made = api.post("/known-errors", body)
    _say(made, f"Noted as {made['id']}: people who describe it are offered the workaround.", as_json=as_json)


@known.command("close")
def close_error(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """The cause is removed."""
    with session_of(context).api() as api:
        done = api.post(f"/known-errors/{part(identity)}/close", {})
    _say(done, f"Closed: {done['title']}.", as_json=as_json)


def _say(made: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        line(text)
