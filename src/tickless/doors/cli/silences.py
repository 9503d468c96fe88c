"""`tickless silence …` and `tickless alert …`: what fires, what is held back, and by whom."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import AsJson, Limit, print_json, session_of, usage

silence = typer.Typer(
    no_args_is_help=True,
    help="Silences: hold alerts back from cases for a while: preview, add, list, review, extend, expire.",
)
alert = typer.Typer(
    no_args_is_help=True, help="Alerts as they stand: what fires, what is held back and why; hand back."
)
Identity = Annotated[str, typer.Argument(metavar="ID", help="From `tickless silence list`.")]
Matchers = Annotated[
    list[str], typer.Argument(metavar="MATCHER...", help="Such as service=shop or 'instance=~\"edge-.*\"'.")
]
Until = Annotated[str | None, typer.Option("--until", help="RFC 3339, such as 2027-03-02T20:00:00Z.")]
For = Annotated[str | None, typer.Option("--for", help="Such as 90m, 4h, 2d; from now on.")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
REMARKS = {
    "ends_soon": "ends soon", "never_matched": "never matched", "matches_much": "matches much", "owner_gone": "owner is gone",
    "long": "extended again and again",
}  # fmt: skip


@silence.command("preview")
def preview(context: typer.Context, matchers: Matchers, as_json: AsJson = False) -> None:
    """See what a silence would hold back of what fires now."""
    with session_of(context).api() as api:
        found = api.post("/silences/preview", {"matchers": matchers})
    if as_json:
        print_json(found)
        return
    more = ", at least" if found["most"] else ""
    line(
        f"fits {found['fits']} alerts that fire now{more}; {found['in_cases']} of them stay in cases that are worked on"
    )
    for title in found["examples"]:
        line(f"  {title}")


@silence.command("add")
def add(
    context: typer.Context,
    matchers: Matchers,
    *,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why nobody needs to hear of it.")],
    until: Until = None,
    lasts: For = None,
    starts: Annotated[str | None, typer.Option("--from", help="RFC 3339; default: now.")] = None,
    owner: Annotated[str, typer.Option(help="Who answers for it: user name or address; default: you.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hold back what all matchers fit, until the end; what still fires then becomes a case."""
    body = {
        "matchers": matchers,
        "reason": reason,
        "ends_at": _end(until, lasts, starts),
        "starts_at": starts,
        "owner": owner,
    }
    with session_of(context).api() as api:
        made = api.post("/silences", body)
    _say(made, f"Silenced as {made['id']}, until {moment(made['ends_at'])}.", as_json=as_json)


