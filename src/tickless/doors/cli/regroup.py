"""`tickless case storm|merge|split|undo|link …` and `tickless grouping …`: what was one case, and what people put right."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_more, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, Reason, print_json, session_of, usage

grouping = typer.Typer(no_args_is_help=True, help="What merges and splits teach: doubts, list, try, teach, refuse.")
CaseRef = Annotated[str, typer.Argument(metavar="CASE", help="Number or id.")]
Lessons = Annotated[list[str], typer.Argument(metavar="LESSON…", help="Ids, as `tickless grouping list` shows them.")]
WIDTH = 40
"""Signs of a lane's picture."""
BARS = " ▁▂▃▄▅▆▇█"


def add_to(case: typer.Typer) -> None:
    """The commands that are about cases."""
    for name, command in (
        ("storms", storms),
        ("storm", storm),
        ("merge", merge),
        ("split", split),
        ("undo", undo),
        ("link", link),
        ("unlink", unlink),
    ):
        case.command(name)(command)


def storms(
    context: typer.Context,
    least: Annotated[int, typer.Option(min=1, help="Alerts from which a case is listed.")] = 2,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List cases by how many alerts they hold, newest first."""
    with session_of(context).api() as api:
        page = api.get("/storms", least=least, limit=limit, cursor=cursor)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["case"]["number"], one["alerts"], one["case"]["state"], one["case"]["outcome"], one["case"]["title"])
        for one in page["items"]
    ]
    show_table(["case", "alerts", "state", "outcome", "title"], rows, empty="No case holds that many alerts.")
    show_more(page, command="tickless case storms")


def storm(context: typer.Context, reference: CaseRef, as_json: AsJson = False) -> None:
    """What was one case and why: by service and time, each join with its reason, and what was left out."""
    with session_of(context).api() as api:
        found = api.get(f"/cases/{part(reference)}/storm")
    if as_json:
        print_json(found)
        return
    _show_storm(found)


def merge(
    context: typer.Context,
    into: Annotated[str, typer.Argument(metavar="CASE", help="The one that stays.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER…", help="Those that are the same.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Merge other cases into one: their alerts and people go there."""
    _change(context, f"/cases/{part(into)}/merge", {"cases": others, "reason": reason}, as_json=as_json)


def split(
    context: typer.Context,
    reference: CaseRef,
    *,
    reason: Reason,
    alerts: Annotated[
        list[str] | None, typer.Option("--alert", help="SOURCE:FINGERPRINT of an alert that leaves; repeat for more.")
    ] = None,
    services: Annotated[
        list[str] | None, typer.Option("--service", help="Every alert of this service leaves; repeat for more.")
    ] = None,
    into: Annotated[str | None, typer.Option(help="A case that runs; default: a new one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take alerts out of a case, for a new one or for another."""
    if not (alerts or services):
        raise usage("say what leaves: --alert SOURCE:FINGERPRINT or --service ID")
    keys = [_key(one) for one in alerts or []]
    body = {"alerts": keys, "services": services or [], "into": into, "reason": reason}
    _change(context, f"/cases/{part(reference)}/split", body, as_json=as_json)


def undo(
    context: typer.Context,
    regroup: Annotated[str, typer.Argument(metavar="REGROUP", help="Id of a merge or split, from `case storm`.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Take a merge or split back, within a day and while nothing irreversible was done."""
    _change(context, f"/regroups/{part(regroup)}/undo", {"reason": reason}, as_json=as_json)


def link(
    context: typer.Context,
    child: CaseRef,
    parent: Annotated[str, typer.Argument(metavar="PARENT", help="Such as the major incident.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Make a case the child of another: they stay apart, and it is looked at when the parent is solved."""
    _related(context, f"/cases/{part(child)}/link", {"parent": parent, "reason": reason}, as_json=as_json)


def unlink(context: typer.Context, child: CaseRef, reason: Reason, as_json: AsJson = False) -> None:
    """Let a child stand by itself again."""
    _related(context, f"/cases/{part(child)}/unlink", {"reason": reason}, as_json=as_json)


@grouping.command("doubts")
def doubts(context: typer.Context, as_json: AsJson = False) -> None:
    """Cases that look like one, the surest first."""
    with session_of(context).api() as api:
        page = api.get("/doubts")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], [f"#{case['number']}" for case in one["cases"]], f"{one['sure']:.0%}", one["why"])
        for one in page["items"]
    ]
    show_table(["id", "cases", "sure", "why"], rows, empty="No two cases look like one.")


@grouping.command("dismiss")
def dismiss(context: typer.Context, doubt: Annotated[str, typer.Argument(metavar="DOUBT")]) -> None:
    """They are not one: it is not proposed again."""
    with session_of(context).api() as api:
        api.post(f"/doubts/{part(doubt)}/dismiss", {})
    line(f"{doubt} is dismissed")


@grouping.command("list")
def list_lessons(
    context: typer.Context,
    state: Annotated[Literal["proposed", "taught", "refused"], typer.Option(help="Which ones.")] = "proposed",
    as_json: AsJson = False,
) -> None:
    """Kinds of alerts that belong together, or do not, by what people merged and split."""
    with session_of(context).api() as api:
        page = api.get("/lessons/grouping", state=state)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["verdict"], one["words"], one["people"], f"{one['weight']:.1f}", *_came(one["came_of_it"]))
        for one in page["items"]
    ]
    came = ["right before", "since", "so"] if state == "taught" else []
    show_table(["id", "says", "how we know", "people", "weight", *came], rows, empty=f"No lesson is {state}.")


def _came(effect: Any) -> tuple[str, ...]:
    if effect is None:
        return ()
    return (f"{effect['before_right']} of {effect['before']}", f"{effect['since_right']} of {effect['since']}",
            effect["told"].replace("_", " "))  # fmt: skip


@grouping.command("try")
def attempt(context: typer.Context, lessons: Lessons, as_json: AsJson = False) -> None:
    """Read the alerts of the last days again with these, and say what would change. Changes nothing."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/grouping/try", {"ids": lessons})
    _judged(judged, as_json=as_json)
    if not judged["fits"]:
        raise typer.Exit(FAILED)


@grouping.command("teach")
def teach(context: typer.Context, lessons: Lessons, as_json: AsJson = False) -> None:
    """Teach these, if no case that was right would not be any more."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/grouping/teach", {"ids": lessons})
    _judged(judged, as_json=as_json)


@grouping.command("refuse")
def refuse(context: typer.Context, lesson: Annotated[str, typer.Argument(metavar="LESSON")], reason: Reason) -> None:
    """Not to be taught, or not any more."""
    with session_of(context).api() as api:
        done = api.post(f"/lessons/grouping/{part(lesson)}/refuse", {"reason": reason})
    line(f"{done['id']} is refused")


def _key(text: str) -> dict[str, str]:
    source, sign, fingerprint = text.partition(":")
    if not (source and sign and fingerprint):
        raise usage(f"{text[:80]!r} is no alert: write SOURCE:FINGERPRINT, as `tickless case storm --json` shows them")
    return {"fingerprint": fingerprint, "source": source}


def _change(context: typer.Context, path: str, body: dict[str, Any], *, as_json: bool) -> None:
    with session_of(context).api() as api:
        done = api.post(path, body)
    if as_json:
        print_json(done)
        return
    told = {"merge": "merged into", "split": "split off to"}[done["kind"]]
    away = ", ".join(f"case {one['number']}" for one in done["out_of"])
    back = "" if done["undone_at"] is None else "undone: "
    line(f"{back}{away} {told} case {done['into']['number']}: {done['alerts']} alerts, {done['people']} people")
    if done["undone_at"] is None:
        line(f"take it back: tickless case undo {done['id']} --reason …", style="dim")


def _related(context: typer.Context, path: str, body: dict[str, Any], *, as_json: bool) -> None:
    with session_of(context).api() as api:
        done = api.post(path, body)
    if as_json:
        print_json(done)
        return
    line(f"case {done['number']} " + ("is a child now" if done["parent"] else "stands by itself"))


def _judged(judged: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(judged)
        return
    line(f"{judged['alerts']} alerts of {judged['cases']} cases read again: {judged['moved']} would stand with others")
    line(f"pairs put rightly: {judged['before']:.1%} without, {judged['after']:.1%} with them")
    for what, told in (("helped", "would be right"), ("harmed", "would be BROKEN")):
        for case in judged[what]:
            line(f"{told}: {case}", indent=2)
    line("fits" if judged["fits"] else "does not fit: nothing of it may be taught")


def _show_storm(found: dict[str, Any]) -> None:
    case = found["case"]
    line(f"#{case['number']} {case['title']}", style="bold")
    show_pairs({
        "one case of": f"{found['alerts']} alerts and {found['reports']} reports ({found['compression']:.1%} made no case)",
        "repeats": found["repeats"] or None, "still firing": found["firing"], "people": found["people"] or None,
        "from": moment(found["first"]), "to": moment(found["last"]),
        "parent": f"#{found['parent']['number']}" if found["parent"] else None,
        "children": [f"#{one['case']['number']}: {one['found'] or one['case']['state']}" for one in found["children"]] or None,
        "merged in": [f"#{one['number']}" for one in found["merged"]] or None,
        "suspects": found["suspects"] or None,
    })  # fmt: skip
    for lane in found["lanes"]:
        lead = " ← the case is about it" if lane["leads"] else ""
        line(f"{_picture(found, lane)} {lane['name']}: {lane['count']} ({', '.join(lane['needs'])}){lead}", indent=2)
    line("why they are one", style="bold")
    for one in found["joins"]:
        line(f"{one['count']} × {one['why']}", indent=2)
    if found["left_out"]:
        line("left out, and why", style="bold")
    for one in found["left_out"]:
        where = f"case {one['case']}" if one["case"] else "no case"
        line(f"{one['count']} × {one['title']} ({where}): {one['why']}", indent=2)
    for one in found["regroups"]:
        state = "undone" if one["undone_at"] else one["stands_against"] or "can be undone"
        line(f"{one['id']} {one['kind']} by {one['by']}: {one['reason']} ({state})", indent=2, style="dim")
    for one in found["doubts"]:
        others = [case["number"] for case in one["cases"] if case["number"] != found["case"]["number"]]
        line(f"looks like case {others[0]} (sure by {one['sure']:.0%}): {one['why']}", indent=2)


def _picture(found: dict[str, Any], lane: dict[str, Any]) -> str:
    """The lane as a row of bars: when how much was heard."""
    first, last = (dt.datetime.fromisoformat(found[name]) for name in ("first", "last"))
    length = (last - first) / WIDTH or dt.timedelta(microseconds=1)
    heard = [0] * WIDTH
    for slot in lane["slots"]:
        place = min(int((dt.datetime.fromisoformat(slot["at"]) - first) / length), WIDTH - 1)
        heard[place] += slot["fired"] + slot["resolved"]
    most = max(heard) or 1
    return "".join(BARS[0 if not one else 1 + one * (len(BARS) - 2) // most] for one in heard)
