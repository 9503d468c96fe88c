"""`tickless maintenance …`: planned work, once or again and again, and as a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

maintenance = typer.Typer(
    no_args_is_help=True, help="Planned work on services: list, add, cancel, repeat, series, end, calendar."
)
Identity = Annotated[str, typer.Argument(metavar="ID")]
Service = Annotated[str, typer.Argument(help="Name or id.")]
Title = Annotated[str, typer.Argument(help="What is done.")]
Note = Annotated[str, typer.Option(help="What works meanwhile, and what does not.")]
Change = Annotated[str, typer.Option(help="The change record that it comes from.")]


@maintenance.command("list")
def list_windows(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="What is over, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List planned work."""
    with session_of(context).api() as api:
        page = api.get("/maintenance", over="true" if every else None)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["service"], one["title"], moment(one["starts_at"]), moment(one["ends_at"]),
         "called off" if one["cancelled"] else "comes again" if one["series"] else "")
        for one in page["items"]
    ]  # fmt: skip
    show_table(["id", "service", "work", "from", "until", ""], rows, empty="No work is planned.")


@maintenance.command("add")
def add_window(
    context: typer.Context,
    *,
    service: Service,
    title: Title,
    starts: Annotated[str, typer.Option("--from", help="RFC 3339, such as 2026-03-02T20:00:00Z.")],
    ends: Annotated[str, typer.Option("--until", help="RFC 3339.")],
    note: Note = "",
    change: Change = "",
    as_json: AsJson = False,
) -> None:
    """Plan work: reports on the service join it, and everybody hears when it is over."""
    body = {"service": service, "title": title, "starts_at": starts, "ends_at": ends, "note": note, "change": change}
    with session_of(context).api() as api:
        made = api.post("/maintenance", body)
    _say(made, f"Planned as {made['id']}, until {moment(made['ends_at'])}.", as_json=as_json)


@maintenance.command("cancel")
def cancel_window(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """Call planned work off, or end it early; of a series this one window only."""
    with session_of(context).api() as api:
        done = api.post(f"/maintenance/{part(identity)}/cancel", {})
    _say(done, "Called off." if done["cancelled"] else "Ended now; whoever waits for it is told.", as_json=as_json)


@maintenance.command("repeat")
def repeat(
    context: typer.Context,
    *,
    service: Service,
    title: Title,
    rule: Annotated[
        str, typer.Option(help="A rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=2SU.")
    ],
    at: Annotated[str, typer.Option(help="When it begins, by the clocks of the zone: 02:00.")],
    minutes: Annotated[int, typer.Option(min=1, max=10_080, help="How long it takes.")],
    first: Annotated[
        str, typer.Option("--first", help="First day, such as 2026-03-01; weeks and months are counted from it.")
    ],
    zone: Annotated[str, typer.Option(help="Time zone, such as Europe/Berlin.")] = "UTC",
    last: Annotated[str | None, typer.Option("--last", help="Last day.")] = None,
    note: Note = "",
    change: Change = "",
    as_json: AsJson = False,
) -> None:
    """Plan work that comes again; it stays at its time of the day when the clocks change."""
    body = {"service": service, "title": title, "rule": rule, "zone": zone, "at": at, "minutes": minutes,
            "first_day": first, "last_day": last, "note": note, "change": change}  # fmt: skip
    with session_of(context).api() as api:
        made = api.post("/maintenance/series", body)
    coming = f"; next {moment(made['next']['starts_at'])}" if made["next"] else ""
    _say(made, f"Planned as {made['id']}: {made['words']}{coming}.", as_json=as_json)


@maintenance.command("series")
def list_series(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="What has ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List planned work that comes again."""
    with session_of(context).api() as api:
        page = api.get("/maintenance/series", over="true" if every else None)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["service"], one["title"], one["words"], one["minutes"],
         moment(one["next"]["starts_at"]) if one["next"] else "over")
        for one in page["items"]
    ]  # fmt: skip
    show_table(["id", "service", "work", "when", "minutes", "next"], rows, empty="No work comes again.")


@maintenance.command("end")
def end_series(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """End a series: its windows that are still to come are called off."""
    with session_of(context).api() as api:
        done = api.post(f"/maintenance/series/{part(identity)}/end", {})
    _say(done, f"Ended: {done['title']}.", as_json=as_json)


@maintenance.command("calendar")
def calendar(
    context: typer.Context,
    *,
    service: Annotated[list[str] | None, typer.Option("--service", help="Of this service only; repeat it.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Write it there.")] = None,
) -> None:
    """Planned work as iCalendar, for any calendar program."""
    with session_of(context).api() as api:
        text = api.text("/maintenance/calendar", service=service)
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8", newline="")
    line(f"Written to {to}.")


def _say(made: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        line(text)
