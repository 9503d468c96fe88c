"""What our buttons carry: written by the renderer, read when they come back. Slack returns it as it was. Pure.

A `value` holds at most 2,000 signs, an `action_id` 255, and an `action_id` stands once in a block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tickless.connectors.slack.envelope import read_json

OURS = "tickless"
LONGEST_VALUE = 2_000
LONGEST_ANSWER = 1_000
FIELD = "field:"


@dataclass(frozen=True)
class Button:
    """`deed`, `ref`, `values`: see `sdk.Spoken`. `says`: words instead of a deed. `gathers`: with the fields beside it."""

    deed: str = ""
    ref: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    gathers: bool = False


def write(button: Button) -> str:
    """At most `LONGEST_VALUE` signs: what is too long is cut."""
    for longest in (LONGEST_ANSWER, 300, 40):
        values = {name[:100]: value[:longest] for name, value in list(button.values.items())[:10]}
        parts = {"d": button.deed, "r": button.ref[:200], "v": values, "s": button.says[:longest], "g": button.gathers}
        text = json.dumps({key: value for key, value in parts.items() if value}, ensure_ascii=False)
        if len(text) <= LONGEST_VALUE:
            return text
    return "{}"


def read(value: str) -> Button | None:
    """None for what none of our buttons carries."""
    found = read_json(value)
    deed, ref, says, values = found.get("d", ""), found.get("r", ""), found.get("s", ""), found.get("v", {})
    if not all(isinstance(one, str) for one in (deed, ref, says)) or not isinstance(values, dict) or not (deed or says):
        return None
    plain = {str(key): str(one) for key, one in values.items() if isinstance(one, str)}
    return Button(deed, ref, plain, says, bool(found.get("g")))
