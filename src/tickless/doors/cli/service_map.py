"""`tickless map …`: the service map, who says so, and what keeps it up to date."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, Reason, print_json, session_of, tell, usage

service_map = typer.Typer(
    no_args_is_help=True, help="The service map: show, stale, diff, sync, import, and what people say."
)
Source = Annotated[str, typer.Argument(help="Who knows of services, as `tickless map sources` shows them.")]
Service = Annotated[str, typer.Argument(help="Id of the service.")]
Needs = Annotated[str, typer.Argument(help="Id of the service that it needs.")]
MOST = 50


@service_map.command("show")
def show(
    context: typer.Context,
    service: Annotated[str | None, typer.Argument(help="Only this service and its neighbours.")] = None,
    needs: Annotated[str | None, typer.Argument(help="Only the edge to this one: who says so.")] = None,
    *,
    at: Annotated[dt.datetime | None, typer.Option("--at", help="As it stood then, in UTC.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the map, a part of it, or one edge with everybody who tells of it."""
    with session_of(context).api() as api:
        if service and needs:
            story = api.get(f"/map/edges/{part(service)}/{part(needs)}")
            (print_json if as_json else _edge)(story)
            return
        found = api.get("/map", at=at.replace(tzinfo=at.tzinfo or dt.UTC).isoformat() if at else None)
        hurt = api.get(f"/map/services/{part(service)}/impact") if service and at is None else None
    if service:
        found["edges"] = [one for one in found["edges"] if service in {one["service"], one["needs"]}]
        near = {service, *(one["service"] for one in found["edges"]), *(one["needs"] for one in found["edges"])}
        found["services"] = [one for one in found["services"] if one["id"] in near]
    if as_json:
        print_json(found)
        return
    stale = set(found["stale_services"])
    show_table(
        ["service", "name", "kind", "criticality", "owner", "team", "state", ""],
        [
            (one["id"], one["name"], one["kind"], one["criticality"] or "?", one["owner"], one["team"], one["lifecycle"],
             "stale" if one["id"] in stale else None)
            for one in found["services"]
        ],
        empty="No services yet: import some, or connect who knows of them.",
    )  # fmt: skip
    rows = [
        (one["service"], one["needs"], one["source"], f"{one['confidence']:.0%}", moment(one["last_seen"]),
         "stale" if one["stale"] else None)
        for one in found["edges"]
    ]  # fmt: skip
    show_table(["service", "needs", "says", "sure", "last seen", ""], rows, empty="No edges.")
    if hurt is not None:
        line(f"If it failed now: priority {hurt['priority']}. {hurt['reason']}")


def _edge(story: Any) -> None:
    edge = story["edge"]
    show_pairs({
        "edge": f"{edge['service']} needs {edge['needs']}", "sure": f"{edge['confidence']:.0%}",
        "denied": "by a person" if story["denied"] else None,
        "also": "told the other way round" if story["told_back"] else None,
    })  # fmt: skip
    rows = [
        (one["source"], one["stands"], f"{one['weight']:.0%}", moment(one["first_seen"]), moment(one["last_seen"]),
         "taken back" if one["withdrawn_at"] else "stale" if one["stale"] else None, one["reason"])
        for one in story["words"]
    ]  # fmt: skip
    show_table(["who", "says", "counts", "since", "last seen", "", "why"], rows, empty="")


@service_map.command("stale")
def stale(context: typer.Context, as_json: AsJson = False) -> None:
    """List what nobody has said for long."""
    with session_of(context).api() as api:
        page = api.get("/map/stale")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["kind"], one["key"], one["sources"], moment(one["last_seen"]), "taken back" if one["gone"] else "silent")
        for one in page["items"]
    ]
    show_table(["kind", "what", "said by", "last seen", "why"], rows, empty="Nothing is stale.")


@service_map.command("sources")
def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List who knows of services, and how it went when they were asked last."""
    with session_of(context).api() as api:
        page = api.get("/map/sources")
    if as_json:
        print_json(page)
        return
    rows = [
        (
            one["name"],
            one["origin"],
            moment(one["asked_at"]),
            one["problem"] or one["said"] or None,
            one["waiting"] or None,
        )
        for one in page["items"]
    ]
    show_table(
        ["source", "kind", "asked", "what came of it", "do not fit"],
        rows,
        empty="Nobody who knows of services is connected.",
    )


@service_map.command("diff")
def diff(context: typer.Context, source: Source, as_json: AsJson = False) -> None:
    """Ask a source and say what would change. Changes nothing."""
    with session_of(context).api() as api:
        told = api.post(f"/map/sources/{part(source)}/sync?dry_run=true")
    _show(told, as_json=as_json)


@service_map.command("sync")
def sync(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Who; without it: everybody.")] = None,
    *,
    sure: Annotated[
        bool, typer.Option("--sure", help="Believe it even when it lacks most of what it said before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a source, or all, and take in what it says."""
    with session_of(context).api() as api:
        names = [source] if source else [one["name"] for one in api.get("/map/sources")["items"] if one["askable"]]
        told = [api.post(f"/map/sources/{part(name)}/sync?sure={str(sure).lower()}") for name in names]
    if as_json:
        print_json(told)
    else:
        for one in told:
            _show(one, as_json=False)
    if any(one["doubtful"] for one in told):
        raise typer.Exit(FAILED)


