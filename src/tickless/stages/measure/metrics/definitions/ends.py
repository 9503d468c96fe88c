"""How cases ended: the outcomes side by side. Silence is never success."""

from __future__ import annotations

from tickless.stages.measure.metrics.metric import Figure, Scope, count, metric, share

_MISSING = "A case of an outside system has no such outcome: it is left out and counted as missing."


@metric(
    name="Verified",
    unit="share",
    level="strategic",
    better="up",
    group="outcome",
    owner="service desk lead",
    words=(
        "Ended cases whose post-condition was read back from the system of record and has held, by all ended "
        "cases of which the outcome is known."
    ),
    missing=_MISSING,
    counter="regressed",
    why_counter="A check that looks too early or at the wrong thing verifies what then comes back.",
)
def verified(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.outcome is None else case.outcome == "verified")


@metric(
    name="Confirmed by the person",
    unit="share",
    level="strategic",
    better="up",
    group="outcome",
    owner="service desk lead",
    words="Ended cases that a person said are solved, by all ended cases of which the outcome is known.",
    missing=_MISSING,
    counter="reopened",
    why_counter="People who are pressed for a yes come back.",
)
def confirmed(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.outcome is None else case.outcome == "confirmed")


@metric(
    name="Assumed",
    unit="share",
    level="strategic",
    better="down",
    group="outcome",
    owner="service desk lead",
    words="Ended cases that count as solved only because nobody objected, by all ended cases of which that is known.",
    missing=_MISSING,
    counter="handed_off",
    why_counter="Fewer assumptions are worth nothing if everything is handed to people instead.",
)
def assumed(scope: Scope) -> Figure:
    return share(
        scope.ended,
        lambda case: (
            case.silent if case.silent is not None else None if case.outcome is None else case.outcome == "assumed"
        ),
    )


@metric(
    name="Regressed",
    unit="share",
    level="strategic",
    better="down",
    group="outcome",
    owner="service owner",
    words="Ended cases that came back inside their hold window, by all ended cases of which the outcome is known.",
    missing=_MISSING,
    counter="repeat_contacts",
    why_counter="What comes back as a new case would not count as regressed.",
)
def regressed(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.outcome is None else case.outcome == "regressed")


@metric(
    name="Handed off",
    unit="share",
    level="strategic",
    better="down",
    group="outcome",
    owner="service desk lead",
    words="Ended cases that became a ticket for people, by all ended cases of which the outcome is known.",
    missing=_MISSING,
    counter="false_actions",
    why_counter="A house that no longer hands off may be doing what it should not.",
)
def handed_off(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.outcome is None else case.outcome == "handed_off")


@metric(
    name="Prevented",
    unit="count",
    level="strategic",
    better="up",
    group="outcome",
    owner="service owner",
    words=(
        "Risks that were removed before they did harm, with the argument of a forecast that was measured "
        "before and after."
    ),
    missing="A risk without that argument counts as verified, never as prevented.",
    counter="foreseen_rightly",
    why_counter="Whoever cries wolf prevents a lot.",
)
def prevented(scope: Scope) -> Figure:
    return count(case for case in scope.ended if case.outcome == "prevented")


@metric(
    name="Muted as noise",
    unit="share",
    level="operational",
    better="neither",
    group="outcome",
    owner="monitoring owner",
    words="Ended cases that were muted as noise, with a reason, by all ended cases of which the outcome is known.",
    missing=_MISSING,
    counter="mttd",
    why_counter="What is muted too widely is found late.",
)
def muted(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.outcome is None else case.outcome == "muted")
