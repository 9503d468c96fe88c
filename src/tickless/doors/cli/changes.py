"""`tickless change …`: changes from their draft to what came of them, and standard changes."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.output import moment, show_table
from tickless.doors.cli.practice import add_deed, add_list, add_show
from tickless.doors.cli.session import AsJson, print_json, session_of

change = typer.Typer(no_args_is_help=True, help="Changes: raise, try, submit, begin, finish, and what came of them.")
LISTS = ("services",)

add_list(change, "/changes", {"id": "id", "change": "title", "kind": "kind", "state": "state", "from": "starts_at",
                              "risk": "risk.score", "outcome": "outcome.result"}, empty="There is no change.",
         about="List changes, the latest first; --state open for those that are not over.")  # fmt: skip
add_show(change, "/changes")
add_deed(change, "raise", "/changes", lists=LISTS, about="Write a change down: title, services, starts_at, ends_at …",
         told=lambda done: f"{done['change']['id']}: risk {done['risk']['score']} ({done['risk']['level']}).")  # fmt: skip
add_deed(change, "try", "/changes/try", lists=LISTS, about="What its risk and its collisions would be; nothing is written.",
         told=lambda done: "\n".join([f"Risk {done['risk']['score']} ({done['risk']['level']})",
                                      *(one["words"] for one in done["risk"]["parts"]),
                                      *(one["words"] for one in done["collisions"])]))  # fmt: skip
add_deed(change, "edit", "/changes/{id}", lists=LISTS, method="put", about="Write it anew; approvals that it had are void.",
         told=lambda done: f"{done['change']['id']}: {done['change']['state']}.")  # fmt: skip
add_deed(change, "submit", "/changes/{id}/submit", about="Ask for its approval; a standard change has it at once.")
add_deed(
    change,
    "begin",
    "/changes/{id}/begin",
    lists=("runs",),
    about="It is being made from now on; runs: cases that do it.",
)
add_deed(
    change,
    "finish",
    "/changes/{id}/finish",
    about="It is over: said=done, backed_out or failed; checked=passed or failed.",
)
add_deed(change, "cancel", "/changes/{id}/cancel", about="It is not made: reason=…")
add_deed(change, "look", "/changes/{id}/look", about="What came of it, by what is known now.")
add_deed(
    change,
    "correct",
    "/changes/{id}/correct",
    about="The outcome is wrong: result=…, reason=…; never one's own change.",
)
add_list(change, "/change-models", {"id": "id", "standard change": "title", "state": "state", "most risk": "most_risk",
                                    "why": "suspended_why"}, empty="No change is pre-authorised.", name="models",
         about="List standard changes.")  # fmt: skip
add_deed(
    change,
    "authorise",
    "/change-models",
    lists=LISTS,
    about="Pre-authorise a standard change: title, services, backout …",
)
add_deed(
    change,
    "reauthorise",
    "/change-models/{id}",
    lists=LISTS,
    method="put",
    about="Authorise one again, as it is given.",
)
add_deed(change, "retire", "/change-models/{id}/retire", about="No more of a standard change: reason=…")


@change.command("calendar")
def calendar(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", help="From when, such as 2027-01-31T00:00:00Z; else now.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=92)] = 14,
    as_json: AsJson = False,
) -> None:
    """Changes of the next days, by their beginning."""
    with session_of(context).api() as api:
        page = api.get("/changes/calendar", since=since or None, days=days)
    if as_json:
        print_json(page)
        return
    rows = [[moment(one["starts_at"]), moment(one["ends_at"]), one["id"], one["title"], one["kind"], one["state"]]
            for one in page["items"]]  # fmt: skip
    show_table(["from", "to", "id", "change", "kind", "state"], rows, empty="No change is planned in that time.")
