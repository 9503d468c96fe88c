"""`tickless audit …`: the record, its signatures, its holds, and every decision explained."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.audit_again import again
from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, Reason, print_json, session_of, tell, usage

audit = typer.Typer(no_args_is_help=True, help="The tamper-evident record: list, verify, export, explain, sign, hold.")
audit.command("again")(again)
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")]
Form = Literal["jsonl", "ocsf", "cloudevents"]


@audit.command("list")
def list_audit(
    context: typer.Context,
    case: Annotated[str | None, typer.Option(help="Id of a case.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List who did what to what, newest first."""
    with session_of(context).api() as api:
        page = api.get("/audit", case=case, limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [(one["seq"], moment(one["at"]), one["actor"], one["action"], one["subject"]) for one in page["items"]]
    show_table(["row", "when", "who", "what", "to"], rows, empty="Nothing is on record yet.")
    show_more(page, command="tickless audit list")


@audit.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("--file", help="An export: checked here, with no house.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="File with the public key that must have signed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Walk the whole chain and find the first row that was changed."""
    pinned = _key_in(key)
    if file is not None:
        report = _offline(file, pinned)
    else:
        with session_of(context).api() as api:
            report = api.get("/audit/verify", key=pinned)
    if as_json:
        print_json(report)
    elif report["ok"]:
        line(f"{report['rows']} rows, none changed. Head: {report['head']}")
        if report["checkpoints"]:
            line(f"{report['checkpoints']} checkpoints signed, up to row {report['signed_up_to']}, key {report['key']}")
        if report["dropped"]:
            line(f"{report['dropped']} rows without their details: retention took them, and the record says so")
    else:
        tell(f"row {report['broken_at']} does not fit: {report['problem']}")
    if not report["ok"]:
        raise typer.Exit(FAILED)


def _key_in(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"{file} cannot be read: {error}") from None


def _offline(file: Path, pinned: str | None) -> dict[str, Any]:
    from tickless.journal.audit_export import check_bundle, read_bundle
    from tickless.kit.signing import PublicKey

    try:
        known = PublicKey.read(pinned).text if pinned else None
        with file.open(encoding="utf-8", errors="replace") as lines:
            report, lineage = check_bundle(read_bundle(lines), pinned=known)
    except OSError as error:
        raise usage(f"{file} cannot be read: {error}") from None
    except ValueError:
        raise usage("that is no public key of Ed25519") from None
    if lineage.breaks:
        tell(f"the key was replaced {lineage.breaks} times without the word of the one before")
    return {"ok": report.broken_at is None, **report.__dict__}


@audit.command("export")
def export_audit(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Where to; - is standard output.")] = "-",
    form: Annotated[
        Form, typer.Option("--form", help="jsonl can be checked; ocsf and cloudevents are for others.")
    ] = "jsonl",
    sealed: Annotated[bool, typer.Option("--sealed", help="What was said about people stays sealed.")] = False,
) -> None:
    """Write the whole record, a line for each row."""
    with session_of(context).api() as api:
        rows = api.lines("/audit/export", form=form, sealed=sealed)
        if file == "-":
            for row in rows:
                typer.echo(row)
            return
        with Path(file).open("w", encoding="utf-8") as out:
            for row in rows:
                out.write(row + "\n")


@audit.command("explain")
def explain(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="CASE", help="Number of the case.")],
    as_json: AsJson = False,
) -> None:
    """Explain every decision of a case: who, what, why, by which policies and models; and make it again to compare."""
    with session_of(context).api() as api:
        told = api.get(f"/cases/{number}/explanation")
    if as_json:
        print_json(told)
    else:
        line(f"Case {told['number']}: {told['title']}", style="bold")
        line(told["chain"])
        for one in told["decisions"]:
            _tell_decision(one)
    if not told["chain_ok"] or any(one["again"]["state"] == "differs" for one in told["decisions"]):
        raise typer.Exit(FAILED)


def _tell_decision(one: dict[str, Any]) -> None:
    line("")
    line(f"{moment(one['at'])}  {one['kind']}: {one['summary']}", style="bold")
    show_pairs(
        {
            "for": ", ".join(f"{name} {value}" for name, value in one["who"].items() if value),
            "runbook": one["runbook"],
            "candidates": one["candidates"] or None,
            "policy set": one["policies"][:16] or None,
            "inputs": (one["inputs"] or "")[:16] or None,
            "understood by": one["understood_by"] or None,
            "models": [f"{call.get('model', '')} {call.get('prompt', '')}".strip() for call in one["models"]] or None,
            "row": one["row"],
            "signed": "yes" if one["vouched"] else "not yet",
            "made again": _outcome(one["again"]),
            "policies of then": _outcome(one["policy_again"]),
        }
    )
    for reason in one["reasons"]:
        line(f"{reason['effect']}: {reason['text']} ({reason['policy']})", indent=2)


def _outcome(one: dict[str, str]) -> str:
    return " ".join((one["state"].replace("_", " "), one["detail"])).strip()


@audit.command("key")
def key(
    context: typer.Context,
    rotate: Annotated[bool, typer.Option("--rotate", help="Sign with a new key from now on.")] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="With --rotate: the key before is gone; the break is on record.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the public key that signs the record, to check exports with."""
    with session_of(context).api() as api:
        found = api.post("/audit/keys", {"lost": lost}) if rotate else api.get("/audit/keys")
    if as_json:
        print_json(found)
        return
    typer.echo(found["pem"], nl=False)
    if not found["signs"]:
        tell("this house does not hold that key: nothing is signed", mend="restore audit.key, or --rotate --lost")


@audit.command("checkpoint")
def checkpoint(context: typer.Context, as_json: AsJson = False) -> None:
    """Sign the head of the record now, rather than with the next look."""
    with session_of(context).api() as api:
        made = api.post("/audit/checkpoints")
    if as_json:
        print_json(made)
    else:
        line(
            f"checkpoint {made['number']} is signed, row {made['row']}"
            if made["number"]
            else "there is nothing new to sign"
        )


@audit.command("retain")
def retain(
    context: typer.Context,
    days: Annotated[float, typer.Option("--days", help="Rows older than so many days lose their details.")],
    as_json: AsJson = False,
) -> None:
    """Take the details of old rows away. Hashes stay, holds win, and the record says which rows."""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    with session_of(context).api() as api:
        done = api.post("/audit/retention", {"before": before.isoformat()})
    if as_json:
        print_json(done)
    else:
        line(f"{done['rows']} rows have lost their details")


@audit.command("holds")
def list_holds(
    context: typer.Context,
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List legal holds."""
    with session_of(context).api() as api:
        page = api.get("/audit/holds", ended=ended)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["covers"], one["ref"], one["by"], moment(one["at"]), moment(one["ended_at"]), one["reason"])
        for one in page["items"]
    ]
    show_table(["id", "covers", "whom or which", "by", "since", "ended", "reason"], rows, empty="Nothing is held.")


@audit.command("hold")
def add_hold(
    context: typer.Context,
    covers: Annotated[Literal["everything", "case", "person"], typer.Argument(help="everything, case or person.")],
    reason: Reason,
    ref: Annotated[str, typer.Argument(help="Id of the case or person.")] = "",
) -> None:
    """Keep it: neither retention nor erasure touches what is held."""
    with session_of(context).api() as api:
        made = api.post("/audit/holds", {"covers": covers, "ref": ref, "reason": reason})
    line(f"{made['id']} holds {made['covers']} {made['ref']}".rstrip())


@audit.command("end-hold")
def end_hold(
    context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ID", help="Of the hold.")], reason: Reason
) -> None:
    """End a legal hold."""
    with session_of(context).api() as api:
        api.post(f"/audit/holds/{part(identity)}/end", {"reason": reason})
    line(f"{identity} has ended")
