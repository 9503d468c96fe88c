"""A description → its sentences and clauses: what each does, under which condition. Pure and total."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.stages.act.architect.words import plain

LONGEST = 8_000
"""Characters of a description."""
_END = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n+\s*(?:[-*•]|\d+[.)])?\s*|(?<=[a-z])[:]\s+(?=\S)")
_HEAD = re.compile(
    r"^(?:and |but |then |first,? |finally,? |in the end,? )?"
    r"(only if|if|whenever|when|as soon as|in case|once|should|unless|provided that|as long as|after|before|for)\s+(.+?)"
    r"\s*(?:,\s*(?:then\s+)?|\bthen\b\s*|:\s*)(.+)$"
)
_TAIL = re.compile(
    r"^(.+?)[,]?\s+(but only if|only if|if|unless|when(?:ever)?|in case|provided(?: that)?|as long as|after|should)\s+(.+)$"
)
_ELSE = re.compile(r"^(?:and |but )?(otherwise|else|if not|if so|if yes|if no)\b[,:]?\s*(.*)$")
_NUMBERED = re.compile(r"(?:(?<=\s)|^)(?:step )?\d+[.)]\s+(?=[A-Z])")
_LABELS = (
    (re.compile(r"\b(?:trigger|when it begins|start)\s*:\s*", re.I), "When "),
    (re.compile(r"\b(?:roll ?back|undo|on failure)\s*:\s*", re.I), "If it fails, "),
    (
        re.compile(
            r"\b(?:steps?|procedure|actions?|verification|check|precondition|output|result)\s*:\s*(?=[A-Za-z])", re.I
        ),
        "",
    ),
)
_ASIDE = re.compile(r"\s*\(((?:otherwise|if|unless)\b[^()]*)\)")
_LATER = re.compile(r"^after ((?:\w+ )?\w+ (?:seconds?|minutes?|hours?|days?|weeks?)),? (?!of|the|it)(.+)$")
_VERBS = (
    "add|alert|apply|approve|ask|assign|await|back|begin|block|bounce|bring|cancel|change|check|clean|clear|close|collect|"
    "confirm|cordon|create|deactivate|delete|deploy|disable|do(?! not)|drain|empty|enable|end|"
    "ensure|escalate|explain|find|free|generate|"
    "get|give|go|grant|hand|have|if|increase|inform|install|invite|issue|join|keep|launch|"
    "leave|let|lock|look|lower|make|mark|measure|"
    "message|move|note|notify|open|page|pass|pause|point|post|print|provide|purge|push|"
    "put|raise|read|reactivate|rebuild|recycle|"
    "reduce|release|reload|remind|remove|renew|replace|report|request|reset|restart|restore|retry|return|revert|revoke|roll|"
    "rotate|run|scale|schedule|see|send|set|show|shut|sign|start|stop|suspend|switch|take|tell|test|throw|transfer|try|turn|"
    "uncordon|undo|uninstall|unlock|update|upgrade|use|vacuum|verify|wait|warn|watch|welcome|wipe|withdraw|write"
)
_ADVERB = r"(?:(?:first|then|also|afterwards|finally|next|immediately|please|now|only then)\s+)?"
_ACTOR = (
    r"(?:(?:a|an|the|their|some|two|three|one|whoever|somebody|someone|both)\b[^,;]{0,40}?\b(?:must|"
    r"has to|have to|should|needs? to|"
    r"approves?|agrees?|prepares?|replaces?|swaps?|sets? up|makes?|takes? over|gets?|is granted|decides?|puts?|checks?)\b)"
)
_JOINT = re.compile(
    rf"(?:,?\s+and then\s+|,\s*then\s+|,?\s+then\s+|;\s*|,\s*(?:and|but)\s+|\s+and\s+|"
    rf",\s*)(?={_ADVERB}(?:(?:{_VERBS})\b|{_ACTOR}))"
)
_ORDER = re.compile(
    r"^(?:(?:first|then|next|afterwards|after that|after this|finally|lastly|in the end|now|also|and|but|please|otherwise|"
    r"at the end|to begin with|only then|here|therefore|so|\d+[.)])\b[,:]?\s*)+"
)


@dataclass(frozen=True)
class Clause:
    """One thing, in plain small letters. `condition`: under which it holds; `turned`: under which it does not (unless);
    `otherwise`: the last condition did not hold; `likewise`: it did (if so)."""

    text: str
    condition: str | None = None
    turned: bool = False
    otherwise: bool = False
    likewise: bool = False
    head: str = ""
    """The word that the condition began with, where it stood in front."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as it was written, and its clauses in order."""

    written: str
    clauses: tuple[Clause, ...]


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Every sentence; none: there are no words."""
    found = []
    for part in _END.split(_unlabelled(text[:LONGEST])):
        written = part.strip().strip("-•* ").strip()
        if re.search(r"\w", written):
            found.append(Sentence(written, tuple(_clauses(plain(written).rstrip(".!;: ")))))
    return tuple(found)


def _unlabelled(text: str) -> str:
    """Without the numbers of a list, its labels as words, and asides as sentences of their own."""
    bare = _NUMBERED.sub("\n", text)
    for label, word in _LABELS:
        bare = label.sub(word, bare)
    asides = [found[1] for found in _ASIDE.finditer(bare)]
    return "\n".join([_ASIDE.sub("", bare), *(f"{one[:1].upper()}{one[1:]}." for one in asides)])


def _clauses(text: str) -> list[Clause]:
    other = _ELSE.match(text)
    if other is not None and not other[1].startswith("if not on"):
        inner = _clauses(other[2]) if other[2] else []
        yes = other[1] in {"if so", "if yes"}
        return [Clause(one.text, one.condition, one.turned, not yes, yes, one.head) for one in inner]
    later = _LATER.match(text)
    if later is not None:
        return [Clause(f"wait {later[1]}"), *_clauses(later[2])]
    head = _HEAD.match(text)
    if head is not None:
        word, condition, rest = head[1], _ORDER.sub("", head[2]), head[3]
        more = _runs_on(condition, rest)
        if more is not None:
            condition, rest = more
        return [
            Clause(one.text, condition, word == "unless", one.otherwise, head=word)
            if one.condition is None
            else Clause(one.text, f"{condition} and {one.condition}", one.turned, head=word)
            for one in _clauses(rest)
        ]
    return [made for piece in _pieces(text) for made in _with_tail(piece)]


def _runs_on(condition: str, rest: str) -> tuple[str, str] | None:
    """`if a, b or c, do this`: the condition ends where something is done."""
    if _JOINT.match(", " + rest) or re.match(rf"{_ADVERB}(?:{_VERBS}|{_ACTOR})\b", rest):
        return None
    further = re.match(r"^(.+?),\s*(.+)$", rest)
    if further is None or not re.match(rf"{_ADVERB}(?:{_VERBS})\b", further[2]):
        return None
    return f"{condition}, {further[1]}", further[2]


def _pieces(text: str) -> list[str]:
    pieces = [_ORDER.sub("", piece.strip(" ,")) for piece in _JOINT.split(text)]
    return [piece for piece in pieces if piece]


def _with_tail(piece: str) -> list[Clause]:
    inner = _ELSE.match(piece)
    if inner is not None and inner[2]:
        return [
            Clause(inner[2], otherwise=inner[1] not in {"if so", "if yes"}, likewise=inner[1] in {"if so", "if yes"})
        ]
    head = _HEAD.match(piece)
    if head is not None:
        return [Clause(head[3], head[2], head[1] == "unless", head=head[1])]
    tail = _TAIL.match(piece)
    if tail is None or (
        re.search(r"\b(ask|see|find out|look|check|tell|know)\w*\b[^,]*$", tail[1]) and tail[2] == "if"
    ):
        return [Clause(piece)]
    return [Clause(tail[1].strip(" ,"), tail[3], tail[2] == "unless")]
