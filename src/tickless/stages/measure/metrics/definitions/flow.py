"""How much comes in, how much waits, and through how many hands it goes."""

from __future__ import annotations

from tickless.stages.measure.metrics.metric import Figure, Scope, count, mean, median, metric, share


@metric(
    name="Ticket volume",
    unit="count",
    level="operational",
    better="neither",
    group="flow",
    owner="service desk lead",
    words="Cases and tickets opened in the window.",
    counter="repeat_contacts",
    why_counter="Fewer tickets are no gain where people give up, or ask the same thing twice under one number.",
)
def ticket_volume(scope: Scope) -> Figure:
    return count(scope.opened)


@metric(
    name="Incidents",
    unit="count",
    level="operational",
    better="down",
    group="flow",
    owner="service owner",
    words="Incidents opened in the window; broken down by category they are the incidents by type.",
    counter="rekinded",
    why_counter="Incidents that are called requests are still incidents.",
)
def incidents(scope: Scope) -> Figure:
    return count(case for case in scope.opened if case.kind == "incident")


@metric(
    name="Backlog",
    unit="count",
    level="operational",
    better="down",
    group="flow",
    owner="service desk lead",
    words=(
        "Cases opened before the end of the window and still to be worked on at it; one that was reopened by "
        "then counts."
    ),
    counter="reopened",
    why_counter="A backlog can be closed without being solved.",
)
def backlog(scope: Scope) -> Figure:
    return count(scope.open_at_end)


@metric(
    name="Backlog age",
    unit="seconds",
    level="operational",
    better="down",
    group="flow",
    owner="service desk lead",
    words="The middle age of the backlog at the end of the window, from the opening, day and night.",
    counter="backlog",
    why_counter="Closing old cases in one sweep makes it young, and solves nothing.",
)
def backlog_age(scope: Scope) -> Figure:
    return median(
        scope.open_at_end,
        lambda case: (scope.window.until - case.opened_at).total_seconds() if case.opened_at else None,
    )


@metric(
    name="Hand-offs",
    unit="score",
    level="tactical",
    better="down",
    group="flow",
    owner="service desk lead",
    words="How often a resolved case went from one team to another, on average.",
    counter="aht",
    why_counter="Whoever keeps everything to themselves hands nothing on, and takes long.",
)
def handoffs(scope: Scope) -> Figure:
    return mean(scope.resolved, lambda case: case.handoffs)


@metric(
    name="Reassigned",
    unit="share",
    level="tactical",
    better="down",
    group="flow",
    owner="service desk lead",
    words=(
        "Resolved cases that went from one team to another at least once, by all resolved ones of which that is known."
    ),
    counter="first_level_resolution",
    why_counter="Whoever never hands on may be solving what others would solve better.",
)
def reassigned(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: None if case.handoffs is None else case.handoffs > 0)


@metric(
    name="Escalations",
    unit="share",
    level="tactical",
    better="down",
    group="flow",
    owner="service desk lead",
    words="Resolved cases that people beyond the first level solved, by all resolved ones of which the level is known.",
    counter="mttr_resolve",
    why_counter="What should have been escalated takes long where it stays.",
)
def escalations(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: None if case.level is None else case.level >= 2)


@metric(
    name="First-level resolution",
    unit="share",
    level="tactical",
    better="up",
    group="flow",
    owner="service desk lead",
    words=(
        "Resolved cases that the house itself or the first people who had them solved, by all resolved ones "
        "of which the level is known."
    ),
    counter="reopened",
    why_counter="A quick answer that does not help comes back.",
)
def first_level_resolution(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: None if case.level is None else case.level <= 1)


@metric(
    name="Solvable at level 0",
    unit="share",
    level="tactical",
    better="up",
    group="flow",
    owner="automation owner",
    words=(
        "Opened cases of a category that the house has solved by itself at least three times, nine times in "
        "ten or more, by all opened ones with a category."
    ),
    counter="false_actions",
    why_counter="Calling things automatic that are not is paid for with actions that do not help.",
)
def level0_solvable(scope: Scope) -> Figure:
    good = solved_alone(scope)
    return share(scope.opened, lambda case: case.category in good if case.category else None)


@metric(
    name="Automation adoption",
    unit="share",
    level="strategic",
    better="up",
    group="flow",
    owner="automation owner",
    words="Resolved cases that a runbook solved, by all resolved ones of which that is known.",
    counter="regressed",
    why_counter="Automation that does not hold is not adopted but endured.",
)
def automation_adoption(scope: Scope) -> Figure:
    return share(scope.resolved, lambda case: case.automated)


@metric(
    name="Deflection",
    unit="share",
    level="strategic",
    better="up",
    group="flow",
    owner="service desk lead",
    words=(
        "Opened cases of people that were solved without anybody of the service desk (level 0) and did not "
        "come back, by all of them that are settled and of which the level is known."
    ),
    counter="csat",
    why_counter="People who are turned away are deflected, too.",
)
def deflection(scope: Scope) -> Figure:
    asked = [case for case in scope.opened if case.person and case.settled]
    return share(
        asked,
        lambda case: (
            None
            if case.level is None
            else case.level == 0 and not (case.times_reopened or 0) and case.outcome not in {"regressed", "refused"}
        ),
    )


def solved_alone(scope: Scope) -> set[str]:
    """Categories that the house solves by itself: at least three times up to the window's end, nine times in ten."""
    tried: dict[str, list[bool]] = {}
    for case in scope.material.cases:
        end = case.resolved_at or case.closed_at
        if case.category and case.automated is not None and end and end < scope.window.until:
            held = case.automated and case.outcome in {"verified", "confirmed", "prevented", None}
            if case.automated or case.runbook:
                tried.setdefault(case.category, []).append(bool(held))
    return {name for name, found in tried.items() if len(found) >= 3 and sum(found) >= 0.9 * len(found)}
