"""Transcripts of calls: who said what. Pure; any text gives turns, and no word is lost."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from tickless.domain.record import Record

Speaker = Literal["agent", "caller", "unknown"]
LONGEST = 200_000
"""Signs of a transcript that are read."""
AGENTS = frozenset(
    {"agent", "service desk", "servicedesk", "help desk", "helpdesk", "desk", "support", "operator", "analyst", "it"}
)
CALLERS = frozenset({"caller", "customer", "user", "employee", "client", "requester"})
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_STAMP = re.compile(rf"^\s*[\[(]?{_TIME}[\])]?\s*(?:-(?=\s)\s*)?")
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}.*$|^\s*WEBVTT.*$")
_LABEL = re.compile(r"^\s*(?P<who>[^\W\d_][\w .'’()-]{0,59}?)\s*(?:#?\d{1,2})?\s*[:>]\s*(?P<said>.*)$")
_VOICE = re.compile(r"^\s*<v(?:\.\w+)*\s+(?P<who>[^>]{1,60})>(?P<said>.*?)(?:</v>)?\s*$")
_ALONE = re.compile(
    r"(?:(?:yes|yeah|yep|no|nope|ok|okay|right|sure|correct|exactly|hello|hi|thanks|thank you|bye|goodbye|mhm|uh-?huh|please|"
    r"one moment|go ahead|good (?:morning|afternoon|evening|day))[\s,.!]*)+",
    re.IGNORECASE,
)


class Turn(Record):
    """What one of them said until the other spoke."""

    speaker: Speaker
    text: str


def read_transcript(text: str, *, agents: Collection[str] = (), callers: Collection[str] = ()) -> tuple[Turn, ...]:
    """The turns in order. `agents`, `callers`: names that stand as labels besides `Agent:`, `Caller:` and the like.

    Only known labels begin a turn ("Error: no route" does not); times and WebVTT cues are left out. Without any label there is
    one turn, of `unknown`.
    """
    known: dict[str, Speaker] = {**dict.fromkeys(AGENTS, "agent"), **dict.fromkeys(CALLERS, "caller")}
    known.update((_plain(name), "agent") for name in agents)
    known.update((_plain(name), "caller") for name in callers)
    turns: list[tuple[Speaker, list[str]]] = []
    for line in text[:LONGEST].splitlines():
        if not line.strip() or _CUE.match(line):
            continue
        speaker, said = _labelled(line, known)
        if speaker is None:
            speaker = turns[-1][0] if turns else "unknown"
        if not turns or turns[-1][0] != speaker:
            turns.append((speaker, []))
        if said:
            turns[-1][1].append(said)
    return tuple(Turn(speaker=who, text="\n".join(said)) for who, said in turns if said)


def _labelled(line: str, known: dict[str, Speaker]) -> tuple[Speaker | None, str]:
    voice = _VOICE.match(line)
    if voice is not None:
        return known.get(_plain(voice["who"]), "unknown"), voice["said"].strip()
    bare = _STAMP.sub("", line, count=1)
    label = _LABEL.match(bare)
    speaker = known.get(_plain(label["who"])) if label else None
    if label is None or speaker is None:
        return None, line.strip()
    return speaker, label["said"].strip()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def is_transcript(turns: Sequence[Turn]) -> bool:
    """Does it say who speaks?"""
    return any(turn.speaker != "unknown" for turn in turns)


def callers_words(turns: Sequence[Turn]) -> str:
    """What the caller said, without bare courtesies: the only words that are understood as needs. Where nobody is named as the
    speaker, all of it is what the desk typed for the caller."""
    if not is_transcript(turns):
        return "\n".join(turn.text for turn in turns)
    said = [turn.text for turn in turns if turn.speaker == "caller"]
    telling = [text for text in said if not _ALONE.fullmatch(text.strip())]
    return "\n".join(telling or said)
