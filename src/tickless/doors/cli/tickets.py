"""`tickless ticket …`, `tickless case invite` and the pack of a handed-off case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import ApiClient, part
from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import AsJson, Limit, Reason, print_json, session_of

ticket = typer.Typer(
    no_args_is_help=True, help="Tickets of handed-off cases: list, show, comment, take, resolve, reopen."
)
CaseRef = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]
PARTS = (
    ("said", "what the person said"),
    ("evidence", "what we know"),
    ("tried", "what was tried"),
    ("checks", "what was checked"),
    ("ruled_out", "what was ruled out"),
    ("policy", "why it did not go on by itself"),
    ("told", "who was told"),
    ("links", "links"),
)


@ticket.command("list")
def list_tickets(
    context: typer.Context,
    state: Annotated[
        Literal["wanted", "open", "pending", "resolved", "closed"] | None, typer.Option(help="Only in this state.")
    ] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List tickets, newest first."""
    with session_of(context).api() as api:
        page = api.get("/tickets", state=state, limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["number"], one["system"], one["state"], one["owner"], one["reasks"], one["trouble"], one["case"])
        for one in page["items"]
    ]
    show_table(
        ["ticket", "kept in", "state", "owner", "asked twice", "trouble", "case"],
        rows,
        empty="There are no such tickets.",
    )
    show_more(page, command="tickless ticket list")


@ticket.command("show")
def show(context: typer.Context, case: CaseRef, as_json: AsJson = False) -> None:
    """The ticket of a case, with the pack that went with it."""
    with session_of(context).api() as api:
        found, pack = _ticket(api, case), api.get(f"/cases/{part(case)}/pack")
    if as_json:
        print_json({"ticket": found, "pack": pack})
        return
    _show(found)
    for one in found["reasked"]:
        line(f"asked again: {one['asked']} (the pack held: {one['held']})", indent=2, style="yellow")
    show_pack(pack)


@ticket.command("comment")
def comment(
    context: typer.Context,
    case: CaseRef,
    text: Annotated[str, typer.Argument(help="What to say.")],
    internal: Annotated[bool, typer.Option("--internal", help="For agents only; the person does not read it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say something: the person reads it in their conversation."""
    _do(context, case, "comments", {"text": text, "public": not internal}, as_json=as_json)


@ticket.command("take")
def take(context: typer.Context, case: CaseRef, as_json: AsJson = False) -> None:
    """Take a ticket that Tickless itself keeps."""
    _do(context, case, "change", {"to": "taken"}, as_json=as_json)


@ticket.command("resolve")
def resolve(
    context: typer.Context,
    case: CaseRef,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0, help="What people worked on it, in all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say that it is solved: the person is asked, and only their yes confirms it."""
    _do(context, case, "change", {"to": "resolved", "minutes": minutes}, as_json=as_json)


@ticket.command("wait")
def wait(context: typer.Context, case: CaseRef, as_json: AsJson = False) -> None:
    """It waits for somebody: the clock of its time to resolve stands until it is reopened or solved."""
    _do(context, case, "change", {"to": "pending"}, as_json=as_json)


@ticket.command("reopen")
def reopen(context: typer.Context, case: CaseRef, as_json: AsJson = False) -> None:
    """There is work again."""
    _do(context, case, "change", {"to": "open"}, as_json=as_json)


@ticket.command("refresh")
def refresh(context: typer.Context, case: CaseRef, as_json: AsJson = False) -> None:
    """Read the ticket now."""
    _do(context, case, "refresh", {}, as_json=as_json)


def invite(
    context: typer.Context,
    case: CaseRef,
    person: Annotated[str, typer.Argument(help="Id, user name or address.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Call somebody in to work on a case together: they get the pack in their notices."""
    with session_of(context).api() as api:
        done = api.post(f"/cases/{part(case)}/invite", {"person": person, "reason": reason})
    if as_json:
        print_json(done)
    else:
        line(f"{done['name']} was called in")


def show_pack(pack: dict[str, Any]) -> None:
    """What whoever takes the case over gets."""
    line("The pack", style="bold")
    sure = "" if pack["sure"] is None else f" ({round(pack['sure'] * 100)} % sure)"
    show_pairs(
        {
            "in short": f"{pack['summary']} (composed by {pack['summary_by']})" if pack["summary"] else None,
            "we think": f"{pack['hypothesis']}{sure}",
            "for": ", ".join(one for one in (pack["requester"], pack["contact"], pack["where"]) if one) or None,
            "owner": pack["owner"] or "nobody is named",
            "because": pack["because"] or None,
        }
    )
    for name, title in PARTS:
        if pack[name]:
            line(title, indent=2, style="bold")
        for one in pack[name]:
            line(_told(one), indent=4)


def _told(one: Any) -> str:
    if isinstance(one, str):
        return one
    if "what" in one:
        return f"{moment(one['at'])} {one['what']}: {one['result']}"
    return f"{one['label']}: {one['href']}" if "href" in one else f"{moment(one['at'])} {one['who']}: {one['text']}"


def _ticket(api: ApiClient, case: str) -> Any:
    return api.get(f"/cases/{part(case)}/ticket")


def _do(context: typer.Context, case: str, deed: str, body: dict[str, Any], *, as_json: bool) -> None:
    with session_of(context).api() as api:
        done = api.post(f"/tickets/{part(_ticket(api, case)['id'])}/{deed}", body)
    if as_json:
        print_json(done)
    else:
        _show(done)


def _show(found: dict[str, Any]) -> None:
    line(f"{found['number'] or 'ticket'} ({found['system']}): {found['state']}", style="bold")
    show_pairs(
        {
            "owner": found["owner"] or "nobody yet",
            "at": found["url"] or None,
            "the person was asked": moment(found["asked_at"]),
            "waits to be said": found["waiting"] or None,
            "trouble": found["trouble"] or None,
        }
    )
