"""Ways to make a figure look well, as they show in cases: of each case it is so, it is not, or nobody can tell. Pure."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tickless.stages.measure.guard.options import GuardSettings
from tickless.stages.measure.metrics.history import CaseHistory

Verdicts = Mapping[str, bool | None]


@dataclass(frozen=True)
class Pattern:
    """`flatters`: the metric that looks better by it."""

    id: str
    name: str
    words: str
    flatters: str
    do: str
    find: Callable[[Sequence[CaseHistory]], Verdicts]


def _close_and_reopen(soon: dt.timedelta, cases: Sequence[CaseHistory]) -> Verdicts:
    again: dict[tuple[str, str], list[dt.datetime]] = {}
    for case in cases:
        if case.person and case.category and case.opened_at:
            again.setdefault((case.person, case.category), []).append(case.opened_at)
    for opened in again.values():
        opened.sort()

    def so(case: CaseHistory) -> bool | None:
        end = case.first_resolved_at
        if end is None:
            return None
        if any(end <= back <= end + soon for back in case.reopened_at):
            return True
        if case.times_reopened is None and not (case.person and case.category):
            return None
        later = again.get((case.person, case.category), [])
        place = bisect.bisect_right(later, end)  # what ends in the moment it came is not its own return
        return place < len(later) and later[place] <= end + soon

    return {case.id: so(case) for case in cases}


def _kind_changes(cases: Sequence[CaseHistory]) -> Verdicts:
    return {case.id: None if case.first_kind is None else case.first_kind != case.kind for case in cases}


def _silence(cases: Sequence[CaseHistory]) -> Verdicts:
    return {case.id: case.silent for case in cases}


def _downgrades(late: float, cases: Sequence[CaseHistory]) -> Verdicts:
    def so(case: CaseHistory) -> bool | None:
        if case.priority is None or case.first_priority is None:
            return None
        if case.priority <= case.first_priority:
            return False
        at, due = case.priority_changed_at, case.sla_due_at
        if at is None or due is None or case.opened_at is None or due <= case.opened_at:
            return True
        return at >= case.opened_at + late * (due - case.opened_at)

    return {case.id: so(case) for case in cases}


def _cherry_picking(older: dt.timedelta, cases: Sequence[CaseHistory]) -> Verdicts:
    """Solved while the same team let an older case of the same or a higher priority wait."""
    found: dict[str, bool | None] = {}
    teams: dict[str, list[CaseHistory]] = {}
    for case in cases:
        if case.team and case.opened_at and case.resolved_at and case.priority is not None:
            teams.setdefault(case.team, []).append(case)
        else:
            found[case.id] = None
    for own in teams.values():
        own.sort(key=lambda case: case.opened_at or dt.datetime.min.replace(tzinfo=dt.UTC))
        opened = [case.opened_at for case in own if case.opened_at]
        latest: list[dict[int, dt.datetime]] = []
        so_far: dict[int, dt.datetime] = {}
        for case in own:
            if case.priority is not None and case.resolved_at is not None:
                so_far = {**so_far, case.priority: max(case.resolved_at, so_far.get(case.priority, case.resolved_at))}
            latest.append(so_far)
        for case in own:
            found[case.id] = _overtakes(case, older, opened, latest)
    return found


def _overtakes(
    case: CaseHistory,
    older: dt.timedelta,
    opened: Sequence[dt.datetime],
    latest: Sequence[Mapping[int, dt.datetime]],
) -> bool | None:
    if case.opened_at is None or case.resolved_at is None or case.priority is None:
        return None
    place = bisect.bisect_right(opened, case.opened_at - older)
    if not place:
        return False
    ended = case.resolved_at
    return any(rank <= case.priority and end > ended for rank, end in latest[place - 1].items())


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _days(count: int) -> str:
    return f"{_SMALL[count] if count < len(_SMALL) else count} day{'s' if count != 1 else ''}"


def patterns_of(rules: GuardSettings) -> tuple[Pattern, ...]:
    """Every pattern, with the bounds that hold here; its words say them."""
    soon, older = dt.timedelta(days=rules.soon), dt.timedelta(days=rules.older)
    return (
        Pattern(
            "close_and_reopen", "Closed, and back again",
            f"Cases that were opened again, or asked anew by the same person about the same, within {_days(rules.soon)} after "
            "they were closed.",
            "mttr_resolve", "Close a case when it is verified or the person says yes, not when the work was done.",
            partial(_close_and_reopen, soon),
        ),
        Pattern(
            "kind_changes", "Kind changed",
            "Cases whose kind was changed after they were opened: an incident that is called a request no longer counts as "
            "one.",
            "incidents", "Look at the cases and ask why; a change of kind needs a reason that others can read.", _kind_changes,
        ),
        Pattern(
            "silence", "Silence taken for success", "Cases that count as solved only because nobody objected.",
            "first_level_resolution", "Give the need a check that can be read back, or ask the person once more.", _silence,
        ),
        Pattern(
            "downgrades", "Priority lowered in time",
            "Cases whose priority was lowered, and that late in the time that was promised where that is known.",
            "sla_met", "Let the impact on the service decide the priority, and look at who lowers it and when.",
            partial(_downgrades, rules.late),
        ),
        Pattern(
            "cherry_picking", "Cherry-picking",
            "Cases that were solved while the same team let one wait that is older by "
            f"{_days(rules.older)} or more and at least as urgent.",
            "resolve_median", "Take the oldest of the most urgent first; look at what keeps the old ones from being taken.",
            partial(_cherry_picking, older),
        ),
    )  # fmt: skip