@silence.command("list")
def list_silences(
    context: typer.Context,
    over: Annotated[bool, typer.Option("--over", help="Those that are over, instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List silences, the one that ends first in front."""
    with session_of(context).api() as api:
        page = api.get("/silences", over="true" if over else None)
    _table(page, empty="Nothing is silenced.", as_json=as_json)


@silence.command("review")
def review(context: typer.Context, as_json: AsJson = False) -> None:
    """List silences that somebody should look at, and why."""
    with session_of(context).api() as api:
        page = api.get("/silences/review")
    _table(page, empty="No silence needs a look.", as_json=as_json)


@silence.command("show")
def show(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """One silence, and what it held back last."""
    with session_of(context).api() as api:
        one = api.get(f"/silences/{part(identity)}")
        held = api.get("/holds", ref=identity, limit=20)["items"]
    if as_json:
        print_json({**one, "holds": held})
        return
    show_pairs({**one, "starts_at": moment(one["starts_at"]), "ends_at": moment(one["ends_at"]),
                "made_at": moment(one["made_at"]), "updated_at": moment(one["updated_at"]),
                "last_held_at": moment(one["last_held_at"]), "remarks": _remarks(one)})  # fmt: skip
    rows = [(moment(hold["since"]), hold["source"], hold["fingerprint"], hold["end"] or "held") for hold in held]
    show_table(["since", "source", "alert", "end"], rows, empty="It has held nothing back.")


@silence.command("extend")
def extend(
    context: typer.Context, identity: Identity, *, until: Until = None, lasts: For = None, as_json: AsJson = False
) -> None:
    """Let it end at another time."""
    with session_of(context).api() as api:
        done = api.post(f"/silences/{part(identity)}/extend", {"ends_at": _end(until, lasts, None)})
    _say(done, f"It ends {moment(done['ends_at'])}.", as_json=as_json)


@silence.command("expire")
def expire(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
    """End it now: what still fires becomes a case."""
    with session_of(context).api() as api:
        done = api.post(f"/silences/{part(identity)}/expire", {})
    _say(done, "Over. What still fires is handed back.", as_json=as_json)


@alert.command("list")
def list_alerts(
    context: typer.Context,
    *,
    state: Annotated[str | None, typer.Option(help="firing, held or resolved.")] = None,
    source: Annotated[str | None, typer.Option(help="Of this source.")] = None,
    service: Annotated[str | None, typer.Option(help="About this service, by its id.")] = None,
    severity: Annotated[str | None, typer.Option(help="critical, error, warning or info.")] = None,
    held: Annotated[
        str | None, typer.Option(help="Why: silenced, maintenance, inhibited, flapping or transient.")
    ] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List alerts as they stand, the newest change first."""
    with session_of(context).api() as api:
        page = api.get("/alerts", state=state, source=source, service=service, severity=severity, held=held,
                       limit=limit, cursor=cursor)  # fmt: skip
    if as_json:
        print_json(page)
        return
    rows = [
        (moment(one["occurred_at"]), one["state"], one["severity"], one["source"], one["title"],
         one["hold"]["why"] if one["hold"] else f"case {one['case']}" if one["case"] else None, one["fingerprint"])
        for one in page["items"]
    ]  # fmt: skip
    heads = ["when", "state", "severity", "source", "title", "where", "fingerprint"]
    show_table(heads, rows, empty="No alert fits.")
    show_more(page, command="tickless alert list")


@alert.command("hand-back")
def hand_back(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Its source.")],
    fingerprint: Annotated[str, typer.Argument(help="From `tickless alert list`.")],
    as_json: AsJson = False,
) -> None:
    """Let an alert that is held back go on to cases now."""
    with session_of(context).api() as api:
        done = api.post("/alerts/hand-back", {"source": source, "fingerprint": fingerprint})
    _say(done, f"Handed back. It was held back: {done['why']}", as_json=as_json)


@alert.command("hand-back-all")
def hand_all_back(
    context: typer.Context,
    *,
    by: Annotated[
        str | None, typer.Option("--by", help="Id of the silence, planned work or case that holds them back.")
    ] = None,
    held: Annotated[
        str | None, typer.Option(help="Why: silenced, maintenance, inhibited, flapping or transient.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let all alerts go on to cases now that one thing holds back, or that are held back for one reason."""
    with session_of(context).api() as api:
        done = api.post("/alerts/hand-back-all", {"ref": by or "", "reason": held})
    count = done["handed_back"]
    _say(done, f"Handed back: {count} alert{'' if count == 1 else 's'}.", as_json=as_json)


def _table(page: Any, *, empty: str, as_json: bool) -> None:
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["state"], ", ".join(one["matchers"]), one["reason"], one["owner"], moment(one["ends_at"]),
         one["holds_now"], one["held"], _remarks(one))
        for one in page["items"]
    ]  # fmt: skip
    show_table(["id", "state", "matchers", "reason", "owner", "until", "now", "held", ""], rows, empty=empty)


def _remarks(one: Any) -> str | None:
    return ", ".join(REMARKS[remark] for remark in one["remarks"]) or None


def _end(until: str | None, lasts: str | None, starts: str | None) -> str:
    """When it ends. Exits with a usage error unless exactly one of the two says it."""
    if (until is None) == (lasts is None):
        raise usage("say when it ends: --until or --for")
    if until is not None:
        return until
    found = re.fullmatch(r"(\d{1,6})([mhdw])", lasts or "")
    if found is None:
        raise usage(f"{lasts!r} is no length of time: write 90m, 4h or 2d")
    try:
        begins = dt.datetime.fromisoformat(starts) if starts else dt.datetime.now(dt.UTC)
        return (begins + dt.timedelta(**{_UNITS[found[2]]: int(found[1])})).isoformat()
    except (ValueError, OverflowError):
        raise usage("these times cannot be read") from None


def _say(done: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        line(text)
