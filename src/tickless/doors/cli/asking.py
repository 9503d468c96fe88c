"""`tickless ask`: say something and watch what comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import ApiClient, part
from tickless.doors.cli.output import line, said
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, tell
from tickless.doors.cli.telling import show_story

LOOK_EVERY = 0.3
SETTLE = 3.0
"""Seconds to wait after an answer for a case to come of it."""


@dataclass
class _Talk:
    """A conversation as it goes."""

    conversation: str
    after: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    answered_at: float | None = None

    def look(self, api: ApiClient) -> list[dict[str, Any]]:
        """What is new."""
        where = f"/conversations/{part(self.conversation)}"
        new: list[dict[str, Any]] = api.get(f"{where}/messages", after=self.after)["items"]
        self.cases = api.get(f"{where}/cases")["items"]
        self.messages += new
        self.after = new[-1]["id"] if new else self.after
        if any(message["author"] == "tickless" for message in new):
            self.answered_at = time.monotonic()
        return new

    def waits_for_people(self) -> bool:
        """Nothing more comes by itself: answered, over, or somebody has to speak first."""
        if self.answered_at is None:
            return False
        quiet = time.monotonic() - self.answered_at
        live = [case for case in self.cases if case["live"]]
        if any(case["state"] not in {"awaiting_person", "awaiting_approval"} for case in live):
            return False
        return quiet >= (1.0 if self.cases else SETTLE)


def ask(
    context: typer.Context,
    *,
    text: Annotated[str, typer.Argument(help="What the person says.")],
    as_: Annotated[str | None, typer.Option("--as", help="Who says it: id or user name. Default: yourself.")] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Nobody checked who it is: what needs to know will ask.")
    ] = False,
    conversation: Annotated[str | None, typer.Option("--conversation", help="Go on with this conversation.")] = None,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to watch for the outcome.")] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Say something as a person does, and watch until it is resolved."""
    body = {"text": text, "as": as_, "unverified": unverified, "conversation": conversation}
    with session_of(context).api() as api:
        old = api.get(f"/conversations/{part(conversation)}/messages", limit=200)["items"] if conversation else []
        taken = api.post("/conversations/messages", {name: value for name, value in body.items() if value is not None})
        talk = _Talk(taken["conversation"], after=old[-1]["id"] if old else "")
        _follow(api, talk, wait=wait, quiet=as_json)
        stories = [api.get(f"/cases/{case['id']}/story") for case in talk.cases[:3]]
    if as_json:
        print_json({"conversation": talk.conversation, "messages": talk.messages, "stories": stories})
    else:
        _tell(talk, stories)
    if wait and talk.answered_at is None:
        tell(f"nothing was answered within {wait:g} seconds", mend="wait longer, or run: tickless doctor")
        raise typer.Exit(FAILED)


def _follow(api: ApiClient, talk: _Talk, *, wait: float, quiet: bool) -> None:
    """Print lines as they come, until nothing more comes by itself or the time is up."""
    deadline = time.monotonic() + wait
    while True:
        for message in talk.look(api):
            if not quiet:
                said(message["name"], "(private: only they can read it)" if message["hidden"] else message["text"])
        if talk.waits_for_people() or time.monotonic() >= deadline:
            return
        time.sleep(LOOK_EVERY)


def _tell(talk: _Talk, stories: list[dict[str, Any]]) -> None:
    for story in stories:
        line("")
        show_story(story)
    if any(case["state"] == "awaiting_person" for case in talk.cases):
        line("")
        line(f"To answer: tickless ask … --conversation {talk.conversation}", style="dim")
    if any(case["state"] == "awaiting_approval" for case in talk.cases):
        line("")
        line("To see what waits: tickless approve list", style="dim")
