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
_THE_USER = re.compile(
    r"\b(?:the|my|our|this) (?:end )?(?:user|human|principal)(?P<own>'s)?\b(?! (?:name|id|group|list)s?\b)",
    re.IGNORECASE,
)
_THEIR_OWN = re.compile(r"\b(?:their|his|her|his/her|his or her)\b", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"^\W*(?:(?:urgent|quick|small|general|another|it|a|an|my|need|please|pls|hi|hello|hey|dear|good (?:morning|day|afternoon)|"
    r"help(?: ?desk)?|helpdesk|service ?desk|support|team|question|query|enquiry|inquiry|request|issue|problem|ticket|message|"
    r"mail|info|fyi|important|asap|attention|me|needed|required|wanted|with|about|from|for|the|you|no|without|subject|hilfe|"
    r"frage|ayuda|aide|bonjour|hallo)\W*)+$",
    re.IGNORECASE,
)
"""A subject that only says that there is a message."""


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

    The subject of an answered or forwarded mail is somebody's earlier words and is left out, and so is one that says nothing.
    """
    title, body = clean(signal.title.raw), clean(signal.body.raw)
    if (
        not body
        or _flat(body).startswith(_flat(title.rstrip("….")))
        or _PASSED.match(title)
        or _SAYS_NOTHING.match(title)
    ):
        return body or title
    return f"{title}\n{body}" if title else body


def of_its_person(text: str) -> str:
    """What an assistant writes of the person it speaks for (`the user is locked out of their account`), as they would."""
    told, changed = _THE_USER.subn(lambda found: "my" if found["own"] else "I", text)
    return _THEIR_OWN.sub("my", told) if changed else text


def _flat(text: str) -> str:
    return " ".join(text.split())
