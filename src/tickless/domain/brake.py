"""Brakes: switches that people pull, and dated rules about when changes may be made. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.hours import read_hours
from tickless.domain.plan import Plan
from tickless.domain.record import Record
from tickless.domain.world import World

RuleKind = Literal["freeze", "window"]
RuleState = Literal["pending", "active", "over"]


class ChangeRule(Record):
    """When changes may be made. A `freeze`: nothing is changed from `starts_at` until `ends_at`. A `window`: only inside
    `hours`, such as `Sat 22:00-06:00 Europe/Berlin`.

    It is about the named runbooks and services; where both are empty, about everything. `exempt` runbooks go on.
    """

    version: Literal[1] = 1
    id: str
    kind: RuleKind
    title: str
    reason: str = ""
    runbooks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    hours: str = ""
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    by: str
    made_at: AwareDatetime
    source: str = ""
    """The calendar entry that it came from; empty: somebody made it by hand."""

    def state(self, now: dt.datetime) -> RuleState:
        """Whether it counts at a moment."""
        if self.ends_at is not None and self.ends_at <= now:
            return "over"
        return "active" if self.starts_at <= now else "pending"

    def concerns(self, runbooks: frozenset[str], services: frozenset[str]) -> bool:
        """Whether it speaks of such a run."""
        if runbooks & {*self.exempt}:
            return False
        if not self.runbooks and not self.services:
            return True
        return bool(runbooks & {*self.runbooks}) or bool(services & {*self.services})


class BrakeSettings(Record):
    """When targets are left alone, and when the house stops itself.

    Of what was verified in the last `hold_days`, the share that held is judged by the upper end of its 95 % interval.
    """

    failures: int = Field(default=3, ge=1)
    """So many failures in a row, and a target is left alone."""
    rest: float = Field(default=300.0, ge=1)
    """Seconds for which it is left alone; twice as long each time that it fails its one try afterwards."""
    longest: float = Field(default=3_600.0, ge=1)
    """Seconds for which it is left alone at most."""
    changes_per_hour: int = Field(default=60, ge=1)
    """How often one target is changed within an hour at most."""
    hold_bar: float = Field(default=0.8, ge=0, le=1)
    """When the share of verified results that held falls below this, the runbook is stopped, or everything, until a person
    releases it; 0: never."""
    hold_days: int = Field(default=14, ge=1)
    """How far back results are looked at for that."""
    hold_least: int = Field(default=5, ge=1)
    """Results of a runbook that it takes to stop it."""
    hold_least_all: int = Field(default=20, ge=1)
    """Results in all that it takes to stop everything."""


class TargetState(Record):
    """How changing one target went lately. `trial`: the run that may try it while the breaker is half open."""

    version: Literal[1] = 1
    id: str
    failures: int = 0
    trips: int = 0
    opened_at: AwareDatetime | None = None
    rests_until: AwareDatetime | None = None
    trial: str | None = None
    trial_until: AwareDatetime | None = None
    last_error: str = ""
    recent: tuple[AwareDatetime, ...] = ()
    """When it was changed within the last hour."""
    counted: tuple[str, ...] = ()
    """What was counted last, so that nothing counts twice."""

    def is_open(self, now: dt.datetime) -> bool:
        """Whether nobody may change it now: it rests, or another run has the one try."""
        if self.opened_at is None or self.rests_until is None:
            return False
        return now < self.rests_until or (self.trial_until is not None and now < self.trial_until)

    updated_at: AwareDatetime


def services_of(plan: Plan, *, case_service: str | None = None) -> frozenset[str]:
    """The services that a plan touches: among its inputs, those of its items, and the case's own."""
    found = {case_service} if case_service else set()
    for value in plan.inputs.values():
        if isinstance(value, dict) and isinstance(value.get("service"), str):
            found.add(value["service"])
    service = plan.inputs.get("service")
    if isinstance(service, dict):
        found.add(str(service.get("id")))
    found |= {target.removeprefix("service:") for target in plan.targets if target.startswith("service:")}
    return frozenset(one for one in found if one)


def switches_of(runbooks: Iterable[str], services: Iterable[str]) -> frozenset[str]:
    """The names of the switches that stop such a run."""
    return frozenset(
        {"all", "freeze", *(f"runbook:{one}" for one in runbooks), *(f"service:{one}" for one in services)}
    )


def holding_rule(
    rules: Iterable[ChangeRule], *, runbooks: frozenset[str], services: frozenset[str], now: dt.datetime, begun: bool
) -> ChangeRule | None:
    """The rule that forbids a change now, or None. A run that has `begun` inside its window is finished after it."""
    about = [one for one in rules if one.state(now) == "active" and one.concerns(runbooks, services)]
    freeze = next((one for one in about if one.kind == "freeze"), None)
    if freeze is not None or begun:
        return freeze
    windows = [one for one in about if one.kind == "window"]
    if any(read_hours(one.hours).covers(now) for one in windows):
        return None
    return windows[0] if windows else None


def reach(plan: Plan, world: World, *, case_service: str | None = None) -> tuple[int, int]:
    """(services, people) that feel it if the plan goes wrong: by the map, what needs its services and who uses them. What
    nobody has put on record counts as none."""
    own = services_of(plan, case_service=case_service)
    services = {one for one in own if one in world.services}
    for service in tuple(services):
        services |= set(world.dependents_of(service))
    people = world.users_of(services) or 0
    return len(services), max(people, int("person" in plan.inputs))


class BrakeDeed(Record):
    """Something that was done about brakes: by whom, when and why."""

    version: Literal[1] = 1
    id: str
    what: Literal["pulled", "released", "ruled", "ended", "left_alone", "tried_again"]
    name: str
    """The switch, rule or target."""
    by: str
    reason: str = ""
    at: AwareDatetime
