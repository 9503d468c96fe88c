"""A message of the house → the content of an `m.room.message` (words, HTML, and what reactions mean). Pure.

Matrix has no buttons: what can be pressed elsewhere is a reaction here, or words. The meanings stand in the message itself, so
that they are found again after years, and are believed only in messages that we sent ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tickless.connectors.matrix.events import BUTTONS
from tickless.sdk.capabilities.chat import Amended, Outgoing
from tickless.sdk.face import Button, Row, face_of
from tickless.sdk.spelled import Part, as_html, as_text, is_cancel, is_yes_no, line, spell

NUMBERS = (*(f"{n}\ufe0f\u20e3" for n in range(1, 10)), "\U0001f51f")
LETTERS = tuple(chr(0x1F1E6 + n) for n in range(26))
"""For the second question of a message: regional letters A, B, C."""
YES, NO, STOP = "\u2705", "\u274c", "\u23f9\ufe0f"
MOST_PUT_DOWN = 6
"""Reactions that we put below a message ourselves, for others to press."""
MOST_BYTES = 50_000
"""Of a message's content: an event with everything around it has at most 65,536."""
LONGEST_VALUE = 1_000
MOST_SHOWN = 50
FORMAT = "org.matrix.custom.html"


@dataclass(frozen=True)
class Rendered:
    """The content to send, and the reactions to put below it."""

    content: dict[str, Any]
    reactions: tuple[str, ...]


def render(out: Outgoing) -> Rendered:
    """A message with everything that can be pressed."""
    rows = face_of(out.card, home=out.home).rows
    keys = _keys(rows)
    meanings = {key: _meaning(button) for row, own in zip(rows, keys, strict=True) for key, button in own.items()}
    extra: dict[str, Any] = {BUTTONS: meanings} if meanings else {}
    if thread := out.address.get("thread", ""):
        extra["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": thread},
        }
    content = _fitting(out, extra, lambda row: _draw(row, keys[rows.index(row)]))
    return Rendered(content, tuple(meanings) if len(meanings) <= MOST_PUT_DOWN else ())


def render_over(out: Amended) -> dict[str, Any]:
    """The same message as an edit, with nothing left to press, and what came of it."""
    plain = Outgoing(address=out.address, text=out.text, card=out.card, home=out.home)
    new = _fitting(plain, {BUTTONS: {}}, lambda row: [], most=MOST_BYTES // 2, note=line(out.note, 300))
    relates = {"rel_type": "m.replace", "event_id": out.external}
    return {"msgtype": "m.text", "body": f"* {new['body']}", "m.new_content": new, "m.relates_to": relates}


def _fitting(
    out: Outgoing,
    extra: dict[str, Any],
    draw: Callable[[Row], list[Part]],
    *,
    most: int = MOST_BYTES,
    note: str | None = None,
) -> dict[str, Any]:
    """The content. Where it is too big the text gives way, and what can be pressed stays. `note`: it is over."""
    limit = len(out.text)
    while True:
        text = out.text if limit >= len(out.text) else out.text[:limit] + "…"
        parts = spell(out.model_copy(update={"text": text}), draw)
        if note is not None:
            parts = [part for part in parts if "answer with" not in part.text.lower()] + ([Part(note)] if note else [])
        content = {"msgtype": "m.text", "body": as_text(parts).strip() or "…", "m.mentions": {}}
        content |= {"format": FORMAT, "formatted_body": as_html(parts), **extra}
        if limit < 100 or len(json.dumps(content, ensure_ascii=False).encode()) <= most:
            return content
        limit = limit * 2 // 3


def _keys(rows: tuple[Row, ...]) -> list[dict[str, Button]]:
    """Which reaction means which button, row by row; none twice."""
    found: list[dict[str, Button]] = []
    numbered = 0
    for row in rows:
        if is_cancel(row):
            found.append({STOP: row.buttons[0]})
        elif is_yes_no(row):
            found.append({YES if button.tone == "yes" else NO: button for button in row.buttons})
        else:
            signs = (NUMBERS, LETTERS)[min(numbered, 1)]
            fit = [button for button in row.buttons if all(len(one) <= LONGEST_VALUE for one in button.values.values())]
            found.append(dict(zip(signs, fit, strict=False)))
            numbered += 1
    return found


def _draw(row: Row, keys: dict[str, Button]) -> list[Part]:
    label = [Part(row.label)] if row.label else []
    pressed = list(keys.values())
    lines = [f"{key} {line(button.label, 300)}" for key, button in keys.items()]
    lines += [f"• {line(button.label, 300)}" for button in row.buttons if button not in pressed][:MOST_SHOWN]
    typed = is_cancel(row) or all(button.says for button in row.buttons)
    how = "React with the sign, or answer in words." if typed else "React with the sign."
    return [*label, Part("\n".join([*lines, how]))] if lines else label


def _meaning(button: Button) -> dict[str, Any]:
    given: dict[str, Any] = {"deed": button.deed, "ref": button.ref, "values": button.values}
    given |= {"says": "" if button.deed else button.says, "label": line(button.label, 200)}
    return {name: value for name, value in given.items() if value}
