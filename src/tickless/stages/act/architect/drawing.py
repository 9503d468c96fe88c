"""The clauses of a description, in order → a sketch. Pure: what there is comes in as `Means`."""

from __future__ import annotations

import re

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.kinds import KINDS
from tickless.stages.act.architect.kinds_people import approve
from tickless.stages.act.architect.kinds_several import several
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
_VERBAL = re.compile(
    r"\b(is|are|has|have|wants?|needs?|asks?|says?|reports?|does|do|must|can|cannot|forgot|leaves?|not)\b"
)
_EACH = re.compile(r"^(each|every|all)\b")
_NEEDS_YES = re.compile(r"\b(needs?|requires?) (an? |its |the )?(approval|yes|consent|sign-?off)\b")
_SAID_YES = re.compile(r"\b(approv(es|ed|al)|agree[sd]|consent(s|ed)?|sa(id|ys) yes|signed off)\b")
_SAID_NO = re.compile(r"\b(not|no|never|refus\w*|nobody|declin\w*|den\w+)\b")
_CLOCK = re.compile(
    r"\b(every|each) (night|day|morning|evening|week|month|hour|weekday|weekend|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|"
    r"sunday)\b|\b(nightly|daily|weekly|monthly|hourly)\b|\bat \d{1,2}[:.]\d\d\b|\bevery \d+ (minutes|hours|days)\b"
)


def draw(sentences: tuple[Sentence, ...], means: Means) -> Sketch:
    """Everything that the sentences say, as far as it can be expressed with what there is."""
    drawing = Drawing(means, words.plain(" ".join(one.written for one in sentences)))
    begun = 0
    for number, sentence in enumerate(sentences):
        if number == begun and _is_heading(sentence, number, len(sentences)):
            begun += 1
            drawing.topic = topic_of(words.plain(sentence.written), drawing.topic)
            drawing.sketch.told.append(Became(sentence.written, ("what it is called",)))
            continue
        parts: list[str] = []
        kept: tuple[object, Under] | None = None
        for place, written in enumerate(sentence.clauses):
            clause: Clause | None = written
            if number == begun:
                clause = _opened(drawing, written, parts) if place == 0 else _alongside(drawing, written, sentence)
            if clause is None:
                continue
            clause = _asked_first(drawing, clause, parts)
            mark = (clause.condition, clause.turned, clause.otherwise, clause.likewise)
            under = drawing.conditions.of(clause, drawing.topic) if kept is None or mark != kept[0] else kept[1]
            kept = (mark, under)
            parts += _drawn(drawing, clause, under)
        drawing.sketch.told.append(Became(sentence.written, tuple(parts)))
    drawing.operating.finish()
    return drawing.sketch


def _is_heading(sentence: Sentence, number: int, count: int) -> bool:
    """A few words that name the procedure and ask for nothing."""
    bare = words.plain(sentence.written).rstrip(".:")
    few = len(bare.split()) <= 6 and number + 1 < count and number < 2
    return (
        few
        and doing_in(bare) is None
        and stated_in(bare) is None
        and not _VERBAL.search(bare)
        and len(sentence.clauses) == 1
    )


def _asked_first(drawing: Drawing, clause: Clause, parts: list[str]) -> Clause:
    """A condition that is an approval, or a list to go through, becomes what it is; the clause stands without it then."""
    condition = clause.condition or ""
    if condition in drawing.settled:
        return Clause(clause.text, otherwise=clause.otherwise)
    taken = _taken_first(drawing, clause, condition, parts)
    if taken is not clause:
        drawing.settled.add(condition)
    return taken


def _taken_first(drawing: Drawing, clause: Clause, condition: str, parts: list[str]) -> Clause:
    if clause.head in {"for", ""} and _EACH.match(condition if clause.head == "for" else "") is not None:
        became = several(drawing, f"for {condition}", Under())
        if became:
            parts.append(became)
            return Clause(clause.text, otherwise=clause.otherwise)
    if _NEEDS_YES.search(condition) is not None and approve(drawing, clause.text, Under()) is None:
        parts.append(approve(drawing, "ask whoever the app names for approval", Under()) or "")
        return Clause(clause.text if doing_in(clause.text) is not None else "so")
    if _NEEDS_YES.search(condition) is not None:
        return Clause("so")
    if _SAID_YES.search(condition) is not None and not _SAID_NO.search(condition):
        parts.append(approve(drawing, condition, Under()) or "")
        return Clause(clause.text, otherwise=clause.otherwise)
    return clause


def _alongside(drawing: Drawing, clause: Clause, sentence: Sentence) -> Clause:
    """A further clause of the first sentence: what stands under the beginning needs no condition."""
    shared = clause.condition is not None and clause.condition == sentence.clauses[0].condition
    return Clause(clause.text) if shared and drawing.sketch.trigger else clause


def _opened(drawing: Drawing, clause: Clause, parts: list[str]) -> Clause | None:
    """The first clause: when it all begins. What is left of it to be done, if anything."""
    asked = _asked_first(drawing, clause, parts)
    if asked is not clause:
        _of_machine(drawing, drawing.whole)
        return asked
    if clause.condition is None:
        acts = doing_in(clause.text) is not None and not re.search(
            r"\b(is|are|has|have|wants?|needs?|asks?|requests?)\b", clause.text
        )
        begins = _OPENING.match(clause.text) or (
            not acts and doing_in(clause.text) is None and stated_in(clause.text) is not None
        )
        looks = re.match(r"(check|make sure|ensure|verify|look|find|confirm|see|measure)\b", clause.text)
        if not begins or looks or _ACTING.search(clause.text) or acts:
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
