"""`tickless maturity …`: the three models on live evidence."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.metrics import Days
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

maturity = typer.Typer(no_args_is_help=True, help="How mature it is, by evidence.")
Note = Annotated[str, typer.Option("--note", help="What speaks for it.")]


@maturity.command("show")
def show(
    context: typer.Context,
    days: Days = 90,
    every: Annotated[bool, typer.Option("--all", help="Every criterion, not only the next steps.")] = False,
    as_json: AsJson = False,
) -> None:
    """The level of each model, what people claim, and the next best steps."""
    with session_of(context).api() as api:
        found = api.get("/maturity", days=days)
    if as_json:
        print_json(found)
        return
    for one in found["models"]:
        claimed = "" if one["claimed"] is None else f"; claimed: {one['claimed']}"
        line(f"{one['name']}: {one['level']} of {one['top']}, {one['word']}{claimed}", style="bold")
        by_id = {each["id"]: each for each in one["criteria"]}
        shown = one["criteria"] if every else [by_id[name] for name in one["next"][:5]]
        rows = [
            (
                each["place"],
                "yes" if each["met"] else "no",
                each["says"],
                _told(each),
                "" if each["met"] else each["step"],
            )
            for each in shown
        ]
        show_table(["level", "met", "criterion", "found", "next step"], rows, empty="Nothing is left to do.")


def _told(one: dict[str, Any]) -> str:
    """What was found, and the threshold where it is not the one that ships."""
    if one["shipped"] is None:
        return str(one["told"])
    bound = "at most" if one["at_most"] else "at least"
    return f"{one['told']}; here {bound} {one['threshold']:g}, not {one['shipped']:g}: {one['because']}"


@maturity.command("history")
def history(context: typer.Context, as_json: AsJson = False) -> None:
    """How the models stood, day by day."""
    with session_of(context).api() as api:
        found = api.get("/maturity")["history"]
    if as_json:
        print_json(found)
        return
    rows = [(moment(one["at"]), one["model"], f"{one['level']:.2f}", one["claimed"]) for one in found]
    show_table(["when", "model", "level", "claimed"], rows, empty="Nothing is noted yet.")


@maturity.command("claim")
def claim(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="zero_ticket, cmmi or excellence.")],
    level: Annotated[int, typer.Argument(metavar="LEVEL", min=0, max=5)],
    note: Note = "",
) -> None:
    """Say what level a model has: it is shown beside the evidence."""
    with session_of(context).api() as api:
        api.put(f"/maturity/claims/{part(model)}", {"level": level, "note": note})
    line(f"claimed: {model} {level}")


@maturity.command("answer")
def answer(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="ID", help="Of a question that no data can answer.")],
    level: Annotated[int, typer.Argument(metavar="ANSWER", min=0, max=2, help="0 no, 1 in part, 2 yes.")],
    note: Note = "",
) -> None:
    """Answer a question that no data can answer; without one that fits, the questions are told."""
    with session_of(context).api() as api:
        api.put(f"/maturity/answers/{part(question)}", {"level": level, "note": note})
    line("noted")
