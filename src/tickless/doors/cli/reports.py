"""`tickless report …`: a span as an operator wants to read it on Monday, or an owner in a review; once, or again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.domain.record import Untrusted
from tickless.domain.report_subscription import Cadence
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

report = typer.Typer(no_args_is_help=True, help="What repeats, is risky, is ageing or unclear.")


@report.command("week")
def week(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, max=31, help="How many days back.")] = 7,
    until: Annotated[str | None, typer.Option(help="Until when, such as 2026-03-02T08:00:00Z; else now.")] = None,
    since: Annotated[str | None, typer.Option(help="Since when, instead of --days.")] = None,
    owner: Annotated[str, typer.Option(help="Id of a person: a review of the services that are theirs.")] = "",
    markdown: Annotated[bool, typer.Option("--md", help="As Markdown: for a mail or a wiki.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML page to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write it as a PDF to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """The report for Monday: alerts against cases, what repeats, noise and how to mend it, what was held back and why."""
    asked = {"days": days, "until": until, "since": since, "owner": owner or None}
    with session_of(context).api() as api:
        for form, file in (("page", html), ("pdf", pdf)):
            if file is not None:
                file.write_bytes(api.content(f"/reports/week/{form}", **asked))
                line(f"Written to {file}.")
        if html or pdf:
            return
        found = api.get("/reports/week", **asked)
    if as_json:
        print_json(found)
        return
    if markdown:
        for text in found["markdown"].splitlines():
            line(Untrusted(text).tame(2_000))
        return
    for text in found["headline"]:
        line(text)
    for section in found["sections"]:
        line("")
        line(f"{section['title'].upper()}: {section['told']}")
        if section["rows"]:
            rows = [(one["what"], one["told"], _do(one), one["case"]) for one in section["rows"]]
            show_table(["what", "", "what could be done", "case"], rows, empty="")
        if section["more"]:
            line(f"… and {section['more']} more")


def _do(row: Any) -> str:
    """What could be done; of an edge with the words to type."""
    edge = row["edge"]
    return f"tickless map confirm {edge['service']} {edge['needs']} --reason …, or reject" if edge else str(row["do"])


@report.command("owners")
def owners(context: typer.Context, as_json: AsJson = False) -> None:
    """Who answers for services: each can have a review."""
    with session_of(context).api() as api:
        found = api.get("/reports/owners")
    if as_json:
        print_json(found)
        return
    show_table(["id", "name"], [(one["id"], one["name"]) for one in found], empty="No service has an owner.")


@report.command("subscriptions")
def subscriptions(
    context: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help="Only those to you.")] = False,
    as_json: AsJson = False,
) -> None:
    """List standing reports."""
    with session_of(context).api() as api:
        page = api.get("/reports/subscriptions", mine="true" if mine else None)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["cadence"], f"{one['at'][:5]} {one['zone']}", one["owner"] or "everything",
         one["person"] or one["mail"], one["failed"] or f"told until {moment(one['told_until'])}")
        for one in page["items"]
    ]  # fmt: skip
    show_table(["id", "how often", "at", "about", "to", ""], rows, empty="Nobody gets a report.")


@report.command("subscribe")
def subscribe(
    context: typer.Context,
    cadence: Annotated[Cadence, typer.Argument(help="Weekly: on Mondays; monthly: on the first.")],
    *,
    at: Annotated[str, typer.Option(help="Time of the day.")] = "07:00",
    zone: Annotated[str, typer.Option(help="Time zone, such as Europe/Berlin.")] = "UTC",
    owner: Annotated[str, typer.Option(help="Id of a person: a review of the services that are theirs.")] = "",
    person: Annotated[str, typer.Option(help="Id of a person who gets it; else you.")] = "",
    mail: Annotated[str, typer.Option(help="Mail address that gets the whole report and its PDF.")] = "",
    as_json: AsJson = False,
) -> None:
    """Have a report sent from now on. To others only administrators send."""
    body = {"cadence": cadence, "at": at, "zone": zone, "owner": owner, "person": person, "mail": mail}
    with session_of(context).api() as api:
        made = api.post("/reports/subscriptions", body)
    if as_json:
        print_json(made)
        return
    line(f"From now on, {made['cadence']} at {made['at'][:5]} {made['zone']}: {made['id']}.")


@report.command("unsubscribe")
def unsubscribe(
    context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False
) -> None:
    """No more of a standing report."""
    with session_of(context).api() as api:
        ended = api.post(f"/reports/subscriptions/{part(identity)}/end")
    if as_json:
        print_json(ended)
        return
    line("Ended.")
