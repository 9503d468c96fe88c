"""`tickless user sessions|end-sessions|roles|on|off|seal` and `tickless person erase`."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.accounts import Login, person, user
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, Reason, print_json, session_of

__all__ = ["user"]


@user.command("sessions")
def sessions(context: typer.Context, login: Login, as_json: AsJson = False) -> None:
    """List where somebody is signed in."""
    with session_of(context).api() as api:
        page = api.get(f"/users/{part(login)}/sessions")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["way"], one["address"], moment(one["created_at"]), moment(one["seen_at"]), one["agent"])
        for one in page["items"]
    ]
    show_table(
        ["id", "by", "address", "begun", "last used", "browser"], rows, empty="Nobody is signed in by that account."
    )


@user.command("end-sessions")
def end_sessions(context: typer.Context, login: Login) -> None:
    """End all sessions of an account at once."""
    with session_of(context).api() as api:
        done = api.delete(f"/users/{part(login)}/sessions")
    line(f"{done['sessions']} sessions of {login} have ended")


@user.command("roles")
def roles(
    context: typer.Context,
    login: Login,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="All that are given by hand; none takes them all.")
    ] = None,
) -> None:
    """Set the roles that are given by hand; those of the directory's groups stay."""
    with session_of(context).api() as api:
        shown = api.put(f"/users/{part(login)}/roles", {"roles": role or []})
    line(f"{login} has: {', '.join(shown['roles']) or 'no role'}")


@user.command("on")
def switch_on(context: typer.Context, login: Login) -> None:
    """Switch an account on again."""
    with session_of(context).api() as api:
        api.put(f"/users/{part(login)}/active", {"active": True})
    line(f"{login} is on")


@user.command("off")
def switch_off(context: typer.Context, login: Login) -> None:
    """Switch an account off: its sessions and tokens end at once."""
    with session_of(context).api() as api:
        api.put(f"/users/{part(login)}/active", {"active": False})
    line(f"{login} is off; its sessions and tokens have ended")


@user.command("seal")
def seal(context: typer.Context, login: Annotated[str, typer.Argument(help="Its login.")] = "break-glass") -> None:
    """Make a break-glass account, or seal one again. Its password is shown this once, and works once."""
    with session_of(context).api() as api:
        made = api.post("/break-glass", {"login": login})
    typer.echo(made["password"])
    typer.echo("Print it and lock it away: it is not shown again, works once, and raises an alarm.", err=True)


@person.command("erase")
def erase(
    context: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ID", help="Of the person.")],
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person: words, names and accounts. It cannot be taken back; what stays is told, and why."""
    if not yes:
        typer.confirm(f"Erase {identity} for good?", abort=True, err=True)
    with session_of(context).api() as api:
        done = api.post(f"/people/{part(identity)}/erase", {"reason": reason})
    if as_json:
        print_json(done)
        return
    show_table(["erased from", "records"], list(done["erased"].items()), empty="Nothing was found.")
    line("What stays, and why:")
    for one in done["stays"]:
        line(one, indent=2)
