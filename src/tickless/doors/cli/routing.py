"""`tickless routing …`: which team tickets go to at first, learnt from where they were solved."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of

routing = typer.Typer(no_args_is_help=True, help="Which team tickets go to at first: list, try, teach, refuse.")
Rules = Annotated[list[str], typer.Argument(metavar="RULE…", help="Ids, as `tickless routing list` shows them.")]


@routing.command("list")
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """What solved tickets speak for, what is in force, and what came of it."""
    with session_of(context).api() as api:
        found = api.get("/lessons/routing")
    if as_json:
        print_json(found)
        return
    rows = [
        (one["id"], _kind(one), one["team"], f"{one['solved']} of {one['tickets']}",
         ", ".join(f"{other['team'] or 'no team named'} ({other['tickets']})" for other in one["instead"]))
        for one in found["proposed"]
    ]  # fmt: skip
    show_table(
        ["id", "tickets about", "solved by", "share", "went first to"], rows,
        empty="Nothing is proposed: tickets go where they are solved, or too few were solved elsewhere.",
    )  # fmt: skip
    taught = [
        (one["rule"]["id"], _kind(one["rule"]), one["rule"]["team"], f"{one['before_right']} of {one['before']}",
         f"{one['since_right']} of {one['since']}", one["told"].replace("_", " "))
        for one in found["taught"]
    ]  # fmt: skip
    if taught:
        show_table(["in force", "tickets about", "go to", "right before", "since", "verdict"], taught, empty="")


@routing.command("try")
def attempt(context: typer.Context, rules: Rules, as_json: AsJson = False) -> None:
    """Send the solved tickets of 90 days again with these, and say what would change. Changes nothing."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/routing/try", {"ids": rules})
    _judged(judged, as_json=as_json)
    if not judged["fits"]:
        raise typer.Exit(FAILED)


@routing.command("teach")
def teach(context: typer.Context, rules: Rules, as_json: AsJson = False) -> None:
    """Put these in force, if more tickets would go right at once than chance explains."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/routing/teach", {"ids": rules})
    _judged(judged, as_json=as_json)


@routing.command("refuse")
def refuse(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
) -> None:
    """Not to be taught, or not any more."""
    with session_of(context).api() as api:
        done = api.post(f"/lessons/routing/{part(rule)}/refuse", {"reason": reason})
    line(f"{done['id']} is refused")


def _kind(one: dict[str, Any]) -> str:
    need = str(one["need"]).replace("_", " ")
    return f"{need} at {one['service']}" if one["service"] else need


def _judged(judged: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(judged)
        return
    line(f"{judged['tickets']} solved tickets sent again: {judged['right_before']} right at once without, "
         f"{judged['right_after']} with them")  # fmt: skip
    line("fits" if judged["fits"] else "does not fit: no more than chance explains, nothing of it may be taught")
