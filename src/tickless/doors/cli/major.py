"""`tickless major …`: major incidents and rehearsals."""

from __future__ import annotations

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line
from tickless.doors.cli.practice import Identity, add_deed, add_list, add_show
from tickless.doors.cli.session import session_of

major = typer.Typer(
    no_args_is_help=True, help="Major incidents: declare, roles, updates, stand down, review, rehearse."
)
PATH = "/major-incidents"

add_list(
    major,
    PATH,
    {
        "id": "id",
        "incident": "title",
        "state": "state",
        "case": "number",
        "commander": "owner",
        "next news": "next_update_at",
    },
    empty="There was none.",
    about="List major incidents and rehearsals.",
)
add_list(
    major,
    f"{PATH}/candidates",
    {"case": "case", "incident": "title", "why": "why"},
    empty="No incident meets the criteria.",
    name="candidates",
    about="Incidents that the criteria speak for.",
)
add_show(major, PATH)
add_deed(
    major,
    "declare",
    PATH,
    lists=("specialists",),
    about="Declare one: case=2041 commander=… communications=… specialists=…",
)
add_deed(
    major,
    "roles",
    f"{PATH}/{{id}}/roles",
    lists=("specialists",),
    method="put",
    about="Give roles: one person, one role.",
)
add_deed(major, "update", f"{PATH}/{{id}}/updates", about="Tell everybody: text=… minutes=30.")
add_deed(major, "note", f"{PATH}/{{id}}/notes", about="Note something in the timeline: text=…")
add_deed(major, "cause", f"{PATH}/{{id}}/cause", about="Name the cause: service=…")
add_deed(major, "stand-down", f"{PATH}/{{id}}/stand-down", about="It is over: text=…")
add_deed(major, "rehearse", f"{PATH}/rehearsals", about="Play a storm: service=… seed=…; nothing real is touched.")
add_deed(
    major,
    "review",
    f"{PATH}/{{id}}/review",
    method="put",
    about="Keep the review that people finished: --file or text=…",
)
add_deed(
    major,
    "share",
    f"{PATH}/{{id}}/share",
    about="A link to the news that takes no account, shown once.",
    told=lambda done: str(done["path"]),
)
add_deed(major, "unshare", f"{PATH}/{{id}}/unshare", about="Withdraw that link.")


@major.command("template")
def template(context: typer.Context, identity: Identity) -> None:
    """Words for the next update, with what is known filled in: change them, then send them with `update`."""
    with session_of(context).api() as api:
        line(api.get(f"{PATH}/{part(identity)}/template")["text"])
