"""Clauses that ask for an operation, and how long one may take."""

from __future__ import annotations

import re

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.matching import active, doing_in, resolved, topic_of
from tickless.stages.act.architect.page import Drawing
from tickless.stages.act.architect.passwords import temporary_password


def timeout_of(drawing: Drawing, length: str) -> str:
    for one in drawing.sketch.steps:
        if one["id"] == drawing.sketch.done[-1].step:
            one["timeout"] = length
    return f"step “{drawing.sketch.done[-1].step}” may take {length}"


def operate(drawing: Drawing, text: str, under: Under) -> str | None:
    """An operation that changes something."""
    clause = resolved(active(text), drawing.topic)
    doing = doing_in(clause, drawing.topic)
    if doing is None:
        return None
    if under.failing:
        return drawing.gap(
            text,
            "when a check fails, what was changed is taken back and people take over; nothing else is begun",
            look=False,
        )
    if doing.use == "directory.set_password":
        return temporary_password(drawing.operating, under.written)
    same = [one for one in drawing.sketch.done if one.doing is doing]
    if same and drawing.operating.loop is None and "older_than" not in str(same[-1].given) and under.expression is None:
        return f"done by step “{same[-1].step}”"
    drawing.operating.limit = (
        words.size_mb(text)
        if re.search(r"\b(up to|at most|never|no more than|maximum)\b", text)
        else drawing.operating.limit
    )
    try:
        told = drawing.operating.do(doing, clause, under.written)
    except LookupError as error:
        return drawing.gap(text, str(error))
    drawing.conditions.checked = drawing.conditions.ended = drawing.conditions.beforehand = False
    if topic_of(clause):
        drawing.topic = topic_of(clause)
    length = words.duration(text)
    if length and re.search(r"\b(within|take up to|at most|no longer than|timeout)\b", text):
        told += f"; {timeout_of(drawing, length)}"
    return told
