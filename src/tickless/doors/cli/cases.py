"""`tickless case …`, `run`, `approve …`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli import regroup
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import AsJson, Limit, Reason, print_json, session_of, usage
from tickless.doors.cli.telling import show_case, show_story
from tickless.doors.cli.tickets import invite, show_pack

case = typer.Typer(no_args_is_help=True, help="Cases: list, show, close, reopen.")
approve = typer.Typer(no_args_is_help=True, help="Approvals: list, yes, no.")
CaseRef = Annotated[str, typer.Argument(metavar="CASE", help="Number or id.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")]


@case.command("list")
def list_cases(
    context: typer.Context,
    *,
    live: Annotated[
        bool | None, typer.Option("--live/--ended", help="Only those that need somebody, or only ended.")
    ] = None,
    state: Annotated[str | None, typer.Option(help="Such as open, acting, resolved.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Such as verified, handed_off.")] = None,
    service: Annotated[str | None, typer.Option(help="Id of the service.")] = None,
    opened: Annotated[
        int | None, typer.Option("--opened-days", min=1, help="Only those opened in the last days.")
    ] = None,
    ended: Annotated[
        int | None, typer.Option("--ended-days", min=1, help="Only those that ended (so) in the last days.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List cases, newest first."""
    with session_of(context).api() as api:
        page = api.get("/cases", live=live, state=state, outcome=outcome, service=service, limit=limit, cursor=cursor,
                       opened_since=_days_ago(opened), ended_since=_days_ago(ended))  # fmt: skip
    if as_json:
        print_json(page)
        return
    rows = [
        (one["number"], one["state"], one["outcome"], one["impact"]["priority"], one["need"], one["title"])
        for one in page["items"]
    ]
    show_table(["case", "state", "outcome", "prio", "need", "title"], rows, empty="There are no such cases.")
    show_more(page, command="tickless case list")


def _days_ago(days: int | None) -> str | None:
    return None if days is None else (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat()


@case.command("show")
def show(context: typer.Context, reference: CaseRef, as_json: AsJson = False) -> None:
    """Tell the story of a case: signals, findings, decisions, steps, proof, outcome."""
    with session_of(context).api() as api:
        story = api.get(f"/cases/{part(reference)}/story")
        handed_off = story["case"]["state"] == "handed_off"
        pack = api.get(f"/cases/{part(reference)}/pack") if handed_off and not as_json else None
    if as_json:
        print_json(story)
        return
    show_story(story)
    if pack is not None:
        show_pack(pack)


case.command("invite")(invite)
regroup.add_to(case)


@case.command("close")
def close(
    context: typer.Context,
    reference: CaseRef,
    reason: Reason,
    how: Annotated[
        Literal["hand_off", "mute", "withdraw", "confirm"], typer.Option("--how", help="In which way.")
    ] = "hand_off",
    as_json: AsJson = False,
) -> None:
    """Take a case out of the machine's hands."""
    _change(context, f"/cases/{part(reference)}/close", {"how": how, "reason": reason}, as_json=as_json)


@case.command("reopen")
def reopen(context: typer.Context, reference: CaseRef, reason: Reason, as_json: AsJson = False) -> None:
    """It was not solved: decide it anew."""
    _change(context, f"/cases/{part(reference)}/reopen", {"reason": reason}, as_json=as_json)


@case.command("withdraw")
def withdraw(context: typer.Context, reference: CaseRef, reason: Reason, as_json: AsJson = False) -> None:
    """It is not wanted any more: stop it, or take back what is done already."""
    _change(context, f"/cases/{part(reference)}/withdraw", {"reason": reason}, as_json=as_json)


def _change(context: typer.Context, path: str, body: dict[str, Any], *, as_json: bool) -> None:
    with session_of(context).api() as api:
        changed = api.post(path, body)
    if as_json:
        print_json(changed)
    else:
        show_case(changed)


def run(
    context: typer.Context,
    *,
    runbook: Annotated[str, typer.Argument(help="Id, such as directory.unlock-account.")],
    inputs: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="The runbook's inputs.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    reason: Reason = "run from the command line",
    as_json: AsJson = False,
) -> None:
    """Run a runbook. Policy decides whether it runs now, waits for an approval, or not at all."""
    values = read_inputs(inputs or [])
    path = f"/runbooks/{part(runbook)}"
    if not dry_run:
        _change(context, f"{path}/run", {"inputs": values, "reason": reason}, as_json=as_json)
        return
    with session_of(context).api() as api:
        found = api.post(f"{path}/rehearse", {"inputs": values})
    if as_json:
        print_json(found)
        return
    line(f"{found['plan']['title']}: nothing was changed", style="bold")
    show_pairs({"about": found["plan"]["subject"], "would be": found["decision"], "checks": found["verdict"]})
    for step in found["steps"]:
        what = step.get("summary") or step.get("title") or step.get("uses") or step.get("state") or ""
        line(f"{step.get('step', 'step')}: {what}", indent=2)
    for reason_given in found["reasons"]:
        line(f"because: {reason_given}", indent=2, style="dim")


def read_inputs(pairs: list[str]) -> dict[str, str]:
    """`["person=ada"]` → `{"person": "ada"}`. A pair without `=` ends the command with the usage code."""
    wrong = [pair for pair in pairs if not pair.partition("=")[0] or "=" not in pair]
    if wrong:
        raise usage(f"{wrong[0]!r} is no input: write KEY=VALUE, such as person=ada")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


@approve.command("list")
def list_approvals(
    context: typer.Context,
    state: Annotated[
        Literal["pending", "approved", "denied", "expired", "withdrawn"], typer.Option(help="Which ones.")
    ] = "pending",
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """List approvals: by default those that wait."""
    with session_of(context).api() as api:
        page = api.get("/approvals", state=state, limit=limit)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["state"], one["title"], one["requester"], one["approvers"], moment(one["expires_at"]))
        for one in page["items"]
    ]
    show_table(["id", "state", "what", "asked by", "approvers", "until"], rows, empty=f"No approval is {state}.")


ApprovalRef = Annotated[str, typer.Argument(metavar="APPROVAL", help="Id, from `tickless approve list`.")]


@approve.command("yes")
def yes(context: typer.Context, approval: ApprovalRef, reason: Reason = "", as_json: AsJson = False) -> None:
    """Approve."""
    _answer(context, approval, approve=True, reason=reason, as_json=as_json)


@approve.command("no")
def no(context: typer.Context, approval: ApprovalRef, reason: Reason, as_json: AsJson = False) -> None:
    """Deny."""
    _answer(context, approval, approve=False, reason=reason, as_json=as_json)


def _answer(context: typer.Context, approval: str, *, approve: bool, reason: str, as_json: bool) -> None:
    with session_of(context).api() as api:
        answered = api.post(f"/approvals/{part(approval)}/answer", {"approve": approve, "reason": reason})
    if as_json:
        print_json(answered)
    else:
        line(f"{answered['title']}: {answered['state']}")
