"""What of a message is to be read: the writer's own words, with a pasted trace and words to the machine set apart. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.domain.signal import Signal
from tickless.stages.understand.hostile import commands_in, without_commands
from tickless.stages.understand.letters import Letter, read_letter
from tickless.stages.understand.text import clean
from tickless.stages.understand.traces import Trace, split_trace

_PASSED = re.compile(r"^\s*(?:re|aw|sv|antw|fwd?|wg|tr|rv|i)\s*(?:\[\d+\])?:", re.IGNORECASE)


@dataclass(frozen=True)
class Prepared:
    """`text` is read for needs. `hostile`: it spoke to the machine, and those words are blank now."""

    text: str
    letter: Letter
    trace: Trace | None
    hostile: bool


def prepare(text: str) -> Prepared:
    """Take a cleaned text apart."""
    letter = read_letter(text)
    own, trace = split_trace(letter.text)
    return Prepared(without_commands(own), letter, trace, commands_in(own))


def message_text(signal: Signal) -> str:
    """What the person wrote: the body, with the title in front of it unless the body begins with the title.

    The subject of an answered or forwarded mail is somebody's earlier words and is left out.
    """
    title, body = clean(signal.title.raw), clean(signal.body.raw)
    if not body or _flat(body).startswith(_flat(title.rstrip("…."))) or _PASSED.match(title):
        return body or title
    return f"{title}\n{body}" if title else body


def _flat(text: str) -> str:
    return " ".join(text.split())
