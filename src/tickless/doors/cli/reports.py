"""`tickless report …`: the week as an operator wants to read it on Monday."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tickless.domain.record import Untrusted
from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

report = typer.Typer(no_args_is_help=True, help="What repeats, is risky, is ageing or unclear.")


@report.command("week")
def week(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=31, help="How many days back.")] = 7,
    until: Annotated[str | None, typer.Option(help="Until when, such as 2026-03-02T08:00:00Z; else now.")] = None,
    markdown: Annotated[bool, typer.Option("--md", help="As Markdown: for a mail or a wiki.")] = False,
    as_json: AsJson = False,
) -> None:
    """The report for Monday: alerts against cases, what repeats, noise and how to mend it, what was held back and why."""
    with session_of(context).api() as api:
        found = api.get("/reports/week", days=days, until=until)
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
