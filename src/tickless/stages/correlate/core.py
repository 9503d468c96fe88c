"""Which case a finding belongs to. Pure: by what it is about, then by the service map and time; each answer says why.

The machine door knows *causes* (a process is down, a disk fills) and *symptoms* (errors, latency). A symptom joins the case of
a cause that its service needs; a cause takes over a case that had only symptoms of services that need it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.world import World

SYMPTOMS = frozenset({"http_errors", "latency_high", "slow", "error_rate_high"})
"""Classes that say that something hurts, not what is broken."""
CAUSES = frozenset({"service_down", "pool_exhausted", "disk_full", "certificate_expired", "host_down", "process_down"})
"""Classes that say what is broken, and that hurt those who need it."""
WINDOW = dt.timedelta(minutes=15)
"""How long after its last signal a live case still takes in symptoms from its neighbourhood."""
HOPS = 4
"""How far along the service map trouble is followed."""


@dataclass(frozen=True)
class Trouble:
    """What an alert is about, reduced to what correlation needs."""

    need: str
    subject: str
    service: str | None
    fingerprint: str
    at: dt.datetime


@dataclass(frozen=True)
class Placed:
    """Where it goes. `take_over`: the case is about this trouble from now on."""

    how: Literal["open", "join", "reopen"]
    case: Case | None
    why: str
    take_over: bool = False


def is_symptom(need: str | None) -> bool:
    """A class that nobody knows counts as a symptom: it may join, never lead, what a known cause explains."""
    return need is None or need in SYMPTOMS


def place(trouble: Trouble, live: Iterable[Case], last: Case | None, world: World) -> Placed:
    """Find the case of an alert that fires. `last`: the newest case about the same subject and need, live or not."""
    cases = [case for case in live if case.door == "machine"]
    same = next((case for case in cases if case.subject == trouble.subject and case.need == trouble.need), None)
    if same is not None:
        return Placed("join", same, "The same trouble at the same place.")
    if last is not None and not last.live and last.hold_until is not None and trouble.at <= last.hold_until:
        if last.resolved_at is not None and trouble.at <= last.resolved_at:
            return Placed("join", last, "It began before the last fix was read back as done, and arrived late.")
        return Placed("reopen", last, "It came back inside the window in which the last fix had to hold.")
    if is_symptom(trouble.need):
        return _place_symptom(trouble, cases, world)
    return _place_cause(trouble, cases, world)


def _recent(trouble: Trouble, case: Case) -> bool:
    return abs(trouble.at - case.updated_at) <= WINDOW or abs(trouble.at - case.opened_at) <= WINDOW


def _place_symptom(trouble: Trouble, cases: list[Case], world: World) -> Placed:
    if trouble.service is None:
        return Placed("open", None, "No service is known for it, so nothing links it to another case.")
    needs = world.upstream_of(trouble.service, hops=HOPS)
    near = [
        (needs.get(case.service or "", 0 if case.service == trouble.service else -1), case)
        for case in cases
        if _recent(trouble, case) and case.kind == "incident" and not (case.subject or "").startswith("person:")
    ]
    causes = sorted(((d, c) for d, c in near if d >= 0 and not is_symptom(c.need)), key=lambda pair: pair[0])
    if causes:
        distance, case = causes[0]
        return Placed("join", case, _why_symptom(trouble, case, distance, world))
    return _among_symptoms(trouble, [case for _, case in near], needs, world)


def _why_symptom(trouble: Trouble, case: Case, distance: int, world: World) -> str:
    mine = _name(trouble.service, world)
    if distance == 0:
        return f"A symptom at {mine} itself."
    away = "directly" if distance == 1 else f"over {distance} steps of the service map"
    return (
        f"{mine} needs {_name(case.service, world)} ({away}), which is in trouble since {case.opened_at:%H:%M:%S} UTC."
    )


def _among_symptoms(trouble: Trouble, cases: list[Case], needs: dict[str, int], world: World) -> Placed:
    """Symptoms of services that are linked, or that need something in common, are one case until a cause shows."""
    mine = {trouble.service or "", *needs}
    for case in cases:
        if case.service is None or not is_symptom(case.need):
            continue
        theirs = {case.service, *world.upstream_of(case.service, hops=HOPS)}
        shared = mine & theirs
        if shared:
            deepest = case.service in needs
            why = (
                f"{_name(trouble.service, world)} needs {_name(case.service, world)}, which shows trouble too."
                if deepest
                else f"Both need {_name(sorted(shared)[0], world)}, and both hurt at the same time."
            )
            deeper = trouble.service in world.upstream_of(case.service, hops=HOPS)
            return Placed("join", case, why, take_over=deeper and case.state == "open")
    return Placed("open", None, "Nothing that it needs is in trouble, so it stands for itself.")


def _place_cause(trouble: Trouble, cases: list[Case], world: World) -> Placed:
    if trouble.service is None or trouble.need not in CAUSES:
        return Placed("open", None, "A new trouble of its own.")
    hurts = world.dependents_of(trouble.service, hops=HOPS)
    for case in cases:
        touches = case.service == trouble.service or (case.service or "") in hurts
        if touches and is_symptom(case.need) and case.state == "open" and _recent(trouble, case):
            why = f"It explains the symptoms so far: they need {_name(trouble.service, world)}."
            return Placed("join", case, why, take_over=True)
    return Placed("open", None, "A new trouble of its own.")


def _name(service: str | None, world: World) -> str:
    known = world.services.get(service or "")
    return known.name if known else (service or "an unknown service")
