"""`tickless autonomy …`: the ladder, its evidence, what is proposed, and moving it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

autonomy = typer.Typer(
    no_args_is_help=True, help="The autonomy ladder: list, show, proposals, shadows; grant a rung, drop a scope's."
)
RunbookRef = Annotated[str, typer.Argument(metavar="RUNBOOK", help="Id, such as service.restart.")]
Scope = Annotated[
    str,
    typer.Option(
        "--scope",
        "-s",
        help="service:ID, department:NAME, criticality:N, environment:NAME; default: everywhere.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why.")]
HEADS = ["runbook", "for", "rung", "held", "days", "at least", "bar", "to the next rung"]


@autonomy.command("list")
def list_standings(context: typer.Context, as_json: AsJson = False) -> None:
    """List where every runbook stands, with its evidence."""
    _list(context, proposed=False, as_json=as_json)


@autonomy.command("proposals")
def proposals(context: typer.Context, as_json: AsJson = False) -> None:
    """List where the evidence speaks for the next rung."""
    _list(context, proposed=True, as_json=as_json)


def _list(context: typer.Context, *, proposed: bool, as_json: bool) -> None:
    with session_of(context).api() as api:
        page = api.get("/autonomy", proposed="true" if proposed else None)
    if as_json:
        print_json(page)
        return
    show_table(
        HEADS,
        [_row(one) for one in page["items"]],
        empty="Nothing is proposed." if proposed else "No runbook is loaded.",
    )
    show_more(page, command="tickless autonomy list")


@autonomy.command("show")
def show(context: typer.Context, reference: RunbookRef, as_json: AsJson = False) -> None:
    """Show one runbook's ladder: each scope, and the newest tries."""
    with session_of(context).api() as api:
        found = api.get(f"/autonomy/{part(reference)}")
    if as_json:
        print_json(found)
        return
    show_table(HEADS, [_row(one) for one in found["standings"]], empty="It stands nowhere.")
    for one in found["standings"]:
        if one["fell"]:
            scope = f" --scope '{one['scope']}'" if one["scope"] else ""
            again = f"tickless autonomy grant {reference} {one['rung']}{scope} --reason WHY"
            line(
                f"It fell {one['scope'] or 'everywhere'} at {moment(one['fell'])}: of its tries, those since then count."
            )
            line(f"  When its cause is gone, all of them count again by: {again}")
    rows = [
        (moment(one["at"]), one["subject"], one["verdict"], one["kind"], _counts(one["good"]))
        for one in found["tries"][:20]
    ]
    show_table(["when", "on", "came of it", "kind", "counts"], rows, empty="It has tried nothing yet.")


@autonomy.command("shadows")
def shadows(context: typer.Context, reference: RunbookRef, as_json: AsJson = False) -> None:
    """List what a runbook that only watched would have done, and what people did."""
    with session_of(context).api() as api:
        found = api.get(f"/autonomy/{part(reference)}")["shadows"]
    if as_json:
        print_json(found)
        return
    rows = [
        (moment(one["at"]), one["subject"], "; ".join(one["would"]), one["verdict"] or "open", one["why"])
        for one in found
    ]
    show_table(["when", "on", "it would have", "people did", "why"], rows, empty="It has watched nothing yet.")


@autonomy.command("grant")
def grant(
    context: typer.Context,
    reference: RunbookRef,
    rung: Annotated[Literal["observe", "suggest", "approve", "auto"], typer.Argument(metavar="RUNG", help="The rung.")],
    *,
    scope: Scope = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Put a runbook on a rung, for a scope or everywhere. Policy says who may."""
    with session_of(context).api() as api:
        done = api.put(f"/autonomy/{part(reference)}", {"rung": rung, "scope": scope, "reason": reason})
        behind = [one for one in api.get(f"/autonomy/{part(reference)}")["standings"] if one["withheld"]]
    if as_json:
        print_json(done)
    else:
        line(f"{reference} is on {done['rung']}, {done['scope'] or 'everywhere'}")
        for one in behind if not done["scope"] else []:
            line(f"  but on {one['rung']} for {one['scope']}, whose bar ({one['bar_bound']:.0%}) it has not reached")


@autonomy.command("drop")
def drop(
    context: typer.Context,
    reference: RunbookRef,
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="Such as service:shop-web.")],
) -> None:
    """Let a scope stand where the runbook stands everywhere."""
    with session_of(context).api() as api:
        done = api.delete(f"/autonomy/{part(reference)}?scope={part(scope)}")
    line(f"{reference} is on {done['rung']} for {scope}, as everywhere")


def _row(one: Any) -> tuple[Any, ...]:
    left = one["proposed"] and f"{one['proposed']} is proposed"
    wanted = f"{one['more_tries']} more that hold" + (f", {one['more_days']} more days" if one["more_days"] else "")
    top = "on top" if one["rung"] == "auto" else wanted
    return (one["runbook"], one["scope"] or "everywhere", one["rung"], f"{one['good']} of {one['tries']}", one["days"],
            f"{one['bound']:.0%}", f"{one['bar_bound']:.0%}", left or top)  # fmt: skip


def _counts(good: bool | None) -> str:
    return "not yet" if good is None else "for it" if good else "against it"
