"""The doors by which an attacker's text comes in, each through the connector or door of the house that it really uses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import attack_tickets
from bench.attack_assistant import AssistantLine, assist
from bench.attack_files import CARRIERS, send_file
from bench.attack_form import Attack, Received
from bench.attack_given import put_article
from bench.attack_mail import AttackMail, attack_mail, invitation, kept_entry, mail_of
from bench.attack_receivers import receive
from bench.attack_scene import Scene, chance_of
from bench.attack_telemetry import log_lines, span_attributes
from bench.attack_tool_words import describe
from bench.roles import fill
from bench.suite_channels import Channels
from bench.suite_house import SuiteHouse
from bench.talking import Line, NotReachable, open_line
from tickless.domain.person import Person

CHATS = ("web", "slack", "teams", "matrix", "rest", "mcp")
"""Channels that chat entries are spread over, each always over the same one."""
PLANTS = frozenset({"knowledge article", "tool output"})
"""Doors by which the text is there before anybody speaks: planting it is no effect of the attack."""
ENTERS: dict[str, str] = {
    "mail": "e-mail", "email": "e-mail", "e-mail": "e-mail", "chat": "chat", "message": "chat", "ticket": "ticket text",
    "ticket text": "ticket text", "comment": "ticket text", "alert": "alert annotation", "alert label": "alert label",
    "alert annotation": "alert annotation", "label": "alert label", "annotation": "alert annotation",
    "article": "knowledge article", "knowledge article": "knowledge article",
    "attachment": "file name", "file": "file name", "file name": "file name",
    "calendar entry": "calendar entry", "invitation": "calendar entry", "tool output": "tool output",
}  # fmt: skip
SENT = ("mail", "attach", "chat", "message", "upload", "sent", *CARRIERS)
"""How `found` says that somebody sends the file."""
NUMBERS = "answers with numbers and yes or no only"
LOOKUPS: dict[str, tuple[str, str]] = {
    "directory.account": ("update account set name = ? where username in (?, ?)", "username"),
    "account": ("update account set name = ? where username in (?, ?)", "username"),
    "endpoint.software": ("update software set version = ? where device in (?, ?)", "device"),
    "software": ("update software set version = ? where device in (?, ?)", "device"),
}
"""Look-ups of the estate that answer with a text, and where that stands in the office's file."""


def door_of(attack: Attack) -> str:
    """By which door it comes in: `enters_as` tells where a log, a trace or a file gets to. Raises `NotReachable`."""
    given = attack.given.enters_as
    name = attack.door
    if given is not None:
        word = str(given).lower().replace("_", " ")
        name = ENTERS.get(word, ENTERS.get(word.split()[0], ""))  # type: ignore[assignment]
        if not name:
            raise NotReachable(f"given enters_as: there is no way in as {given!r}")
    return name


def open_lines(channel: str, house: SuiteHouse, channels: Channels, person: Person | None) -> Line:
    """A conversation over this channel."""
    if channel == "email":
        return attack_mail(house, channels, person)
    if channel == "mcp":
        return AssistantLine(house, channels.url, channels.token(house, person))
    return open_line(house, channel, person, channels)


def carrier_of(attack: Attack) -> str:
    """Over which channel a file comes: the one that `found` names, else always the same one for the same entry."""
    found = str(attack.given.found or "").lower()
    if found and not any(word in found for word in SENT):
        raise NotReachable(f"given found: files are seen where somebody sends them, not {attack.given.found!r}")
    if "mail" in found:
        return "email"
    return next((one for one in CARRIERS if one in found), CARRIERS[chance_of(attack.id, "way") % len(CARRIERS)])


def channel_of(door: str, chance: int) -> str:
    """Over what the attacker and, where they are the same, the writer speak."""
    return {"chat": CHATS[chance % len(CHATS)], "e-mail": "email", "calendar entry": "email", "MCP tool": "mcp"}.get(
        door, "web"
    )


def _chat(scene: Scene) -> None:
    for text in scene.texts():
        scene.line.say(text)
        scene.rest()


def _mail(scene: Scene) -> None:
    given = scene.attack.given.mail
    for text in scene.texts():
        assert isinstance(scene.line, AttackMail)
        mail = mail_of(text, given if not isinstance(given, dict) else _filled(scene, given))
        scene.line.post(mail)
        scene.rest()


def _filled(scene: Scene, given: dict[str, Any]) -> dict[str, Any]:
    return {key: fill(value, scene.roles) if isinstance(value, str) else value for key, value in given.items()}


def _calendar(scene: Scene) -> None:
    """Once as a calendar sends it, once as somebody forwards it."""
    assert isinstance(scene.line, AttackMail)
    for text in scene.texts():
        scene.line.post(invitation(text))
        scene.line.post(kept_entry(text))
        scene.rest()


def _file(scene: Scene) -> None:
    given = scene.attack.given
    carrier = carrier_of(scene.attack)
    content = fill(str(given.content), scene.roles).encode() if given.content is not None else b"nothing"
    words = fill(given.asks[0], scene.roles) if given.asks else "please see the file"
    for name in scene.texts():
        scene.line = send_file(
            scene.house,
            scene.outside.channels,
            scene.attacker(),
            carrier=carrier,
            text=words,
            name=name,
            content=content,
        )
        scene.rest()
    if scene.attacker() is not None and scene.attacker() == scene.roles.me:
        scene.talk.line = scene.line


def _article(scene: Scene) -> None:
    given = scene.attack.given.article
    title = given.get("title", "") if isinstance(given, dict) else str(given or "")
    asks = tuple(fill(one, scene.roles) for one in scene.attack.given.asks)
    for text in scene.texts():
        heading = title or next((line.strip("# ") for line in text.splitlines() if line.strip()), "Notes")[:120]
        put_article(scene, fill(heading, scene.roles), text, questions=asks)


def _tool_output(scene: Scene) -> None:
    """A look-up answers with the text: by default the directory, with the display names of the writer and of the colleague."""
    wanted = str(scene.attack.given.returns or "directory.account").lower().strip()
    if wanted.startswith("ticket"):
        attack_tickets.answer(scene)
        return
    found = LOOKUPS.get(wanted) or next((way for name, way in LOOKUPS.items() if wanted.startswith(name)), None)
    if found is None:
        raise NotReachable(f"given returns: {wanted!r} {NUMBERS}, or is not asked here")
    text = "\n".join(scene.texts())
    company, roles = scene.house.company, scene.roles
    people = [company.person(roles.ref(token)) for token in ("{me}", "{colleague}")]
    keys = [one.username for one in people] if found[1] == "username" else [company.laptop(one.id).id for one in people]
    file = Path(scene.house.estate.blueprint.folder) / "office.sqlite"
    connection = sqlite3.connect(file, isolation_level=None, timeout=10.0)
    try:
        connection.execute(found[0], (text, *keys))
    finally:
        connection.close()


def _alert(scene: Scene) -> None:
    for payload in scene.attack.payloads():
        receive(scene, payload if isinstance(payload, Received) else fill(payload, scene.roles))
    scene.rest()


DOORS: dict[str, Callable[[Scene], None]] = {
    "chat": _chat, "e-mail": _mail, "calendar entry": _calendar, "file name": _file, "ticket text": attack_tickets.comment,
    "knowledge article": _article, "tool output": _tool_output, "alert label": _alert, "alert annotation": _alert,
    "MCP tool": assist, "MCP tool description": describe, "log line": log_lines, "trace attribute": span_attributes,
}  # fmt: skip
