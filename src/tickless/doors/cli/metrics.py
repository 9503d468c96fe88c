"""`tickless metrics …`: what each metric is, its figure, its parts, its cases."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.board import compute, computed
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, show_pairs, show_table
from tickless.doors.cli.session import AsJson, Limit, print_json, session_of, usage
from tickless.stages.measure.metrics.wording import told

metrics = typer.Typer(no_args_is_help=True, help="Figures, each with its definition and its cases.")
metrics.command("compute")(compute)
metrics.command("computed")(computed)
Days = Annotated[int, typer.Option(min=1, max=1_100, help="How many days back.")]
Until = Annotated[str | None, typer.Option(help="Until when, such as 2026-03-02T08:00:00Z; else now.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", "-w", help="Such as service=mail or team=-; may be given several times.")
]


@metrics.command("list")
def list_metrics(
    context: typer.Context, days: Days = 30, until: Until = None, where: Where = None, as_json: AsJson = False
) -> None:
    """Every metric over a window, beside the span before it."""
    with session_of(context).api() as api:
        found = api.get("/metrics", days=days, until=until, **conditions(where))
    if as_json:
        print_json(found)
        return
    rows = [
        (one["id"], one["name"], told(one["figure"]["value"], one["unit"]), told(one["before"]["value"], one["unit"]),
         one["figure"]["of"], one["figure"]["missing"])
        for one in found["items"]
    ]  # fmt: skip
    show_table(["id", "metric", "now", "before", "of", "missing"], rows, empty="There is no metric.")


@metrics.command("show")
def show(
    context: typer.Context,
    metric: Annotated[str, typer.Argument(metavar="ID", help="From `tickless metrics list`.")],
    *,
    days: Days = 30,
    until: Until = None,
    by: Annotated[str, typer.Option(help="service, category, channel, team, priority, kind or source.")] = "category",
    grain: Annotated[str, typer.Option(help="day, week or month.")] = "week",
    where: Where = None,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """One metric: what it is, its course, its parts, and the cases that weigh most."""
    with session_of(context).api() as api:
        found = api.get(
            f"/metrics/{part(metric)}", days=days, until=until, by=by, grain=grain, limit=limit, **conditions(where)
        )
    if as_json:
        print_json(found)
        return
    one, unit = found["metric"], found["metric"]["unit"]
    line(one["name"], style="bold")
    figure = one["figure"]
    show_pairs({
        "now": f"{told(figure['value'], unit)} over {figure['of']}, {figure['missing']} missing",
        "before": told(one["before"]["value"], unit), "formula": one["formula"], "missing data": one["missing"],
        "owner": one["owner"], "counter": f"{one['counter']}: {one['why_counter']}" if one["counter"] else None,
    })  # fmt: skip
    course = [(at["since"][:10], told(at["figure"]["value"], unit), at["figure"]["of"]) for at in found["trend"]]
    show_table(["since", "figure", "of"], course, empty="")
    parts = [
        (row["name"] or "not said", told(row["figure"]["value"], unit), row["figure"]["of"], row["figure"]["missing"])
        for row in found["parts"][:limit]
    ]
    show_table([found["by"], "figure", "of", "missing"], parts, empty="It has no parts.")
    cases = [
        (
            row["number"] or row["ref"],
            row["category"],
            row["service"],
            "lacks it" if row["value"] is None else f"{row['value']:.6g}",
        )
        for row in found["cases"]
    ]
    show_table(["case", "category", "service", "adds"], cases, empty="No case is behind it.")
    if found["more"]:
        line(f"… and {found['more']} more")


def conditions(where: list[str] | None) -> dict[str, str]:
    """`service=mail` and so on. Raises a usage error."""
    found = {}
    for one in where or []:
        name, sign, value = one.partition("=")
        if not sign or not value:
            raise usage(f"{one!r} is no condition: write such as service=mail")
        found[name] = value
    return found
