"""`tickless lesson …`: what the language brain could be taught, because of how cases ended."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of

lesson = typer.Typer(no_args_is_help=True, help="What people's words could teach: list, add, try, teach, refuse.")
TOLD = (("helped", "would be understood"), ("harmed", "would be LOST"), ("otherwise", "would be read differently"))
Lessons = Annotated[list[str], typer.Argument(metavar="LESSON…", help="Ids, as `tickless lesson list` shows them.")]
State = Literal["heard", "proposed", "taught", "refused"]


@lesson.command("list")
def list_lessons(
    context: typer.Context,
    state: Annotated[State, typer.Option(help="heard: not understood, and not clear yet.")] = "proposed",
    as_json: AsJson = False,
) -> None:
    """List lessons, the newest first."""
    with session_of(context).api() as api:
        page = api.get("/lessons", state=state)
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["text"], one["need"], one["taken_for"], one["source"], one["people"], moment(one["at"]))
        for one in page["items"]
    ]
    show_table(
        ["id", "said", "means", "taken for", "how we know", "people", "at"], rows, empty=f"No lesson is {state}."
    )


@lesson.command("waiting")
def waiting(context: typer.Context, as_json: AsJson = False) -> None:
    """Everything that the house proposes, with its gates, and what came of what was taught."""
    with session_of(context).api() as api:
        found = api.get("/lessons/waiting")
    if as_json:
        print_json(found)
        return
    rows = [(one["title"], one["count"], one["gate"], one["who"]) for one in found["waiting"]]
    show_table(["what", "wait", "gate", "whose word"], rows, empty="")
    came = [
        (one["need"], one["lessons"], f"{one['before_understood']} of {one['before']}",
         f"{one['after_understood']} of {one['after']}", one["told"].replace("_", " "))
        for one in found["effects"]
    ]  # fmt: skip
    if came:
        show_table(["need", "lessons", "understood before", "since", "verdict"], came, empty="")


@lesson.command("add")
def add(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="A sentence as a person would write it.")],
    need: Annotated[str, typer.Argument(help="What it means, such as vpn_trouble.")],
) -> None:
    """Propose a sentence. It is not taught before it was tried."""
    with session_of(context).api() as api:
        made = api.post("/lessons", {"text": text, "need": need})
    line(f"{made['id']} is {made['state']}: `tickless lesson try {made['id']}`")


@lesson.command("try")
def attempt(context: typer.Context, lessons: Lessons, as_json: AsJson = False) -> None:
    """Read the past again with these taught besides, and say what would change. Changes nothing."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/try", {"ids": lessons})
    if as_json:
        print_json(judged)
    else:
        _show(judged)
    if not judged["fits"]:
        raise typer.Exit(FAILED)


@lesson.command("teach")
def teach(context: typer.Context, lessons: Lessons, as_json: AsJson = False) -> None:
    """Teach these, if nothing that is understood would be lost."""
    with session_of(context).api() as api:
        judged = api.post("/lessons/teach", {"ids": lessons})
    if as_json:
        print_json(judged)
    else:
        _show(judged)
        line(f"taught: {len(lessons)}. It counts with the next message.")


@lesson.command("refuse")
def refuse(
    context: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="LESSON")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
) -> None:
    """Not to be taught, or not any more."""
    with session_of(context).api() as api:
        done = api.post(f"/lessons/{part(identity)}/refuse", {"reason": reason})
    line(f"{done['id']} is refused")


@lesson.command("refusal")
def refusal(
    context: typer.Context,
    by: Annotated[
        Literal["outcomes", "teaching"] | None, typer.Option(help="Refuse as the outcomes say, or as it was taught.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Below which confidence a guess is refused, and what the ends of the last 90 days speak for."""
    with session_of(context).api() as api:
        found = api.put("/lessons/refusal", {"by": by}) if by else api.get("/lessons/refusal")
    if as_json:
        print_json(found)
        return
    wanted = f"the outcomes of {found['messages']} messages speak for {found['by_outcomes']:.0%}"
    line(f"refused below {found['threshold']:.0%}; {wanted}")
    line(
        f"of what was understood rightly that refuses {found['refused_now']:.1%} and {found['refused_then']:.1%}; "
        f"{found['may_be_refused']:.0%} may be"
    )


def _show(judged: dict[str, Any]) -> None:
    line(f"{judged['read']} sentences read again")
    for what, told in TOLD:
        for one in judged[what]:
            line(f"  {told}: “{one['text']}” ({_needs(one['now'])} → {_needs(one['then'])})")
    for text in judged["contrary"]:
        line(f"  says the opposite of what is sure now, and too few people speak for it: “{text}”")
    line(f"of taught sentences that were left out: {judged['gained']} gained, {judged['lost']} lost")
    line("fits" if judged["fits"] else "does not fit: nothing of it may be taught")


def _needs(needs: list[str]) -> str:
    return ", ".join(needs).replace("_", " ") or "nothing"
