"""`tickless tool …`: tools that outside servers offer, and what people say of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, Reason, print_json, session_of, usage

tool = typer.Typer(
    no_args_is_help=True,
    help="Tools of outside (MCP) servers: list, look, classify, withdraw, history. Only what somebody read is called.",
)
Instance = Annotated[str, typer.Argument(metavar="CONNECTOR", help="The server, by its name in the settings.")]
Name = Annotated[str, typer.Argument(metavar="TOOL", help="From `tickless tool list`.")]
SHORTEST_HASH = 8


@tool.command("list")
def list_tools(
    context: typer.Context,
    instance: Annotated[str | None, typer.Argument(metavar="[CONNECTOR]", help="Of this server only.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what somebody has to read.")] = False,
    as_json: AsJson = False,
) -> None:
    """List tools and how each stands: new, classified, changed (not called any more), gone."""
    with session_of(context).api() as api:
        boxes = [api.get(f"/tools/{part(instance)}")] if instance else api.get("/tools")["items"]
    if as_json:
        print_json(boxes)
        return
    _show(boxes, waiting=waiting)


@tool.command("look")
def look(context: typer.Context, instance: Instance, as_json: AsJson = False) -> None:
    """Ask a server for its tools now."""
    with session_of(context).api() as api:
        box = api.post(f"/tools/{part(instance)}/look", {})
    if as_json:
        print_json(box)
        return
    _show([box], waiting=False)


@tool.command("classify")
def classify(
    context: typer.Context,
    instance: Instance,
    name: Name,
    effect: Annotated[str, typer.Argument(help="read, change or destroy: the worst it could do.")],
    *,
    sha256: Annotated[str, typer.Option("--hash", help="Of the tool that you read; its first 8 signs are enough.")],
    idempotent: Annotated[
        bool, typer.Option(help="Called twice with the same arguments it has its effect once.")
    ] = False,
    undo: Annotated[str, typer.Option(help="The tool that takes it back, with the same arguments.")] = "",
    verify: Annotated[str, typer.Option(help="A tool that reads whether it worked.")] = "",
    note: Annotated[str, typer.Option(help="What you saw in it; goes on record.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a tool does. It may then be called so, for as long as it stays the very tool that you read."""
    if len(sha256) < SHORTEST_HASH:
        raise usage(f"give at least {SHORTEST_HASH} signs of the hash")
    with session_of(context).api() as api:
        box = api.get(f"/tools/{part(instance)}")
        whole = next((one["sha256"] for one in box["tools"] if one["name"] == name), None) or ""
        given = whole if whole.startswith(sha256.lower()) else sha256.lower().ljust(64, "0")[:64]
        body = {"tool": name, "sha256": given, "effect": effect, "idempotent": idempotent, "undo": undo,
                "verify": verify, "note": note}  # fmt: skip
        said = api.post(f"/tools/{part(instance)}/classify", body)
    if as_json:
        print_json(said)
    else:
        line(f"{name} of {instance} is classified as {effect}; runbooks call it by {instance}.{_door(effect)}")


@tool.command("withdraw")
def withdraw(context: typer.Context, instance: Instance, name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Take back what was said of a tool: it is not called any more."""
    with session_of(context).api() as api:
        said = api.post(f"/tools/{part(instance)}/withdraw", {"tool": name, "reason": reason})
    if as_json:
        print_json(said)
    else:
        line(f"{name} of {instance} is not classified any more")


@tool.command("history")
def history(context: typer.Context, instance: Instance, name: Name, as_json: AsJson = False) -> None:
    """Everything that was ever said of a tool."""
    with session_of(context).api() as api:
        page = api.get(f"/tools/{part(instance)}/history", tool=name)
    if as_json:
        print_json(page)
        return
    rows = [
        (moment(one["at"]), one["by"], one["effect"], one["sha256"][:12], one["note"],
         f"withdrawn by {one['withdrawn_by']}" if one["withdrawn_by"] else None)
        for one in page["items"]
    ]  # fmt: skip
    show_table(["when", "who", "effect", "hash", "note", ""], rows, empty="Nobody has said anything of it.")


def _show(boxes: list[Any], *, waiting: bool) -> None:
    rows = [
        (box["instance"], one["name"], one["state"], one["said"]["effect"] if one["said"] else None,
         (one["sha256"] or "")[:12], ", ".join(one["arguments"]), one["description"])
        for box in boxes
        for one in box["tools"]
        if not waiting or one["state"] in {"new", "changed"}
    ]  # fmt: skip
    show_table(["server", "tool", "is", "effect", "hash", "arguments", "the server says"], rows,
               empty="No tools, or nobody has looked yet: `tickless tool look CONNECTOR`.")  # fmt: skip
    for box in boxes:
        if box["trouble"]:
            line(f"{box['instance']} could not be looked at: {box['trouble']}")


def _door(effect: str) -> str:
    return "ask" if effect == "read" else effect
