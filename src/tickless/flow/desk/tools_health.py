"""The tools of outside servers, for the doctor."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.flow.desk.promise import Check
from tickless.flow.desk.tools import Toolbox

MOST_NAMED = 5


def tool_checks(boxes: Iterable[Toolbox]) -> list[Check]:
    """One line for each server; not well where one cannot be looked at, or a tool changed since somebody read it."""
    return [_check(box) for box in boxes]


def _check(box: Toolbox) -> Check:
    name, mend = f"tools {box.instance}", f"`tickless tool list {box.instance}`"
    if box.trouble:
        return Check(name, ok=False, detail=f"cannot be looked at: {box.trouble}", mend="is the server there?")
    changed = [row.name for row in box.rows if row.state == "changed"]
    if changed:
        told = ", ".join(changed[:MOST_NAMED])
        return Check(name, ok=False, detail=f"changed since somebody read them, so not called: {told}", mend=mend)
    told = f"{len(box.rows) - box.waiting} that somebody read, {box.waiting} that nobody has"
    return Check(name, ok=True, detail=told, mend=mend if box.waiting else "")
