"""The clauses of a description, in order → a sketch. Pure: what there is comes in as `Means`."""

from __future__ import annotations

import re

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.kinds import KINDS
from tickless.stages.act.architect.matching import condition_parts, doing_in, stated_in, topic_of
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.page import Drawing
from tickless.stages.act.architect.reading import Clause, Sentence
from tickless.stages.act.architect.sketch import Became, Sketch

_OPENING = re.compile(
    r"^(a|an|the|some\w*('s)?|any\w*('s)?|people|employees?|users?|on|for|before|after|whenever|all|our|one|two|three|ten|"
    r"fourteen|thirty|twenty|\d+|customers?|new)\b"
)
_ACTING = re.compile(
    r"\b(approv\w+|agree\w*|by hand|manually|take ?s? over|prepares?|replaces?|must|has to|have to|needs? to (approve|agree))\b"
)
_MACHINE = re.compile(
    r"\b(alert|alarm|monitor\w*|probe|threshold|metric|fires|warns|disk|file ?system|"
    r"certificate|\btls\b|pool|node|pods?|process|"
    r"deployment|workflow|service|web ?shop|application (is|does)|replica|table|error rate|release|server|database|queue)\b"
)
_HUMAN = re.compile(
    r"\b(somebody|someone|employees?|persons?|people|users?|colleagues?|manager|contractors?|"
    r"hires?|asks?|request\w*|wants?|needs?|"
    r"says?|writes?|reports?|forgot\w*|leaves?|requester)\b"
)
_CLOCK = re.compile(
    r"\b(every|each) (night|day|morning|evening|week|month|hour|weekday|weekend|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|"
    r"sunday)\b|\b(nightly|daily|weekly|monthly|hourly)\b|\bat \d{1,2}[:.]\d\d\b|\bevery \d+ (minutes|hours|days)\b"
)


def draw(sentences: tuple[Sentence, ...], means: Means) -> Sketch:
    """Everything that the sentences say, as far as it can be expressed with what there is."""
    drawing = Drawing(means, words.plain(" ".join(one.written for one in sentences)))
    for number, sentence in enumerate(sentences):
        parts: list[str] = []
        kept: tuple[object, Under] | None = None
        for place, written in enumerate(sentence.clauses):
            clause: Clause | None = written
            if number == 0:
                clause = _opened(drawing, written, parts) if place == 0 else _alongside(drawing, written, sentence)
            if clause is None:
                continue
            mark = (clause.condition, clause.turned, clause.otherwise, clause.likewise)
            under = drawing.conditions.of(clause, drawing.topic) if kept is None or mark != kept[0] else kept[1]
            kept = (mark, under)
            parts += _drawn(drawing, clause, under)
        drawing.sketch.told.append(Became(sentence.written, tuple(parts)))
    drawing.operating.finish()
    return drawing.sketch


def _alongside(drawing: Drawing, clause: Clause, sentence: Sentence) -> Clause:
    """A further clause of the first sentence: what stands under the beginning needs no condition."""
    shared = clause.condition is not None and clause.condition == sentence.clauses[0].condition
    return Clause(clause.text) if shared and drawing.sketch.trigger else clause


def _opened(drawing: Drawing, clause: Clause, parts: list[str]) -> Clause | None:
    """The first clause: when it all begins. What is left of it to be done, if anything."""
    if clause.condition is None:
        acts = doing_in(clause.text) is not None and not re.search(
            r"\b(is|are|has|have|wants?|needs?|asks?|requests?)\b", clause.text
        )
        if not _OPENING.match(clause.text) or _ACTING.search(clause.text) or acts:
            _of_machine(drawing, drawing.whole)
            return clause
        _trigger(drawing, clause.text, parts, turned=False)
        return None
    condition, left = clause.condition, None
    ending = re.search(
        r"^(do nothing|stop|change nothing|hand|pass|escalate|leave|there is nothing|join)\b", clause.text
    )
    pieces = condition_parts(condition)
    if ending is not None and len(pieces) > 1:
        condition, left = " and ".join(one for _, one in pieces[:-1]), pieces[-1][1]
    elif ending is not None:
        _of_machine(drawing, condition)
        drawing.topic = topic_of(condition)
        return clause
    _trigger(drawing, condition, parts, turned=clause.turned)
    return Clause(clause.text, left)


def _trigger(drawing: Drawing, text: str, parts: list[str], *, turned: bool) -> None:
    sketch = drawing.sketch
    sketch.trigger = text
    _of_machine(drawing, text)
    drawing.topic = topic_of(text)
    parts.append(f"begins when: {text}" if not turned else f"begins unless: {text}")
    if _CLOCK.search(text):
        parts.append(
            drawing.gap(
                text, "nothing here begins by the clock: a need, an alert or a person starts a runbook", look=False
            )
        )
        return
    for _, part in condition_parts(text):
        stated = stated_in(part, topic_of(part, drawing.topic))
        if stated is None:
            continue
        told = drawing.conditions.before_all(stated, turned=turned)
        if told:
            parts.append(told)


def _of_machine(drawing: Drawing, text: str) -> None:
    human = _HUMAN.search(text) is not None and "alert" not in text and "monitor" not in text
    drawing.sketch.inputs.machine = not human and _MACHINE.search(text) is not None


def _drawn(drawing: Drawing, clause: Clause, under: Under) -> list[str]:
    text = clause.text
    found: list[str] = []
    if _CLOCK.search(text):
        why = "nothing here begins by the clock: a need, an alert or a person starts a runbook; let your scheduler call it"
        found.append(drawing.gap(_CLOCK.search(text)[0], why, look=False))  # type: ignore[index]
        text = _CLOCK.sub("", text).strip(" ,")
        if not text or text in {"at", "on"}:
            return found
        clause = Clause(text, clause.condition, clause.turned, clause.otherwise, clause.likewise)
    if under.gap:
        return [*found, drawing.gap(f"{clause.text} ({clause.condition or 'otherwise'})", under.gap, look=False)]
    drawing.topic = topic_of(clause.condition or "", drawing.topic)
    for kind in KINDS:
        became = kind(drawing, text, under)
        if became is not None:
            drawing.topic = topic_of(text, drawing.topic)
            return [*found, f"{became}{under.told}"]
    if re.fullmatch(r"(only|so|and|it|say so|now)?", text):
        return found
    why = drawing.operating.why_not(text)
    return [*found, drawing.gap(clause.text, why)]
