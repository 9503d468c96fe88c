"""Triage at the service desk: what a good agent asks about trouble, and what the caller has said of it already. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from tickless.domain.finding import Finding
from tickless.domain.record import Record
from tickless.stages.understand.transcripts import Turn

Topic = Literal["impact", "symptoms", "since", "change", "service"]
LONGEST = 300
"""Signs of an answer that are kept."""


class Prompt(Record):
    """Something still worth asking."""

    topic: Topic
    question: str
    options: tuple[str, ...] = ()


PROMPTS: tuple[Prompt, ...] = (
    Prompt(topic="service", question="Which service, application or device is it?"),
    Prompt(topic="symptoms", question="What exactly happens, and what does the message on the screen say?"),
    Prompt(
        topic="impact",
        question="How many people have it?",
        options=("only the caller", "a few people", "the whole team", "everybody at the site"),
    ),
    Prompt(topic="since", question="Since when?"),
    Prompt(topic="change", question="Did anything change just before: an update, a new device, a move?"),
)
TOPICS: tuple[Topic, ...] = tuple(prompt.topic for prompt in PROMPTS)

_SAYS: dict[Topic, re.Pattern[str]] = {
    "impact": re.compile(
        r"\b(?:(?:only|just) (?:me|my|mine)\b|nobody else|everyone|everybody|all of us|whole (?:team|floor|office|"
        r"department|site)|my colleagues?|(?:several|a few|many|some|two|three|four|five|six|ten|\d{1,4}) "
        r"(?:of us|people|colleagues|users))",
        re.IGNORECASE,
    ),
    "symptoms": re.compile(
        r"\b(?:it says|message says|error|says that|shows?|screen|crash\w*|freez\w*|frozen|slow|locked|expired|blue ?screen|"
        r"times? out|timed out|won't|will not|can't|cannot|doesn't|not working|stopped|keeps \w+ing|fail\w*|down|broken)\b",
        re.IGNORECASE,
    ),
    "since": re.compile(
        r"\b(?:since (?!i\b|we\b)[\w: ]{2,40}|for (?:about |the last )?(?:an?|\d+|two|three|few) ?(?:minutes?|hours?|days?|"
        r"weeks?)|(?:this|yesterday) (?:morning|afternoon|evening)|yesterday|today|"
        r"(?:an?|\d+|two|three) (?:minutes?|hours?|days?) ago|"
        r"just now|all (?:day|morning|week)|last (?:night|week|friday|monday|tuesday|wednesday|thursday))",
        re.IGNORECASE,
    ),
    "change": re.compile(
        r"\b(?:nothing (?:has )?changed|updated?|upgrade\w*|reinstall\w*|install\w*|new (?:laptop|phone|device|password|desk|"
        r"version|monitor|dock)|changed my|moved (?:desk|office|to)|after (?:the|an?) (?:update|restart|reboot|change|move))",
        re.IGNORECASE,
    ),
}
_ASKS: dict[Topic, re.Pattern[str]] = {
    "impact": re.compile(
        r"\b(?:how many|anyone else|anybody else|only you|just you|others? (?:have|affected))", re.IGNORECASE
    ),
    "symptoms": re.compile(
        r"\b(?:what (?:exactly )?happens|what does it say|error message|what do you see)", re.IGNORECASE
    ),
    "since": re.compile(r"\b(?:since when|when did (?:it|this|that)|how long)", re.IGNORECASE),
    "change": re.compile(
        r"\b(?:(?:any|some)thing change|did you (?:change|install|update)|recent change)", re.IGNORECASE
    ),
    "service": re.compile(r"\b(?:which (?:service|app\w*|system|program|device|laptop))", re.IGNORECASE),
}


def heard(text: str, findings: Sequence[Finding], turns: Sequence[Turn] = ()) -> dict[Topic, str]:
    """What was said already, by topic: in the caller's words, in an answer to the agent's question, or as a thing that is
    known by name."""
    found: dict[Topic, str] = dict(_answers(turns))
    for topic, pattern in _SAYS.items():
        match = pattern.search(text)
        if match is not None and topic not in found:
            found[topic] = _kept(_sentence(text, match.start()) if topic == "symptoms" else match.group())
    named = next(
        (e for finding in findings for e in finding.entities if e.kind in {"service", "app", "device"} and e.ref), None
    )
    if named is not None:
        found.setdefault("service", named.text.tame(LONGEST))
    return {topic: found[topic] for topic in TOPICS if found.get(topic)}


def _answers(turns: Sequence[Turn]) -> dict[Topic, str]:
    """What the caller answered to a question of the agent's about one topic."""
    found: dict[Topic, str] = {}
    for asked, answered in pairwise(turns):
        if (asked.speaker, answered.speaker) != ("agent", "caller"):
            continue
        last = asked.text.rpartition("\n")[2]
        topics = [topic for topic, pattern in _ASKS.items() if pattern.search(last)]
        if len(topics) == 1:
            found[topics[0]] = _kept(answered.text)
    return found


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(mark, 0, at) for mark in ".!?\n") + 1
    ends = [place for mark in ".!?\n" if (place := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))]


def _kept(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def missing(findings: Sequence[Finding], known: Collection[str]) -> tuple[Prompt, ...]:
    """What is still worth asking, in order: only where something is wrong, or nobody knows yet what it is about."""
    needs = [finding for finding in findings if finding.act == "need"]
    trouble = any(finding.kind == "incident" or finding.need is None for finding in needs)
    return tuple(prompt for prompt in PROMPTS if prompt.topic not in known) if trouble else ()


def kept_answers(given: Mapping[str, str]) -> dict[Topic, str]:
    """Answers of known topics, trimmed; empty ones are left out."""
    return {topic: text for topic in TOPICS if (text := _kept(given.get(topic, "")))}
