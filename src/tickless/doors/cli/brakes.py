"""`tickless switch …` and `tickless freeze …`: brakes, what stands still behind them, and when changes may be made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, Reason, print_json, session_of, usage

switch = typer.Typer(
    no_args_is_help=True,
    help="Brakes: all, freeze, model, runbook:<id>, service:<id>; and what stands still behind them.",
)
freeze = typer.Typer(
    no_args_is_help=True, help="When nothing is changed, or only then: freezes and windows with dates."
)
Brake = Annotated[str, typer.Argument(metavar="BRAKE", help="all, freeze, model, runbook:<id>, service:<id>.")]
Names = Annotated[list[str] | None, typer.Option(help="May be given several times; default: everything.")]
Exempt = Annotated[list[str] | None, typer.Option(help="A runbook that goes on; may be given several times.")]


@switch.command("list")
def list_switches(context: typer.Context, as_json: AsJson = False) -> None:
    """List the brakes that were ever set."""
    with session_of(context).api() as api:
        page = api.get("/switches")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["name"], "on" if one["on"] else "off", one["by"], moment(one["at"]), one["reason"])
        for one in page["items"]
    ]
    show_table(["brake", "is", "by", "since", "reason"], rows, empty="No brake was ever set.")


@switch.command("on")
def switch_on(context: typer.Context, name: Brake, reason: Reason) -> None:
    """Pull a brake: effective with the next step of every run."""
    _set(context, name, on=True, reason=reason)


@switch.command("off")
def switch_off(context: typer.Context, name: Brake, reason: Reason) -> None:
    """Release a brake."""
    _set(context, name, on=False, reason=reason)


def _set(context: typer.Context, name: str, *, on: bool, reason: str) -> None:
    with session_of(context).api() as api:
        api.put(f"/switches/{part(name)}", {"on": on, "reason": reason})
    line(f"{name} is {'on' if on else 'off'}")


@switch.command("status")
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is stopped, and where each run that stands still is: how to go on, and how to undo."""
    with session_of(context).api() as api:
        found = api.get("/brakes")
    if as_json:
        print_json(found)
        return
    switches = [(one["name"], one["by"], moment(one["at"]), one["reason"]) for one in found["switches"]]
    show_table(["brake", "by", "since", "reason"], switches, empty="No brake is on.")
    if found["rules"]:
        _rules(found["rules"])
    if found["targets"]:
        rows = [
            (one["target"], one["failures"], moment(one["rests_until"]), one["last_error"]) for one in found["targets"]
        ]
        show_table(["left alone", "failures", "until", "last error"], rows, empty="")
    for one in found["held"]:
        line(f"case {one['case']}: {one['title']}: {one['done']} of {one['of']} steps, next: {one['coming']}")
        line(f"  {one['why']}. {one['how']}")
        for changed in one["changed"]:
            line(f"  changed: {changed}")
    if not found["held"]:
        line("No run stands still.")


@switch.command("history")
def history(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what was done about brakes lately: by whom, when and why."""
    with session_of(context).api() as api:
        found = api.get("/brakes")["history"]
    if as_json:
        print_json(found)
        return
    rows = [(moment(one["at"]), one["what"].replace("_", " "), one["name"], one["by"], one["reason"]) for one in found]
    show_table(["when", "what", "name", "by", "reason"], rows, empty="Nothing was done about brakes yet.")


@switch.command("try-again")
def try_again(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Such as service:shop-web.")],
    reason: Reason,
) -> None:
    """Let a target be changed again that was left alone because it kept failing."""
    with session_of(context).api() as api:
        api.post("/brakes/targets/try-again", {"target": target, "reason": reason})
    line(f"{target} may be changed again")


@freeze.command("list")
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List freezes and windows that are not over."""
    with session_of(context).api() as api:
        page = api.get("/brakes/rules")
    if as_json:
        print_json(page)
    else:
        _rules(page["items"])


@freeze.command("add")
def add(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Such as 'Year-end closing'.")],
    *,
    until: Annotated[str | None, typer.Option("--until", help="RFC 3339, such as 2027-01-03T06:00:00Z.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="RFC 3339; default: now.")] = None,
    hours: Annotated[
        str, typer.Option(help="Makes it a window: changes only then, such as 'Sat 22:00-06:00 Europe/Berlin'.")
    ] = "",
    runbook: Names = None,
    service: Names = None,
    exempt: Exempt = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help="For the next person who wonders.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a freeze (nothing is changed until its end), or with --hours a window (changes only then)."""
    body = {"kind": "window" if hours else "freeze", "title": title, "reason": reason, "hours": hours, "starts_at": start,
            "ends_at": until, "runbooks": runbook or [], "services": service or [], "exempt": exempt or []}  # fmt: skip
    with session_of(context).api() as api:
        made = api.post("/brakes/rules", body)
    if as_json:
        print_json(made)
    else:
        line(f"made {made['id']}: {made['kind']} “{made['title']}”")


@freeze.command("end")
def end(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="ID", help="From `tickless freeze list`.")],
    reason: Reason,
) -> None:
    """End a freeze or window now."""
    with session_of(context).api() as api:
        done = api.post(f"/brakes/rules/{part(rule)}/end", {"reason": reason})
    line(f"“{done['title']}” is over")


@freeze.command("import")
def from_calendar(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An iCalendar file (.ics).")],
    *,
    service: Names = None,
    exempt: Exempt = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made, and make nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a freeze of each event of a calendar; sent again, only what is new or was moved counts."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"{file} cannot be read as text: {error}") from error
    body = {"calendar": text, "services": service or [], "exempt": exempt or [], "dry_run": dry_run}
    with session_of(context).api() as api:
        page = api.post("/brakes/calendar", body)
    if as_json:
        print_json(page)
    else:
        _rules(page["items"], empty="Nothing new is in it.")


def _rules(items: list[dict[str, Any]], *, empty: str = "There is no freeze and no window.") -> None:
    rows = [
        (one["id"], one["kind"], one["state"], one["title"], one["hours"] or _span(one),
         ", ".join(one["services"] + one["runbooks"]) or "everything")
        for one in items
    ]  # fmt: skip
    show_table(["id", "kind", "is", "title", "when", "about"], rows, empty=empty)


def _span(rule: dict[str, Any]) -> str:
    return f"{moment(rule['starts_at'])} to {moment(rule['ends_at']) if rule['ends_at'] else 'its end'}"
