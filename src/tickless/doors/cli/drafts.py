"""`tickless runbook new · test · plan · run · diff · replay`: from an idea to a published runbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.cases import read_inputs
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.runbooks import runbook
from tickless.doors.cli.session import FAILED, AsJson, Reason, print_json, session_of, usage

__all__ = ["runbook"]

Subject = Annotated[str, typer.Argument(metavar="FILE|RUNBOOK", help="A file, or the id of a published runbook.")]
Inputs = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="The runbook's inputs.")]


@runbook.command("new")
def write_new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="<area>.<name>, such as queue.drain.")],
    *,
    about: Annotated[
        Literal["person", "service", "ci", "device", "app"], typer.Option(help="What it is about.")
    ] = "service",
    folder: Annotated[Path, typer.Option(help="Where your runbooks are.")] = Path("runbooks"),
) -> None:
    """Write the beginning of a runbook: it compiles, and every line says what to put there. Needs no server."""
    session = session_of(context)
    with session.telling():
        made = session.host.new_runbook(name, about=about, folder=folder)
    line(f"wrote {made}")
    line(f"next: edit it, then tickless runbook check {made}", style="dim")


@runbook.command("test")
def play_tests(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Runbook files or folders.")],
    only: Annotated[str | None, typer.Option("--only", help="Tests whose name holds this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play the tests of runbook files in the sample company, which starts for it and ends with it. Needs no server."""
    session = session_of(context)
    with session.telling():
        found = session.host.test_runbooks(files, only=only or "", say=lambda text: line(text) if not as_json else None)
    if as_json:
        print_json([vars(one) for one in found])
    else:
        line(f"{sum(one.passed for one in found)} of {len(found)} tests passed")
    if not found or not all(one.passed for one in found):
        raise typer.Exit(FAILED)


@runbook.command("plan")
def plan(context: typer.Context, subject: Subject, inputs: Inputs = None, as_json: AsJson = False) -> None:
    """Dry run against the live systems: reads what is there, changes nothing, and shows what would differ afterwards."""
    values = read_inputs(inputs or [])
    text = _text(subject)
    with session_of(context).api() as api:
        if text is None:
            found = api.post(f"/runbooks/{part(subject)}/rehearse", {"inputs": values})
        else:
            found = api.post("/drafts/rehearse", {"text": text, "inputs": values})
    if as_json:
        print_json(found)
        return
    line(f"{found['plan']['title']}: nothing was changed", style="bold")
    show_pairs({"about": found["plan"]["subject"], "would be": found["decision"], "checks": found["verdict"]})
    for step in found["steps"]:
        line(f"{step['state']:12} {step['step']}: {step['summary']}", indent=2)
    if found["foreseen"]:
        rows = [(one["uses"], one["field"], one["now"], one["afterwards"]) for one in found["foreseen"]]
        show_table(["probe", "field", "now", "afterwards"], rows, empty="")
    for reason_given in found["reasons"]:
        line(f"because: {reason_given}", indent=2, style="dim")


@runbook.command("run")
def start_run(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="RUNBOOK", help="Id, such as directory.unlock-account.")],
    inputs: Inputs = None,
    reason: Reason = "run from the command line",
    as_json: AsJson = False,
) -> None:
    """Run a published runbook. Policy decides whether it runs now, waits for an approval, or not at all."""
    body = {"inputs": read_inputs(inputs or []), "reason": reason}
    with session_of(context).api() as api:
        case = api.post(f"/runbooks/{part(subject)}/run", body)
    if as_json:
        print_json(case)
    else:
        line(f"case {case['number']}: {case['title']}: {case['state']}")
        line(f"follow it: tickless case show {case['number']}", style="dim")


@runbook.command("diff")
def diff(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A draft.")],
    as_json: AsJson = False,
) -> None:
    """Compare a draft with what is published: each difference with its weight, and the revision that it takes."""
    with session_of(context).api() as api:
        found = api.post("/drafts/compare", {"text": _read(file)})
    if as_json:
        print_json(found)
    elif found["published"] is None:
        line(f"{found['runbook']} is new")
    else:
        rows = [(one["weight"], one["where"], one["before"] or "", one["after"] or "") for one in found["differences"]]
        show_table(["weight", "where", "published", "draft"], rows, empty="Nothing differs.")
        if not found["raised"]:
            line(f"the revision is {found['revision']}: write {found['least']} at least")
    if not found["raised"]:
        raise typer.Exit(FAILED)


@runbook.command("replay")
def replay(
    context: typer.Context,
    subject: Subject,
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Decide about the cases of the last days again with this runbook in place: how often would it have run, how many
    differently? Changes nothing."""
    text = _text(subject)
    body = {"text": text, "days": days} if text is not None else {"runbook": subject, "days": days}
    with session_of(context).api() as api:
        found = api.post("/replays", body)
    if as_json:
        print_json(found)
        return
    times = f"would have run {found['would_run']} times in {days} days, {found['differently']} differently"
    line(f"{found['runbook']} {found['revision']}: {times} ({found['looked_at']} cases looked at)")
    rows = [_row(one) for one in found["examples"]]
    if rows:
        show_table(["case", "opened", "what", "was", "why"], rows, empty="")
    if not found["whole"]:
        line("There were more cases than are looked at: choose fewer days.", style="dim")


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    was, why = f"{one['was']}, {one['outcome']}", "; ".join(one["why"])
    return (str(one["case"]), str(moment(one["opened_at"])), str(one["title"]), was, why)


def _text(subject: str) -> str | None:
    """The text of the file of that name; None when it is an id."""
    path = Path(subject)
    return _read(path) if path.suffix in {".yaml", ".yml"} or path.is_file() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"{path} cannot be read as text: {error}") from error
