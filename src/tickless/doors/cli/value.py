"""`tickless value …`: the ledger, and what it takes for granted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.metrics import Days, Until
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, Reason, print_json, session_of

value = typer.Typer(no_args_is_help=True, help="What the house is worth, against your own past.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="From `tickless value assumptions`, or match:<need>.")]


@value.command("show")
def show(context: typer.Context, days: Days = 90, until: Until = None, as_json: AsJson = False) -> None:
    """The ledger: gains that were measured, costs, and what is only claimed."""
    with session_of(context).api() as api:
        found = api.get("/value", days=days, until=until)
    if as_json:
        print_json(found)
        return
    money = found["currency"]
    rows = [
        (one["title"], one["kind"], one["basis"], f"{one['minutes']:.0f}", f"{one['money']:.2f}",
         f"{one['low']:.2f} … {one['high']:.2f}", len(one["cases"]))
        for one in found["lines"]
    ]  # fmt: skip
    show_table(
        ["line", "is", "basis", "minutes", money, "95 of 100", "cases"], rows, empty="There is nothing to count yet."
    )
    line(f"net: {found['net']:.2f} {money}, 95 times in 100 between {found['low']:.2f} and {found['high']:.2f}")
    line(f"{found['solved_cases']} cases solved; of {found['unmeasured_cases']} nobody knows the worth")


@value.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to: .csv or .json.")],
    days: Days = 90,
    until: Until = None,
) -> None:
    """Write the ledger to a file, each line with its cases."""
    with session_of(context).api() as api:
        content = api.content("/value" if file.suffix == ".json" else "/value.csv", days=days, until=until)
    file.write_bytes(content)
    line(f"written to {file}")


@value.command("assumptions")
def assumptions(context: typer.Context, as_json: AsJson = False) -> None:
    """What figures take for granted, and who said so."""
    with session_of(context).api() as api:
        found = api.get("/assumptions")
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one["name"],
            one["value"],
            one["title"],
            one["by"] or "default",
            moment(one["at"]),
            one["reason"] or one["why"],
        )
        for one in found
    ]
    show_table(["name", "value", "what", "by", "since", "why"], rows, empty="")


@value.command("assume")
def assume(
    context: typer.Context, name: Name, given: Annotated[str, typer.Argument(metavar="VALUE")], reason: Reason
) -> None:
    """Assume something else: it holds at once and goes on record."""
    with session_of(context).api() as api:
        api.put(f"/assumptions/{part(name)}", {"value": given, "reason": reason})
    line(f"{name} is {given}")


@value.command("forget")
def forget(context: typer.Context, name: Name, reason: Reason) -> None:
    """Go back to the default."""
    with session_of(context).api() as api:
        api.post(f"/assumptions/{part(name)}/default", {"reason": reason})
    line(f"{name} has its default again")
