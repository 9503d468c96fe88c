"""Where an alert goes in the end. Odds decide, over the cases whose storms run; what the rules say of the map and of classes is
one reason among them, and the word of people and the very same trouble at the same place are heeded before. Pure.

A class that somebody has a procedure for keeps a case of its own, unless it explains the one that runs, or is only felt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tickless.domain.case import Case
from tickless.domain.finding import OUTAGES
from tickless.stages.correlate.core import CAUSES, FAILING, HARMLESS, Placed, Trouble, is_symptom, recent
from tickless.stages.correlate.grouping.alarm import Fit, Reason, Weighed, in_words, nothing_new
from tickless.stages.correlate.grouping.grouper import SURE, alone
from tickless.stages.correlate.placing import Union

RULE = 2.0
"""What it weighs that the rules would put it there (logarithm of the odds)."""
TELLING_TEXT = 2.5
"""Weight from which a text links what the map does not: an identifier that both have."""
PAST = 2.5
"""What it weighs that people had the very same trouble some hours ago."""
NEAR = 0.5
"""What it weighs that both need something in common."""
ECHO = 0.9
"""Probability from which the same class elsewhere in a storm is taken to quote what is broken, and not to be broken, too."""
YOUNG = dt.timedelta(minutes=30)
"""How long a case may be found to be part of another one by the house itself."""
_AT_WORK = frozenset({"acting", "verifying"})


@dataclass(frozen=True)
class _Choice:
    case: Case
    fit: Fit


def decide(rules: Placed, weighed: Weighed, trouble: Trouble, *, find: Callable[[str], Case | None]) -> Placed:
    """`rules`: what they say; `find`: a case that takes alerts in, by its id, which is the name of its storm."""
    if rules.by in {"before", "same", "people"} or trouble.need in HARMLESS:
        return rules
    if weighed.how == "apart":
        return rules if rules.by == "past" else Placed("open", None, weighed.fits[0].why)
    choices = []
    for fit in _with_rules(weighed, rules):
        case = rules.case if rules.case is not None and rules.case.id == fit.group else _takes(find(fit.group), trouble)
        if case is not None:
            choices.append(_Choice(case, fit))
    if not choices or _leads_to_what_is_over(weighed, choices):
        return rules
    sure = nothing_new(one.fit.weight for one in choices)
    best = max(choices, key=lambda one: (one.fit.weight, -one.case.number))
    if sure < SURE or not _links(best.fit.reasons):
        return Placed("open", None, in_words(alone(weighed)) if rules.case is not None else rules.why)
    placed = _joined(rules, best, trouble, sure)
    return placed if trouble.symptom else _leading(placed, best.case, trouble, sure)


def _leads_to_what_is_over(weighed: Weighed, choices: Sequence[_Choice]) -> bool:
    """Whether an alert that was heard before was in a trouble that has ended since: where it stood then says nothing of what it
    belongs to now, and it was not weighed against anything else."""
    return weighed.how != "weighed" and not {one.fit.group for one in choices} & {fit.group for fit in weighed.fits}


def _with_rules(weighed: Weighed, rules: Placed) -> list[Fit]:
    """The fits, with the word of the rules as one reason more."""
    if rules.case is None:
        return list(weighed.fits)
    weight = {"past": PAST, "near": NEAR}.get(rules.by, RULE)
    said = Reason("rule", weight, rules.why)
    found = [
        Fit(fit.group, fit.weight + weight, (said, *fit.reasons)) if fit.group == rules.case.id else fit
        for fit in weighed.fits
    ]
    if all(fit.group != rules.case.id for fit in weighed.fits):
        found.append(Fit(rules.case.id, weight, (said,)))
    return found


def _joined(rules: Placed, best: _Choice, trouble: Trouble, sure: float) -> Placed:
    ruled = rules.case is not None and rules.case.id == best.case.id
    if ruled:
        return rules
    if best.fit.reasons[0].kind == "repeat":
        return Placed("join", best.case, best.fit.why, stale=best.case.state == "handed_off")
    return Placed("join", best.case, f"It belongs to a storm that runs (sure by {sure:.0%}). {best.fit.why}")


def _leading(placed: Placed, case: Case, trouble: Trouble, sure: float) -> Placed:
    """What becomes of a trouble that is no symptom, and of the case of its storm."""
    if is_symptom(case.need):
        if case.state == "open":
            return replace(placed, take_over=True)
        return Placed("open", None, f"It may be what is behind case {case.number}. {placed.why}", explained=(case,))
    felt = trouble.need in OUTAGES and case.need in CAUSES | FAILING
    echo = trouble.need == case.need and sure >= ECHO
    if case.service != trouble.service and (felt or echo):
        return placed
    return Placed("open", None, "What is broken keeps a case of its own, for which there may be a procedure.")


def union_of(case: Case, other: Case, why: str, *, now: dt.datetime) -> Union | None:
    """Two cases whose storms are one, as the house may put them together: the part is young, and nobody has a procedure for
    just what it is about, unless that is only felt. Whether anything was done about it is looked at by who does it."""
    whole, part = sorted((case, other), key=lambda one: (one.state in _AT_WORK, not is_symptom(one.need), -one.number))[
        ::-1
    ]
    if part.state not in {"open", "handed_off"} or now - part.opened_at > YOUNG:
        return None
    if HARMLESS & {part.need, whole.need}:
        return None
    if (
        part.kind != "incident"
        or whole.kind not in {"incident", "risk"}
        or not (whole.live or whole.state == "handed_off")
    ):
        return None
    felt = part.need in OUTAGES and whole.need in CAUSES | FAILING and whole.service != part.service
    return Union(whole.id, part.id, why) if is_symptom(part.need) or felt else None


def _links(reasons: tuple[Reason, ...]) -> bool:
    """Time alone joins nothing: the map, a rule, people, or an identifier in the text has to."""
    return any(
        (one.kind in {"map", "rule", "person"} and one.weight > 0) or (one.kind == "text" and one.weight >= TELLING_TEXT)
        or one.kind == "repeat"
        for one in reasons
    )  # fmt: skip


def _takes(case: Case | None, trouble: Trouble) -> Case | None:
    """Whether a case can take something in: an incident of machines that runs, or that people have had since a moment ago."""
    if case is None or case.door != "machine" or case.need in HARMLESS or (case.subject or "").startswith("person:"):
        return None
    runs = case.live or case.state == "handed_off"
    return case if runs and case.kind in {"incident", "risk"} and recent(trouble.at, case) else None
