"""`tickless runbook …`: list, show, check, sync, schema, rung."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
import yaml

from tickless.domain.runbook import Runbook
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, tell

runbook = typer.Typer(no_args_is_help=True, help="Runbooks: list, show, check files, publish them, autonomy.")
RunbookRef = Annotated[str, typer.Argument(metavar="RUNBOOK", help="Id, such as directory.unlock-account.")]


@runbook.command("list")
def list_runbooks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the runbooks that are loaded."""
    with session_of(context).api() as api:
        page = api.get("/runbooks")
    if as_json:
        print_json(page)
        return
    rows = [(one["id"], one["revision"], one["effect"], one["rung"], one["title"]) for one in page["items"]]
    show_table(["runbook", "revision", "effect", "rung", "title"], rows, empty="No runbook is loaded.")


@runbook.command("show")
def show(context: typer.Context, reference: RunbookRef, as_json: AsJson = False) -> None:
    """Show a runbook whole."""
    with session_of(context).api() as api:
        found = api.get(f"/runbooks/{part(reference)}")
    if as_json:
        print_json(found)
    else:
        typer.echo(yaml.safe_dump(found["content"], sort_keys=False, allow_unicode=True, width=120).rstrip())


@runbook.command("check")
def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Runbook files or folders.")],
    as_json: AsJson = False,
) -> None:
    """Compile runbook files here and report every problem at once. Needs no server."""
    session = session_of(context)
    with session.telling():
        found = session.host.check_runbooks(files, data=session.data)
    if as_json:
        print_json({str(path): problems for path, problems in found.items()})
    else:
        for path, problems in found.items():
            for problem in problems or [f"{path}: ok"]:
                line(problem)
        if not found:
            line("There is no runbook file there.")
    if not found or any(found.values()):
        raise typer.Exit(FAILED)


@runbook.command("sync")
def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the configured folders again now, all runbooks or none. (They are read by themselves when a file changes.)"""
    with session_of(context).api() as api:
        found = api.post(f"/runbooks/sync?dry_run={str(dry_run).lower()}")
    if as_json:
        print_json(found)
    else:
        for one in found["problems"]:
            tell(f"{one['path']}:{one['line']}: {one['where']}: {one['reason']}", mend=one["mend"])
        for what in ("added", "changed", "retired"):
            for name in found[what]:
                line(f"{'would be ' if dry_run else ''}{what}: {name}")
        told = "nothing was taken in; what held before goes on holding" if found["problems"] else "everything compiles"
        line(f"{found['runbooks']} runbooks: {told}")
    if found["problems"]:
        raise typer.Exit(FAILED)


@runbook.command("schema")
def schema() -> None:
    """Print the JSON Schema of a runbook file, for editors. Needs no server."""
    print_json(Runbook.model_json_schema(by_alias=True))


@runbook.command("rung")
def rung(
    context: typer.Context,
    reference: RunbookRef,
    place: Annotated[
        Literal["observe", "suggest", "approve", "auto"], typer.Argument(metavar="RUNG", help="The rung.")
    ],
) -> None:
    """Put a runbook on a rung of the autonomy ladder: observe, suggest, approve, auto."""
    with session_of(context).api() as api:
        api.put(f"/autonomy/{part(reference)}", {"rung": place})
    line(f"{reference} is on {place}")
