"""Whether what was done was right, and stayed so."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable

from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.metric import Figure, Scope, metric, share

AGAIN = dt.timedelta(days=7)
"""Within so long after its end the same trouble counts as the same."""


@metric(
    name="SLA met",
    unit="share",
    level="operational",
    better="up",
    group="quality",
    owner="service desk lead",
    words=(
        "Resolved cases that kept what was promised, by all resolved ones of which that is known: as their "
        "system says, else resolved by the time that was promised."
    ),
    counter="priority_lowered",
    why_counter="A promise is easier to keep when the priority is lowered first.",
)
def sla_met(scope: Scope) -> Figure:
    def kept(case: CaseHistory) -> bool | None:
        if case.sla_made is not None:
            return case.sla_made
        return None if case.sla_due_at is None or case.resolved_at is None else case.resolved_at <= case.sla_due_at

    return share(scope.resolved, kept)


@metric(
    name="Reopened",
    unit="share",
    level="operational",
    better="down",
    group="quality",
    owner="service desk lead",
    words="Resolved cases that had been opened again at least once, by all resolved ones of which that is known.",
    counter="repeat_contacts",
    why_counter="Where reopening is made hard, people open a new case.",
)
def reopened(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: None if case.times_reopened is None else case.times_reopened > 0)


@metric(
    name="Repeat contacts",
    unit="share",
    level="tactical",
    better="down",
    group="quality",
    owner="service desk lead",
    words=(
        "Opened cases of a person who had a case of the same category resolved in the seven days before, by "
        "all opened ones whose person and category are known."
    ),
    counter="reopened",
    why_counter="A case that is reopened instead is no repeat contact.",
)
def repeat_contacts(scope: Scope) -> Figure:
    return _again(scope, lambda case: (case.person, case.category) if case.person and case.category else None)


@metric(
    name="Recurrence",
    unit="share",
    level="tactical",
    better="down",
    group="quality",
    owner="problem manager",
    words=(
        "Opened incidents about the same thing and of the same category as one resolved in the seven days "
        "before, by all opened incidents that say what they are about."
    ),
    counter="miscategorised",
    why_counter="The same trouble under another name does not recur.",
)
def recurrence(scope: Scope) -> Figure:
    def key(case: CaseHistory) -> tuple[str, str] | None:
        about = case.subject or case.service
        return (about, case.category) if case.kind in {"incident", "alert"} and about and case.category else None

    return _again(scope, key, kinds=frozenset({"incident", "alert"}))


@metric(
    name="Miscategorised",
    unit="share",
    level="operational",
    better="down",
    group="quality",
    owner="service desk lead",
    words=(
        "Resolved cases that ended in another category or kind than they were opened in, by all resolved ones"
        " of which both are known."
    ),
    counter="handoffs",
    why_counter="What stays in the wrong category wanders.",
)
def miscategorised(scope: Scope) -> Figure:
    def wrong(case: CaseHistory) -> bool | None:
        if not case.category or not case.first_category:
            return None
        return case.category != case.first_category or (case.first_kind or case.kind) != case.kind

    return share(scope.resolved, wrong)


@metric(
    name="Kind changed",
    unit="share",
    level="operational",
    better="down",
    group="quality",
    owner="service desk lead",
    words=(
        "Resolved cases whose kind was changed after they were opened, by all resolved ones of which the "
        "first kind is known."
    ),
    counter="miscategorised",
    why_counter="Leaving the wrong kind in place changes nothing either.",
)
def rekinded(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: None if case.first_kind is None else case.first_kind != case.kind)


@metric(
    name="Priority lowered",
    unit="share",
    level="operational",
    better="down",
    group="quality",
    owner="service desk lead",
    words=(
        "Resolved cases that ended with a lower priority than they began with, by all resolved ones of which "
        "both are known."
    ),
    counter="sla_met",
    why_counter="A priority that is too high breaks promises that nobody needed.",
)
def priority_lowered(scope: Scope) -> Figure:
    return share(
        scope.resolved,
        lambda case: (
            None if case.priority is None or case.first_priority is None else case.priority > case.first_priority
        ),
    )


@metric(
    name="Tied to a known problem",
    unit="share",
    level="tactical",
    better="up",
    group="quality",
    owner="problem manager",
    words=(
        "Resolved incidents that are tied to a problem or known error, by all resolved incidents of which "
        "that is known."
    ),
    counter="recurrence",
    why_counter="A problem that is named and never removed keeps collecting incidents.",
)
def incidents_known(scope: Scope) -> Figure:
    return share([case for case in scope.resolved if case.kind == "incident"], lambda case: case.known)


@metric(
    name="Knowledge used",
    unit="share",
    level="tactical",
    better="up",
    group="quality",
    owner="knowledge manager",
    words="Resolved cases in which an article was used, by all resolved ones of which that is known.",
    counter="articles_helped",
    why_counter="Linking an article to every case helps nobody.",
)
def knowledge_reuse(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: case.knowledge)


@metric(
    name="Articles that helped",
    unit="share",
    level="tactical",
    better="up",
    group="quality",
    owner="knowledge manager",
    words="Answers from articles of which the person said that they helped, by all of which they said anything.",
    source="knowledge",
    missing="An answer of which nobody said anything is missing, not a success.",
    by_case=False,
    counter="knowledge_reuse",
    why_counter="Articles that are never shown are never called bad.",
)
def articles_helped(scope: Scope) -> Figure:
    found = [one for one in scope.material.asked or () if one.article and scope.window.holds(one.at)]
    told = [one for one in found if one.helped is not None]
    good = tuple((f"asked:{one.id}", 1.0) for one in told if one.helped)
    lacking = tuple(f"asked:{one.id}" for one in found if one.helped is None)
    return Figure(len(good) / len(told) if told else None, len(told), good, lacking)


@metric(
    name="False actions",
    unit="share",
    level="tactical",
    better="down",
    group="quality",
    owner="automation owner",
    words=(
        "Runs that did not reach their end, had to be taken back, or did not hold, by all runs begun in the "
        "window of which that is known."
    ),
    source="runs",
    missing="A run that is not over yet, or that nobody could check, is missing.",
    by_case=False,
    counter="automation_adoption",
    why_counter="Whoever never acts never acts wrongly.",
)
def false_actions(scope: Scope) -> Figure:
    runs = [one for one in scope.material.runs if scope.window.holds(one.at)]
    told = [one for one in runs if one.good is not None]
    bad = tuple((one.case, 1.0) for one in told if not one.good)
    return Figure(
        len(bad) / len(told) if told else None, len(told), bad, tuple(one.case for one in runs if one.good is None)
    )


Key = Callable[[CaseHistory], tuple[str, str] | None]


def _again(scope: Scope, key: Key, kinds: frozenset[str] | None = None) -> Figure:
    """Which part of the opened cases follows within `AGAIN` upon the end of another one with the same key."""
    ends: dict[tuple[str, str], list[dt.datetime]] = {}
    for case in scope.material.cases:
        name, end = key(case), case.first_resolved_at
        if name is not None and end is not None:
            ends.setdefault(name, []).append(end)
    for found in ends.values():
        found.sort()

    def so(case: CaseHistory) -> bool | None:
        name, opened = key(case), case.opened_at
        if name is None or opened is None:
            return None
        before = ends.get(name, [])
        place = bisect.bisect_left(before, opened)
        return place > 0 and before[place - 1] >= opened - AGAIN

    return share([case for case in scope.opened if kinds is None or case.kind in kinds], so)
