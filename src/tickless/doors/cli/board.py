"""`tickless board …`: figures side by side, and what is computed by schedule."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of
from tickless.stages.measure.metrics.wording import told


def board(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="flow, stability, risk …; without one they are listed.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Figures that belong together: now, in the span before, and over the last weeks or months."""
    with session_of(context).api() as api:
        found = api.get(f"/boards/{part(name)}") if name else api.get("/boards")
    if as_json:
        print_json(found)
        return
    if not name:
        show_table(["board", "name", "asks"], [(one["id"], one["name"], one["asks"]) for one in found], empty="")
        return
    line(f"{found['name']}: {found['asks']}", style="bold")
    rows = []
    for one in found["tiles"]:
        metric, unit = one["metric"], one["metric"]["unit"]
        course = [told(at["figure"]["value"], unit) for at in one["course"][-4:]]
        figure = metric["figure"]
        rows.append((metric["name"], told(figure["value"], unit), told(metric["before"]["value"], unit), " → ".join(course),
                     figure["of"], figure["missing"]))  # fmt: skip
    show_table(["metric", "now", "before", f"last {found['grain']}s", "of", "missing"], rows, empty="It is empty.")


def compute(context: typer.Context, as_json: AsJson = False) -> None:
    """Compute value, maturity, the guard and the figures of whole weeks and months now, beside everything else."""
    with session_of(context).api() as api:
        found = api.post("/steering/compute", {})
    if as_json:
        print_json(found)
        return
    line("it is being computed; `tickless metrics computed` tells how far it is")


def computed(context: typer.Context, as_json: AsJson = False) -> None:
    """Whether figures are computed by schedule here, when that was, and how far it is."""
    with session_of(context).api() as api:
        found = api.get("/steering")
    if as_json:
        print_json(found)
        return
    how = "by schedule, every hour" if found["large"] else "at every look"
    show_pairs({
        "computed": how, "last": moment(found["at"]) if found["at"] else None,
        "read": f"the newest {found['cut']:,} cases and tickets of the past" if found["cut"] else "everything",
        "running": f"{found['done']} of {found['of']} parts" if found["running"] else None, "failed": found["failed"] or None,
    })  # fmt: skip
