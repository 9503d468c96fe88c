"""`tickless on-call …`: schedules, who it is, overrides, pages, calendars."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line
from tickless.doors.cli.practice import Identity, add_deed, add_list, add_show
from tickless.doors.cli.session import AsJson, print_json, session_of

on_call = typer.Typer(no_args_is_help=True, help="On-call: who it is, schedules, overrides, pages, calendars.")
PATH = "/on-call/schedules"
LISTS = ("services", "layers", "steps")

add_list(on_call, "/on-call", {"schedule": "schedule", "for": "title", "on call": "person"}, empty="There is no schedule.",
         name="now", about="Who is on call now.")  # fmt: skip
add_list(on_call, PATH, {"id": "id", "schedule": "title", "services": "services", "zone": "zone", "pages at": "page_at"},
         empty="There is no schedule.", about="List schedules.")  # fmt: skip
add_show(on_call, PATH, about="One schedule with its shifts, gaps and load.")
add_deed(on_call, "add", PATH, lists=LISTS, about="Write a schedule down, best as YAML with --file.")
add_deed(on_call, "edit", f"{PATH}/{{id}}", lists=LISTS, method="put", about="Write a schedule anew; overrides stay.")
add_deed(on_call, "retire", f"{PATH}/{{id}}/retire", about="A schedule holds no more.")
add_deed(on_call, "override", f"{PATH}/{{id}}/overrides", about="Somebody else: person=… starts_at=… ends_at=… why=…")
add_list(on_call, "/on-call/pages", {"id": "id", "for": "title", "case": "number", "state": "state", "since": "made_at",
                                     "has it": "acknowledged_by"}, empty="Nobody was called.", name="pages",
         about="Who was called for what.")  # fmt: skip
add_deed(on_call, "ack", "/on-call/pages/{id}/acknowledge", about="Say that you have it: nobody else is called.")
add_deed(on_call, "pass", "/on-call/pages/{id}/pass-on", about="You cannot take it: the next one is called at once.")


add_show(on_call, "/on-call/pages", name="page", about="One page: who was called, what was sent to whom by which rule.")
add_list(on_call, "/on-call/rules", {"person": "person", "quiet hours": "quiet", "since": "made_at"}, name="rules",
         empty="Nobody has rules: all are paged at once, in the channel in which they were heard last.",
         about="Who has rules for being paged.")  # fmt: skip
add_show(on_call, "/on-call/rules", name="rules-show", about="How somebody is paged, and in which channels; `me`: you.")
add_deed(on_call, "rules-set", "/on-call/rules/{id}", method="put", lists=(), told=lambda done: f"{done['person']}: kept.",
         about="Say how somebody is paged (`me`: you), best as YAML with --file.")  # fmt: skip


@on_call.command("rules-drop")
def rules_drop(context: typer.Context, identity: Identity) -> None:
    """Somebody is paged by the default again; `me`: you."""
    with session_of(context).api() as api:
        done = api.delete(f"/on-call/rules/{part(identity)}")
    line(f"{done['person']}: paged by the default again.")


@on_call.command("calendar")
def calendar(
    context: typer.Context,
    identity: Identity,
    *,
    person: Annotated[str | None, typer.Option(help="Of this person only.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Write it there.")] = None,
) -> None:
    """Shifts as iCalendar, for any calendar program."""
    with session_of(context).api() as api:
        text = api.text(f"{PATH}/{part(identity)}/calendar", person=person)
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8", newline="")
    line(f"Written to {to}.")


@on_call.command("import")
def take(
    context: typer.Context,
    identity: Identity,
    file: Annotated[Path, typer.Argument(help="An .ics file; the title of each event names a person.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take shifts from another calendar, as overrides."""
    body = {"calendar": file.read_text(encoding="utf-8"), "dry_run": dry_run}
    with session_of(context).api() as api:
        done = api.post(f"{PATH}/{part(identity)}/calendar", body)
    if as_json:
        print_json(done)
        return
    line(f"{done['made']} shifts{' would be' if dry_run else ''} taken.")
    for title in done["unknown"]:
        line(f"nobody is known as {title}", indent=2)


@on_call.command("end-override")
def end_override(
    context: typer.Context, identity: Identity, override: Annotated[str, typer.Argument(metavar="OVERRIDE")]
) -> None:
    """The schedule holds again; `show` names its overrides."""
    with session_of(context).api() as api:
        api.delete(f"{PATH}/{part(identity)}/overrides/{part(override)}")
    line(f"{override} is over.")
