"""`tickless runbook draft · propose · proposals · sign · refuse`: from plain words to a runbook that somebody signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.drafts import runbook
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, tell, usage

__all__ = ["runbook"]

Proposal = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Its id, as `tickless runbook proposals` lists it.")]


@runbook.command("draft")
def draft(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS…", help="The procedure in plain words; `-`: from standard input.")
    ],
    *,
    name: Annotated[str, typer.Option("--name", help="The id, such as account.unlock.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write the file there.")] = None,
    by_model: Annotated[bool, typer.Option("--model", help="Ask the language model as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draft a runbook from plain words: what each sentence became, what could not be expressed. Nothing is published."""
    said = typer.get_text_stream("stdin").read() if words == ["-"] else " ".join(words)
    with session_of(context).api() as api:
        found = api.post("/architect/describe", {"description": said, "name": name, "by_model": by_model})
    if as_json:
        print_json(found)
    else:
        _show(found)
    if found["text"] and out is not None:
        _write(out, found["text"])
        line(f"wrote {out}")
        line(f"next: edit it, then tickless runbook test {out}, then tickless runbook propose {out}", style="dim")
    elif found["text"] and not as_json:
        typer.echo(found["text"].rstrip())
    if found["impossible"] or not found["compiles"]:
        raise typer.Exit(FAILED)


@runbook.command("propose")
def propose(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A draft.")],
    note: Annotated[str, typer.Option("--note", help="For whoever signs it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a runbook before somebody who may sign it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"{file} cannot be read as text: {error}") from error
    with session_of(context).api() as api:
        made = api.post("/proposals", {"text": text, "note": note})
    if as_json:
        print_json(made)
    else:
        line(f"{made['id']}: {made['runbook']} {made['revision']} waits for somebody else to sign it")


@runbook.command("proposals")
def proposals(
    context: typer.Context,
    reference: Annotated[str | None, typer.Argument(metavar="PROPOSAL", help="One of them, whole.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runbooks that people propose, or show one in words."""
    with session_of(context).api() as api:
        found = api.get(f"/proposals/{part(reference)}" if reference else "/proposals")
    if as_json:
        print_json(found)
    elif reference:
        line(f"{found['runbook']} {found['revision']} by {found['by']}: {found['state']}", style="bold")
        for one in found["draft"]["words"]:
            line(one, indent=2)
        for gap in found["gaps"]:
            line(f"not expressed: {gap}", indent=2)
        typer.echo(found["text"].rstrip())
    else:
        rows = [
            (one["id"], one["runbook"], one["revision"], one["state"], one["by"], str(moment(one["at"])))
            for one in found["items"]
        ]
        show_table(["proposal", "runbook", "revision", "state", "by", "at"], rows, empty="Nothing is proposed.")


@runbook.command("sign")
def sign(
    context: typer.Context,
    reference: Proposal,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
) -> None:
    """Sign a proposal: it holds from now on, and suggests itself at most. Its author cannot."""
    with session_of(context).api() as api:
        done = api.post(f"/proposals/{part(reference)}/sign", {"reason": reason})
    line(f"{done['runbook']} {done['revision']} holds now; it begins on the rung suggest")


@runbook.command("refuse")
def refuse(
    context: typer.Context,
    reference: Proposal,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
) -> None:
    """Refuse a proposal, or take your own back."""
    with session_of(context).api() as api:
        done = api.post(f"/proposals/{part(reference)}/refuse", {"reason": reason})
    line(f"{done['runbook']} {done['revision']}: {done['state']}")


def _show(found: dict[str, Any]) -> None:
    for one in found["became"]:
        line(one["sentence"], style="bold")
        for each in one["parts"]:
            line(f"→ {each}", indent=2)
    for one in found["refused"]:
        tell(f"refused: “{one['words']}”: {one['why']}")
    for one in found["gaps"]:
        near = f"; nearest: {', '.join(one['nearest'])}" if one["nearest"] else ""
        tell(f"not expressed: “{one['words']}”: {one['why']}{near}")
    for one in found["problems"]:
        tell(f"line {one['line']}: {one['where']}: {one['reason']}", mend=one["mend"])
    if found["played"] is not None:
        line(f"on the table top it ends {found['played']['end'].replace('_', ' ')}", style="dim")
    if found["model_said"]:
        line(f"the model's draft was not taken: {found['model_said']}", style="dim")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise usage(f"{path} cannot be written: {error}") from error
