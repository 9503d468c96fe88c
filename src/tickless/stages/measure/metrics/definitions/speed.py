"""How long things take. Stamps that are missing or out of order are told apart, never guessed."""

from __future__ import annotations

import datetime as dt

from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.metric import Figure, Scope, between, mean, median, metric

_ORDER = "A case that lacks one of the two stamps, or has them in the wrong order, is left out and counted as missing."

_UNPAUSED = f"{_ORDER} Where nobody tells of pauses, none are taken out."
_TOLD = f"{_ORDER} So is one of which nobody tells whether it was paused."


@metric(
    name="Time to detect",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="monitoring owner",
    words="Mean time from when the trouble began, as its monitor says, to its case, of incidents opened in the window.",
    missing=_ORDER,
    counter="noise",
    why_counter="Whoever alerts on everything detects at once.",
)
def mttd(scope: Scope) -> Figure:
    found = [case for case in scope.opened if case.kind == "incident" and case.channel == "machine"]
    return mean(found, lambda case: between(case.began_at, case.opened_at, case))


@metric(
    name="Time to respond",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="service desk lead",
    words=(
        "Mean time from the opening to the first answer that a person got, or the first work on it, of cases "
        "opened in the window, day and night."
    ),
    missing=_ORDER,
    counter="mttr_resolve",
    why_counter="An answer that only says that somebody will answer is quick.",
)
def mttr_respond(scope: Scope) -> Figure:
    return mean(scope.opened, lambda case: between(case.opened_at, case.responded_at, case))


@metric(
    name="Time to repair",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="service owner",
    words=(
        "Mean time from the first answer or work on it to when it was mended, less pauses, of incidents "
        "resolved in the window."
    ),
    missing=_UNPAUSED,
    counter="recurrence",
    why_counter="A patch is quicker than a cure.",
)
def mttr_repair(scope: Scope) -> Figure:
    found = [case for case in scope.resolved if case.kind == "incident"]
    return mean(found, lambda case: between(case.responded_at, case.repaired_at, case, paused=True))


@metric(
    name="Time to resolve",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="service desk lead",
    words=(
        "Mean time from the opening to the last resolution, day and night, pauses counted, of cases resolved "
        "in the window. A reopened case counts until it was solved in the end."
    ),
    missing=_ORDER,
    counter="reopened",
    why_counter="Closing early is quick.",
)
def mttr_resolve(scope: Scope) -> Figure:
    return mean(scope.resolved, lambda case: between(case.opened_at, case.resolved_at, case))


@metric(
    name="Time to resolve, middle",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="service desk lead",
    words="The middle value of the time to resolve: half of the cases took no longer.",
    missing=_ORDER,
    counter="backlog_age",
    why_counter="Taking only quick cases makes the middle quick, and the rest old.",
)
def resolve_median(scope: Scope) -> Figure:
    return median(scope.resolved, lambda case: between(case.opened_at, case.resolved_at, case))


@metric(
    name="Time to resolve in support hours",
    unit="seconds",
    level="operational",
    better="down",
    group="speed",
    owner="service desk lead",
    words=(
        "Mean time from the opening to the last resolution inside support hours (the service's own, else the "
        "house's), less pauses, of cases resolved in the window."
    ),
    missing=_UNPAUSED,
    counter="paused_share",
    why_counter="A case on hold does not age.",
)
def mttr_support(scope: Scope) -> Figure:
    def seconds(case: CaseHistory) -> float | None:
        if case.opened_at is None or case.resolved_at is None or case.resolved_at < case.opened_at:
            return None
        return scope.clock(case).seconds(case.opened_at, case.resolved_at, case.pauses or ())

    return mean(scope.resolved, seconds)


@metric(
    name="Paused",
    unit="share",
    level="tactical",
    better="down",
    group="speed",
    owner="service desk lead",
    words=(
        "Which part of the time between opening and resolution the clock stood, over all cases resolved in the window."
    ),
    missing=_TOLD,
    counter="mttr_support",
    why_counter="Never pausing makes promises to the wrong people.",
)
def paused_share(scope: Scope) -> Figure:
    rows, lacking, whole = [], [], 0.0
    for case in scope.resolved:
        passed, worked = (between(case.opened_at, case.resolved_at, case, paused=one) for one in (False, True))
        if passed is None or worked is None or case.pauses is None:
            lacking.append(case.id)
            continue
        whole += passed
        if passed > worked:
            rows.append((case.id, passed - worked))
    counted = len(scope.resolved) - len(lacking)
    return Figure(sum(value for _, value in rows) / whole if whole else None, counted, tuple(rows), tuple(lacking))


@metric(
    name="Lead time",
    unit="seconds",
    level="tactical",
    better="down",
    group="speed",
    owner="service owner",
    words=(
        "Time from the opening until it was closed for good, or resolved where it is not closed by itself: "
        "the value that nine of ten cases do not exceed, of those resolved in the window."
    ),
    missing=_ORDER,
    counter="reopened",
    why_counter="Splitting the work over several cases makes each short.",
)
def lead_time(scope: Scope) -> Figure:
    found = mean(scope.resolved, lambda case: between(case.opened_at, _over(case), case))
    ranked = sorted(value for _, value in found.rows)
    return Figure(ranked[-(-9 * len(ranked) // 10) - 1] if ranked else None, found.of, found.rows, found.lacking)


@metric(
    name="Request lead time",
    unit="seconds",
    level="tactical",
    better="down",
    group="speed",
    owner="catalogue owner",
    words=(
        "The middle time from a request to its fulfilment inside support hours, less pauses, of requests "
        "resolved in the window."
    ),
    missing=_UNPAUSED,
    counter="rekinded",
    why_counter="Slow requests that are called something else are still slow.",
)
def request_lead_time(scope: Scope) -> Figure:
    def seconds(case: CaseHistory) -> float | None:
        if case.opened_at is None or case.resolved_at is None or case.resolved_at < case.opened_at:
            return None
        return scope.clock(case).seconds(case.opened_at, case.resolved_at, case.pauses or ())

    return median([case for case in scope.resolved if case.kind == "request"], seconds)


def _over(case: CaseHistory) -> dt.datetime | None:
    return max((at for at in (case.resolved_at, case.closed_at) if at is not None), default=None)
