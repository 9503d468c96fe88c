"""`tickless telemetry …`: what is foreseen and unlike itself, one series, and what you say of its alarms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

telemetry = typer.Typer(
    no_args_is_help=True, help="Telemetry: series, forecasts, patterns of messages, and your answers."
)
Series = Annotated[str, typer.Argument(metavar="SERIES", help="Its fingerprint, from `tickless telemetry find`.")]


@telemetry.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """What telemetry has to say now: the budget, what is unlike itself, which limits press."""
    with session_of(context).api() as api:
        found = api.get("/telemetry")
    if as_json:
        print_json(found)
        return
    budget = found["budget"]
    show_pairs({
        "alarms a week, asked": budget["asked_per_week"], "in the last seven days": budget["delivered"],
        "series": budget["series"], "with a limit": budget["forecasts"], "looked at closely": budget["closely"],
    })  # fmt: skip
    rows = [(one["name"], one["source"], one["series"]) for one in found["unlike"]]
    show_table(["unlike itself", "source", "series"], rows, empty="Every series is as expected.")
    _forecasts(found["pressing"], empty="No limit presses.")


@telemetry.command("find")
def find(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="Words that name or labels hold; none: any.")] = "",
    as_json: AsJson = False,
) -> None:
    """Find series by their names and labels."""
    with session_of(context).api() as api:
        found = api.get("/telemetry/series", q=words)
    if as_json:
        print_json(found)
        return
    show_table(["series", "name", "source"], [(one["series"], one["name"], one["source"]) for one in found],
               empty="No such series is sent.")  # fmt: skip


@telemetry.command("series")
def series(context: typer.Context, identity: Series, as_json: AsJson = False) -> None:
    """One series: what is expected of it, how it is judged, what was seen, what was answered."""
    with session_of(context).api() as api:
        one = api.get(f"/telemetry/series/{part(identity)}")
    if as_json:
        print_json(one)
        return
    newest = one["points"][-1]["value"] if one["points"] else None
    show_pairs({
        "series": one["name"], "source": one["source"], "judged by": one["tier"], "last value": newest,
        "expected": f"{one['expected_low']:.4g} to {one['expected_high']:.4g} {one['unit']}".strip(),
        "unlike itself since": moment(one["unlike_since"]) if one["unlike_since"] else None,
        "forecast": one["forecast"]["text"] if one["forecast"] else None,
        "alarms rarer by answers": f"{one['rarer_by_answers']:.3g} times",
    })  # fmt: skip
    show_table(
        ["when", "seen"],
        [(moment(seen["at"]), seen["text"]) for seen in one["sightings"]],
        empty="Nothing was seen of it.",
    )
    rows = [(said["id"], said["said"], said["by"], moment(said["at"]), "taken back" if said["undone_at"] else "")
            for said in one["answers"]]  # fmt: skip
    show_table(["answer", "said", "by", "when", ""], rows, empty="Nobody has said anything of it.")


@telemetry.command("forecasts")
def forecasts(context: typer.Context, as_json: AsJson = False) -> None:
    """Everything with a limit, what is used up first in front."""
    with session_of(context).api() as api:
        found = api.get("/telemetry/forecasts")
    if as_json:
        print_json(found)
        return
    _forecasts(found, empty="No series with a limit is sent.")


@telemetry.command("patterns")
def patterns(context: typer.Context, as_json: AsJson = False) -> None:
    """Patterns of messages: those that are new or burst first."""
    with session_of(context).api() as api:
        found = api.get("/telemetry/patterns")
    if as_json:
        print_json(found)
        return
    rows = [(one["state"], one["service"], one["pattern"], one["count"] or None) for one in found]
    show_table(["state", "service", "pattern", "messages"], rows, empty="No log is sent.")


@telemetry.command("answer")
def answer(
    context: typer.Context,
    identity: Series,
    says: Annotated[Literal["useful", "noise"], typer.Argument(help="useful or noise.")],
    case: Annotated[int | None, typer.Option(help="The number of the case that it was said in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say that a series' alarms are useful, or noise: its next ones become easier, or rarer."""
    with session_of(context).api() as api:
        made = api.post(f"/telemetry/series/{part(identity)}/answers", {"says": says, "case": case})
    if as_json:
        print_json(made)
        return
    line(f"Noted as {made['id']}. It wears off by itself; take it back with: tickless telemetry take-back {made['id']}")


@telemetry.command("take-back")
def take_back(
    context: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ANSWER", help="From `tickless telemetry series`.")],
    as_json: AsJson = False,
) -> None:
    """Take an answer back: it counts no more."""
    with session_of(context).api() as api:
        done = api.delete(f"/telemetry/answers/{part(identity)}")
    if as_json:
        print_json(done)
        return
    line("Taken back: it counts no more.")


def _forecasts(found: list[dict[str, Any]], *, empty: str) -> None:
    rows = [
        (one["text"], one["basis"], moment(one["likely"]) if one["likely"] else None, "yes" if one["pressing"] else None,
         one["series"])
        for one in found
    ]  # fmt: skip
    show_table(["limit", "by", "met at", "pressing", "series"], rows, empty=empty)
