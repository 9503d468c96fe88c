"""`tickless opportunities …`: what comes again and again, and what it is worth to take over."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, print_json, session_of, tell

opportunities = typer.Typer(
    no_args_is_help=True, help="What comes again: find it, weigh it, decide, see whether it helped."
)
Identity = Annotated[str, typer.Argument(metavar="ID")]
Decision = Literal["found", "chosen", "begun", "dismissed"]
EVERY = 1.0
ARRIVED = {"too_early": "too early", "arrived": "arrived", "not_shown": "not shown", "worse": "worse",
           "no_baseline": "nothing to compare with"}  # fmt: skip


@opportunities.command("list")
def list_opportunities(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="The dismissed ones and those that are gone, too.")] = False,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """The top ten: what should be automated next, and what it is worth."""
    with session_of(context).api() as api:
        found = api.get("/opportunities", every=every, limit=limit)
    if as_json:
        print_json(found)
    else:
        _show(found)


@opportunities.command("mine")
def mine(
    context: typer.Context,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is done.")] = True,
    as_json: AsJson = False,
) -> None:
    """Look for what comes again, in tickets of the past and in cases. It is done by itself once a week."""
    with session_of(context).api() as api:
        found = api.post("/opportunities/mine")
        while wait and found["running"]:
            time.sleep(EVERY)
            found = api.get("/opportunities")
    if as_json:
        print_json(found)
    elif not wait:
        line("It is being mined: `tickless opportunities list` shows what was found.")
    else:
        _show(found)
    if wait and found["failed"]:
        tell(found["failed"])
        raise typer.Exit(FAILED)


@opportunities.command("show")
def show(context: typer.Context, identity: Identity, limit: Limit = 10, as_json: AsJson = False) -> None:
    """One of them, with its newest tickets."""
    with session_of(context).api() as api:
        one = api.get(f"/opportunities/{part(identity)}")
        members = api.get(f"/opportunities/{part(identity)}/members", limit=limit)
    if as_json:
        print_json({**one, "members": members["items"]})
        return
    line(one["name"])
    show_table(["", ""], _facts(one), empty="")
    rows = [(one["number"], one["title"], one["source"], moment(one["opened_at"])) for one in members["items"]]
    show_table(["ticket", "what", "source", "opened"], rows, empty="No ticket is left.")


@opportunities.command("draft")
def draft(context: typer.Context, identity: Identity) -> None:
    """A first draft of the runbook, article or problem record it needs. Nothing is published by it."""
    with session_of(context).api() as api:
        typer.echo(api.text(f"/opportunities/{part(identity)}/draft"), nl=False)


@opportunities.command("open")
def open_draft(
    context: typer.Context,
    identity: Identity,
    *,
    kind: Annotated[str, typer.Option("--as", help="runbook, article or problem; default: as its draft says.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open its draft as the real thing: a proposal to sign, a drafted article, a problem. Nothing takes effect by it."""
    with session_of(context).api() as api:
        done = api.post(f"/opportunities/{part(identity)}/open", {"kind": kind or None})
    if as_json:
        print_json(done)
    else:
        line(f"{done['kind']} {done['id']}: {done['link']}")


@opportunities.command("register")
def register(
    context: typer.Context,
    identity: Identity,
    *,
    owner: Annotated[str, typer.Option(help="User name of who answers for it; default: you.")] = "",
    due: Annotated[
        str | None, typer.Option(help="Until when, such as 2026-03-01T00:00Z; default: in eight weeks.")
    ] = None,
    expected: Annotated[float | None, typer.Option(help="Tickets a month that are expected then.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put it in the register of improvements; what came of it is measured against groups like it."""
    with session_of(context).api() as api:
        given = {"owner": owner, "due_at": due, "expected": expected}
        done = api.post(f"/opportunities/{part(identity)}/register", given)
    if as_json:
        print_json(done)
    else:
        line(f"{done['id']}: `tickless improvement show {done['id']}` tells how it stands")


@opportunities.command("decide")
def decide(
    context: typer.Context,
    identity: Identity,
    state: Annotated[Decision, typer.Argument(help="chosen, begun, dismissed; found takes it back.")],
    *,
    what: Annotated[str, typer.Option("--what", "-w", help="With begun: what is done about it.")] = "",
    since: Annotated[
        str | None, typer.Option(help="With begun: since when, such as 2026-03-01T00:00Z; default: now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what becomes of it. What was begun is held against groups like it from then on."""
    with session_of(context).api() as api:
        done = api.put(f"/opportunities/{part(identity)}/state", {"state": state, "what": what, "at": since})
    if as_json:
        print_json(done)
    else:
        line(f"{done['name']}: {done['state']}")


def _show(found: Any) -> None:
    rows = [(one["rank"], one["id"], one["name"], f"{one['per_month']:.0f}", _between(one["value"]), _share(one["determinism"]),
             one["draft"], _told(one)) for one in found["items"]]  # fmt: skip
    show_table(["", "id", "what comes again", "a month", "hours a month", "alike", "draft", "state"], rows,
               empty="Nothing was found yet: `tickless opportunities mine` looks for it.")  # fmt: skip
    last = found["mining"]
    if last:
        line(
            f"out of {last['tickets']:,} tickets and {last['cases']:,} cases, by {last['method']}, {moment(last['at'])}"
        )


def _told(one: Any) -> str:
    return ARRIVED[one["benefit"]["arrival"]] if one["benefit"] else str(one["state"])


def _between(interval: Any) -> str:
    return f"{interval['value']:.1f} ({interval['low']:.1f} to {interval['high']:.1f})"


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.0%}"


def _facts(one: Any) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("state", _told(one)),
        ("tickets", f"{one['volume']}, {one['per_month']:.1f} a month"),
        ("worth, hours a month", _between(one["value"])),
        ("minutes each", _between(one["minutes"]) + f", {one['basis']}" if one["minutes"] else None),
        ("go alike", _share(one["determinism"])),
        ("without people", _share(one["unattended"]) if one["unattended"] else None),
        ("hand-overs each", one["hand_offs"]),
        ("reopened", _share(one["reopened"])),
        ("days open", one["days_open"]),
        ("risk", f"{one['risk']:.0%}" + (f": {'; '.join(one['risk_why'])}" if one["risk_why"] else "")),
        ("category, team", " · ".join(part for part in (one["category"], one["team"]) if part) or None),
        ("there already", f"{one['match']['kind']} {one['match']['id']}" if one["match"] else None),
        ("next", f"{one['draft']}: {one['draft_why']}"),
    ]
    if one["benefit"]:
        benefit = one["benefit"]
        facts.append(("benefit", f"{ARRIVED[benefit['arrival']]}: {benefit['why']}"))
        if benefit["change"]:
            facts.append(("tickets a month", _between(benefit["change"])))
    return facts
