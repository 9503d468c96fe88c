"""`tickless binding …`, `delegation …`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of, usage

binding = typer.Typer(no_args_is_help=True, help="Accounts in channels: whose they are.")
delegation = typer.Typer(no_args_is_help=True, help="Who stands in for whom, and until when.")


@binding.command("list")
def list_bindings(
    context: typer.Context,
    *,
    person: Annotated[str, typer.Option("--person", help="Only of this person's id.")] = "",
    as_json: AsJson = False,
) -> None:
    """List accounts in channels and whom they count as."""
    with session_of(context).api() as api:
        page = api.get("/bindings", person=person)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["person"], one["way"], one["active"], moment(one["at"]), one["by"]) for one in page["items"]
    ]
    show_table(
        ["account", "person", "known by", "active", "since", "by"], rows, empty="No account is bound to anybody."
    )


@binding.command("add")
def add_binding(
    context: typer.Context,
    *,
    channel: Annotated[str, typer.Argument(help="Name of the connector in the settings.")],
    account: Annotated[str, typer.Argument(help="The channel's own id of the account.")],
    person: Annotated[str, typer.Argument(help="Id or user name.")],
    as_json: AsJson = False,
) -> None:
    """Let an account count as a person. Whoever it counted as before loses it; both are told."""
    with session_of(context).api() as api:
        made = api.post("/bindings", {"channel": channel, "account": account, "person": person})
    if as_json:
        print_json(made)
    else:
        line(f"{made['id']} counts as {made['person']}")


@binding.command("remove")
def remove_binding(
    context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ACCOUNT", help="As the list shows it.")]
) -> None:
    """Unbind an account: from now on nobody speaks from it."""
    with session_of(context).api() as api:
        api.delete(f"/bindings/{part(identity)}")
    line(f"{identity} counts as nobody")


@delegation.command("list")
def list_delegations(context: typer.Context, as_json: AsJson = False) -> None:
    """List who stands in for whom."""
    with session_of(context).api() as api:
        page = api.get("/delegations")
    if as_json:
        print_json(page)
        return
    rows = [
        (
            one["id"],
            one["person"],
            one["delegate"],
            moment(one["since"]),
            moment(one["until"]),
            "asks and approves" if one["approves"] else "asks",
            one["note"],
        )
        for one in page["items"]
    ]
    show_table(
        ["id", "person", "delegate", "from", "until", "for", "note"], rows, empty="Nobody stands in for anybody."
    )


@delegation.command("add")
def add_delegation(
    context: typer.Context,
    *,
    person: Annotated[str, typer.Argument(help="Who is stood in for.")],
    delegate: Annotated[str, typer.Argument(help="Who stands in.")],
    until: Annotated[str, typer.Option("--until", help="Last day, such as 2027-01-31.")],
    since: Annotated[str, typer.Option("--since", help="First day; without it: from now on.")] = "",
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    approvals: Annotated[
        bool, typer.Option("--approvals", help="Also to answer what they are asked to approve.")
    ] = False,
) -> None:
    """Let somebody ask on behalf of somebody else, or approve in their place, for a while. Policy says what for."""
    end = dt.datetime.combine(_day(until), dt.time.max, dt.UTC)
    begin = dt.datetime.combine(_day(since), dt.time(), dt.UTC).isoformat() if since else None
    body = {"person": person, "delegate": delegate, "since": begin, "until": end.isoformat(), "note": note,
            "approves": approvals}  # fmt: skip
    with session_of(context).api() as api:
        made = api.post("/delegations", body)
    begins = f" from {since}" if since else ""
    line(f"{made['id']}: {made['delegate']} stands in for {made['person']}{begins} until {until}")


@delegation.command("away")
def away(
    context: typer.Context,
    delegate: Annotated[str, typer.Argument(help="Who answers for you: id or user name.")],
    *,
    until: Annotated[str, typer.Option("--until", help="Last day, such as 2027-01-31.")],
    since: Annotated[str, typer.Option("--since", help="First day; without it: from now on.")] = "",
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
) -> None:
    """Let somebody answer what you are asked to approve, for a while. No right is needed for your own."""
    end = dt.datetime.combine(_day(until), dt.time.max, dt.UTC)
    begin = dt.datetime.combine(_day(since), dt.time(), dt.UTC).isoformat() if since else None
    body = {"delegate": delegate, "since": begin, "until": end.isoformat(), "note": note, "approves": True}
    with session_of(context).api() as api:
        made = api.post("/delegations", body)
    line(f"{made['id']}: {made['delegate']} answers for you{f' from {since}' if since else ''} until {until}")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise usage(f"{text!r} is no day: write it as 2027-01-31") from None


@delegation.command("remove")
def remove_delegation(
    context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.")]
) -> None:
    """End a delegation now."""
    with session_of(context).api() as api:
        api.delete(f"/delegations/{part(identity)}")
    line(f"{identity} is over")
