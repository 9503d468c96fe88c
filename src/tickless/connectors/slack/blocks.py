"""The few Block Kit parts that are used here, each within Slack's limits whatever is put in. Pure.

https://docs.slack.dev/reference/block-kit/blocks: 50 blocks a message, 3,000 signs a section, 75 on a button, 25 elements in a
row of actions, 100 options in a menu, 10 elements in a context.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tickless.connectors.slack import buttons
from tickless.connectors.slack.buttons import FIELD, OURS, Button
from tickless.connectors.slack.words import escape, linked, tidy

Block = dict[str, Any]
MOST_BLOCKS = 50
SECTION = 3_000
LABEL = 75
OPTIONS = 100
ROW = 25
VALUE = 150
ALL_WORDS = 12_000
"""Of one message: beyond about 13,000 signs Slack refuses the whole of it."""


def cut(text: str, limit: int) -> str:
    """At most `limit` signs, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain(text: str, limit: int = LABEL) -> Block:
    """Plain text of at least one sign."""
    return {"type": "plain_text", "text": cut(" ".join(tidy(text).split()), limit) or "…", "emoji": False}


def _markdown(text: str) -> Block:
    """`verbatim`: Slack is not to look for names and channels in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def sections(text: str, *, most: int = ALL_WORDS) -> list[Block]:
    """Plain words as sections. Cut where a line or a word ends, before it is escaped: never in the middle of an entity."""
    found: list[Block] = []
    used = 0
    for piece in _pieces(tidy(text)):
        words = linked(piece)
        if used + len(words) > most:
            found.append({"type": "section", "text": _markdown("…")})
            break
        used += len(words)
        found.append({"type": "section", "text": _markdown(words)})
    return found


def _pieces(text: str) -> Iterable[str]:
    """Pieces that are no longer than a section once escaped: `&` becomes five signs, a sign before a shout two."""
    while text:
        end = min(len(text), SECTION)
        while len(linked(text[:end])) > SECTION:
            end = end * 2 // 3
        if end < len(text):
            end = _break_before(text, end)
        piece, text = text[:end].strip(), text[end:].strip()
        if piece:
            yield piece


def _break_before(text: str, end: int) -> int:
    for mark in ("\n", " "):
        found = text.rfind(mark, end // 2, end)
        if found > 0:
            return found
    return end


def bold(text: str, limit: int = 300) -> Block:
    """A line of its own, bold. Asterisks in it would end that."""
    return {
        "type": "section",
        "text": _markdown(f"*{escape(cut(' '.join(tidy(text).split()), limit)).replace('*', '∗') or '…'}*"),
    }


def context(*lines: str) -> Block:
    """Small print; the lines are escaped already."""
    kept = [_markdown(line) for line in lines if line and len(line) <= 2_000][:10]
    return {"type": "context", "elements": kept or [_markdown("…")]}


def button(label: str, carries: Button, *, number: int = 0, style: str = "") -> Block:
    """A button. `number` tells those of one row apart."""
    made = {
        "type": "button",
        "text": plain(label),
        "action_id": f"{OURS}:press:{number}",
        "value": buttons.write(carries),
    }
    return {**made, "style": style} if style else made


def link_button(label: str, url: str) -> Block:
    return {"type": "button", "text": plain(label), "action_id": f"{OURS}:link", "url": url[:3_000], "style": "primary"}


def row(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements[:ROW])}


def different(options: Iterable[str]) -> list[str]:
    """Options that can be told apart and say something."""
    return list(dict.fromkeys(filter(None, map(tidy, options))))


def menu(options: Sequence[str], *, action: str) -> Block:
    """A menu of short options, each its own value."""
    kept = different(options)[:OPTIONS]
    return {
        "type": "static_select",
        "action_id": action[:255],
        "placeholder": plain("Choose"),
        "options": [{"text": plain(option), "value": option[:VALUE]} for option in kept],
    }


def text_field(*, action: str) -> Block:
    return {"type": "plain_text_input", "action_id": action[:255], "max_length": 1_000}


def input_block(name: str, label: str, element: Block, *, needed: bool = True, at_once: bool = False) -> Block:
    """A field. `at_once`: it is handed in with the return key."""
    made = {
        "type": "input",
        "block_id": f"{FIELD}{name}"[:255],
        "label": plain(label, 2_000),
        "element": element,
        "optional": not needed,
    }
    if at_once:
        made["dispatch_action"] = True
        made["element"] = {**element, "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    return made
