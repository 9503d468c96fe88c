"""Recognises a pasted stack trace and reduces it to its exception and the words in it that may name a record. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FRAME = re.compile(
    r"^\s*(?:at [\w.$<>/`\[\]]+ ?\(.*\)|at [\w.$<>`]+\.[\w.$<>`]+.*| *File \"[^\"]+\", line \d+.*|"
    r"at .+:\d+:\d+\)?|\.\.\. \d+ more|"
    r"goroutine \d+ \[.*\]:|\S+\.(?:go|rb|php|rs):\d+.*|from \S+:\d+:in .*|#\d+ .+\(\d+\).*|\s*in \S+:line \d+)\s*$"
)
_BEGINS = re.compile(
    r"^\s*(?:Traceback \(most recent call last\):|panic: |Exception in thread |Unhandled exception|Fatal error: )"
)
_EXCEPTION = re.compile(
    r"^\s*(?:Caused by: |Exception in thread \S+ |Unhandled exception[.:]? )?"
    r"((?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception|Failure|Timeout|Refused|Interrupt|Warning|Panic)\b[^\n]{0,300}|"
    r"panic: [^\n]{1,300}|"
    r"(?:ORA-\d+|SQLSTATE\S*|E[A-Z]{4,}): [^\n]{1,300})\s*$"
)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,60}")
FEWEST_FRAMES = 2
MOST_TOKENS = 400


@dataclass(frozen=True)
class Trace:
    """`exception`: the line that tells what went wrong. `names`: words in the trace, in order, each once."""

    exception: str
    names: tuple[str, ...]


def split_trace(text: str) -> tuple[str, Trace | None]:
    """The message without the trace, and the trace; the text as it is where there is none."""
    lines = text.split("\n")
    frames = [at for at, line in enumerate(lines) if _FRAME.match(line)]
    begins = [at for at, line in enumerate(lines) if _BEGINS.match(line)]
    exceptions = [at for at, line in enumerate(lines) if _EXCEPTION.match(line)]
    if not exceptions or not (len(frames) >= FEWEST_FRAMES or (begins and frames)):
        return text, None
    near = {*frames, *begins, *(at for at in exceptions if _beside(at, frames, begins))}
    if not near & set(exceptions):
        return text, None
    first, last = min(near), max(near)
    chosen = max((at for at in exceptions if first <= at <= last), key=lambda at: (_is_cause(lines[at]), at))
    told = _EXCEPTION.match(lines[chosen])
    inside = "\n".join(lines[first : last + 1])
    outside = "\n".join([*lines[:first], *lines[last + 1 :]]).strip()
    names = tuple(dict.fromkeys(_TOKEN.findall(inside)))[:MOST_TOKENS]
    return outside, Trace(told.group(1).strip() if told else lines[chosen].strip(), names)


def _beside(at: int, frames: list[int], begins: list[int]) -> bool:
    return any(abs(at - other) <= 3 for other in (*frames, *begins))


def _is_cause(line: str) -> bool:
    return line.lstrip().startswith("Caused by")
