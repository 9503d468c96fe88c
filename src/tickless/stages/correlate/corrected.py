"""What people put right, as the rules heed it: which cases a trouble must not join, and which it must. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.domain.case import Case
from tickless.stages.correlate.core import Placed, Trouble, recent
from tickless.stages.correlate.grouping.corrections import RULING, AlarmKind, Correction, Corrections


def allowed(trouble: Trouble, cases: Iterable[Case], corrections: Corrections) -> list[Case]:
    """Those that people have not said to be something else. The very same trouble at the same place stays the same."""
    if not corrections:
        return list(cases)
    return [case for case in cases if _same(trouble, case) or not _rules(_said(trouble, case, corrections), "part")]


def together(placed: Placed, trouble: Trouble, cases: Iterable[Case], corrections: Corrections) -> Placed:
    """A trouble that would stand alone joins the newest case that people said to belong with it."""
    if placed.case is not None or not corrections:
        return placed
    for case in cases:
        said = _said(trouble, case, corrections)
        if said is not None and _rules(said, "join") and case.kind == "incident" and recent(trouble.at, case):
            return Placed("join", case, f"People put these together: {said.words}", by="people")
    return placed


def kind_of(trouble: Trouble) -> AlarmKind:
    """What corrections call it."""
    return AlarmKind(trouble.need, trouble.service or "")


def _said(trouble: Trouble, case: Case, corrections: Corrections) -> Correction | None:
    return corrections.between(kind_of(trouble), AlarmKind(case.need or "unknown", case.service or ""))


def _rules(said: Correction | None, verdict: str) -> bool:
    return said is not None and said.verdict == verdict and abs(said.signed) >= RULING


def _same(trouble: Trouble, case: Case) -> bool:
    return case.subject == trouble.subject and case.need == trouble.need
