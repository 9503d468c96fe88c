"""How somebody is paged while they are on call: their own page, and for operators that of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.oncall_rules import USUAL, PagingRulesDraft, Ways
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.oncall_forms import Given, read, rows_of
from tickless.doors.console.practice_pages import Sent, acts, names_in
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.oncall_rules import RulesShown
from tickless.practices.oncall.rules import all_in_words

ROWS = 6
"""Ways that the form has room for; a file has room for more."""
KINDS = ("urgent", "other")
_NAMES = ((r"(urgent|other)\.again", r"\1-again"), (r"(urgent|other)(\..*)?", r"\1"))


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/on-call/rules", "own_cases", own),
        frame.show("/on-call/rules/{id}", "own_cases", page),
        *acts(frame, "/on-call/rules", {"keep": keep, "drop": drop}),
    ]


def own(visit: Visit) -> Screen:
    """One's own; `person` leads to somebody else's. An account that is nobody's begins with the first whom it may choose."""
    asked = visit.asked("person")
    if asked is None and visit.visitor.person is None and visit.visitor.may("act"):
        asked = next((key for key, _ in names_in(visit).pick_person()), None)
    return _screen(visit, asked)


def page(visit: Visit) -> Screen:
    return _screen(visit, visit.path("id"))


def _screen(visit: Visit, person: str | None, given: Given | None = None) -> Screen:
    desk, by = visit.desk.practices.on_call.rules, keeper_of(visit.visitor)
    shown = desk.show(person, by=by)
    mine = visit.visitor.person is not None and visit.visitor.person.id == shown.person
    others = [one for one in desk.listed() if one.person != shown.person] if visit.visitor.may("act") else []
    names = names_in(
        visit, [shown.person, *(one.person for one in others), shown.rules.made_by if shown.rules else None]
    )
    given = given or Given(_values(shown))
    return Screen("oncall_rules.html", {
        "shown": shown, "mine": mine, "names": names, "others": others, "rows": _rows(given), "words": _words(shown),
        "given": given, "long": _long(shown),
        "channels": [(USUAL, "the usual channel"), *((name, name) for name, _ in shown.channels)],
    }, 422 if given.errors else 200)  # fmt: skip


def _rows(given: Given) -> dict[str, int]:
    """How many to draw: those with minutes, and two more."""
    filled = {kind: [number for number, _ in rows_of(given.values, kind, ("after",), most=ROWS)] for kind in KINDS}
    return {kind: min(ROWS, max(numbers, default=-1) + 3) for kind, numbers in filled.items()}


def _words(shown: RulesShown) -> list[tuple[str, str]]:
    quiet = shown.rules.quiet if shown.rules else ""
    urgent, other = all_in_words(shown.urgent), all_in_words(shown.other)
    return [
        ("Urgent", urgent),
        ("Not urgent", "the same" if urgent == other else other),
        ("Quiet hours", quiet or "none"),
    ]


def _long(shown: RulesShown) -> bool:
    """Whether they were written in a file, with more ways than the form has room for."""
    return max(len(shown.urgent.steps), len(shown.other.steps)) > ROWS


def _values(shown: RulesShown) -> dict[str, str]:
    found = {"quiet": shown.rules.quiet if shown.rules else ""} | _filled("urgent", shown.urgent)
    return found | (_filled("other", shown.rules.other) if shown.rules and shown.rules.other else {})


def _filled(kind: str, ways: Ways) -> dict[str, str]:
    found = {f"{kind}-again": str(ways.again or "")}
    for number, step in enumerate(ways.steps):
        found |= {f"{kind}-{number}-after": str(step.after), f"{kind}-{number}-by": step.by}
    return found


def _ways(values: Mapping[str, str], kind: str) -> dict[str, Any] | None:
    """What a part of the form says; None where it is empty. A row counts once it has minutes."""
    rows = [row for _, row in rows_of(values, kind, ("after", "by"), most=ROWS) if row["after"]]
    again = values.get(f"{kind}-again", "").strip()
    if not rows and not again:
        return None
    return {"steps": [{"after": row["after"], "by": row["by"] or USUAL} for row in rows], "again": again or None}


def keep(sent: Sent) -> str | Screen:
    given = {"urgent": _ways(sent.form, "urgent") or {"steps": []}, "other": _ways(sent.form, "other"),
             "quiet": sent.text("quiet", 200)}  # fmt: skip
    draft, errors = read(PagingRulesDraft, given, names=_NAMES)
    if draft is not None:
        try:
            sent.desk.on_call.rules.keep(sent.key, draft, by=sent.by)
        except BadInput as error:
            errors = {"": f"{error.public}: {error.mend}"}
        else:
            return f"/on-call/rules/{sent.key}"
    return _screen(sent.visit, sent.key, Given(dict(sent.form), errors))


def drop(sent: Sent) -> str:
    return f"/on-call/rules/{sent.desk.on_call.rules.drop(sent.key, by=sent.by).person}"