@service_map.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A file; - reads standard input.")],
    *,
    form: Annotated[
        str, typer.Option("--as", help="Whose form it is: backstage, kubernetes, prometheus, servicenow.")
    ] = "backstage",
    source: Annotated[str, typer.Option(help="In whose name it speaks.")] = "files",
    whole: Annotated[
        bool, typer.Option("--whole", help="It is all that this source says: what it lacks goes stale.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a file, such as catalog-info.yaml. CSV comes in with `tickless record import services`."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise usage(f"{file} cannot be read: {error.strerror}") from None
    asked: dict[str, Any] = {
        "form": form,
        "source": source,
        "name": Path(file).name,
        "whole": whole,
        "dry_run": dry_run,
    }
    with session_of(context).api() as api:
        told = api.upload("/map/import", body, "text/plain", **asked)
    _show(told, as_json=as_json)
    if told["refused"]:
        raise typer.Exit(FAILED)


def _show(told: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    entries = told["entries"][:MOST]
    if entries and not told["written"]:
        rows = [(_what(one), one["kind"], one["key"], one["fields"]) for one in entries]
        show_table(["would be", "kind", "what", "fields"], rows, empty="")
        if len(told["entries"]) > MOST:
            line(f"… and {len(told['entries']) - MOST} more")
    for one in told["refused"][:MOST]:
        tell(f"{one['place']}{', ' + one['field'] if one['field'] else ''}: {one['reason']}", mend=one["mend"])
    line(told["said"])


def _what(entry: Any) -> str:
    return "added (known)" if entry["what"] == "added" and not entry["new"] else str(entry["what"])


@service_map.command("confirm")
def confirm(context: typer.Context, service: Service, needs: Needs, reason: Reason) -> None:
    """Say that a service needs another: that wins over every source, and draws the edge if nobody told of it."""
    _judge(context, service, needs, "confirm", reason)


@service_map.command("reject")
def reject(context: typer.Context, service: Service, needs: Needs, reason: Reason) -> None:
    """Say that it does not: nobody follows the edge any more, whoever tells of it."""
    _judge(context, service, needs, "reject", reason)


@service_map.command("withdraw")
def withdraw(context: typer.Context, service: Service, needs: Needs, reason: Reason) -> None:
    """Take back what people said of an edge: the sources count again."""
    _judge(context, service, needs, "withdraw", reason)


def _judge(context: typer.Context, service: str, needs: str, judgement: str, reason: str) -> None:
    with session_of(context).api() as api:
        story = api.post(f"/map/edges/{part(service)}/{part(needs)}/{judgement}", {"reason": reason})
    line(
        f"{service} needs {needs}: sure by {story['edge']['confidence']:.0%}" + (", denied" if story["denied"] else "")
    )


@service_map.command("state")
def state(
    context: typer.Context,
    service: Service,
    field: Annotated[
        list[str], typer.Argument(help="field=value, such as criticality=1; an empty value takes it back.")
    ],
    reason: Reason,
) -> None:
    """State what a service is: criticality, owner, team, system, supplier, lifecycle, hours, name, kind, description."""
    given: dict[str, Any] = {"reason": reason}
    for one in field:
        name, sign, value = one.partition("=")
        if not sign:
            raise usage(f"a field is written as field=value, not {one[:60]!r}")
        given[name] = (int(value) if name == "criticality" and value.isdecimal() else value) or None
    with session_of(context).api() as api:
        done = api.put(f"/map/services/{part(service)}", given)
    show_pairs({name: done[name] for name in ("id", "name", "kind", "criticality", "owner", "team", "system", "supplier",
                                              "lifecycle", "hours")})  # fmt: skip


@service_map.command("refused")
def refused(
    context: typer.Context,
    row: Annotated[str | None, typer.Argument(help="Id of a row to settle.")] = None,
    *,
    replay: Annotated[bool, typer.Option("--replay", help="Try it again, with the map as it is now.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="Leave it alone.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what did not fit, or settle one row of it."""
    if row and replay == dismiss:
        raise usage("say --replay or --dismiss")
    with session_of(context).api() as api:
        if row:
            done = api.post(f"/map/refused/{part(row)}/{'replay' if replay else 'dismiss'}")
            line(f"{done['place']}: {done['state']}" + (f"; {done['reason']}" if done["state"] == "waiting" else ""))
            if done["state"] == "waiting":
                raise typer.Exit(FAILED)
            return
        page = api.get("/map/refused")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["source"], one["place"], one["field"] or None, one["reason"], one["mend"])
        for one in page["items"]
    ]
    show_table(["id", "source", "place", "field", "what is wrong", "mend"], rows, empty="Everything fits.")
