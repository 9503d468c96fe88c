"""How much it hurts, and whom, from the service map and the hour. Pure. Unknown stays unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.case import Case, Impact, Priority
from tickless.domain.finding import CaseKind
from tickless.domain.hours import read_hours
from tickless.domain.service import Service
from tickless.domain.signal import Severity
from tickless.domain.world import World
from tickless.stages.correlate.reported import raised_by

MANY = 50
"""People from which a trouble counts as one that reaches many."""
ORDINARY: Priority = 3
"""Where a case stands of which nobody can say how much it hurts."""
_GONE = frozenset({"planned", "retired"})
_WORDS = {1: "mission critical", 2: "business critical", 3: "important", 4: "of low criticality"}


def personal_impact(kind: CaseKind) -> Impact:
    """One person's need: somebody who cannot work comes before somebody who would like something."""
    if kind == "incident":
        return Impact(priority=3, people=1, reason="One person is held up in their work.")
    return Impact(priority=4, people=1, reason="One person's request.")


@dataclass(frozen=True)
class _Hurt:
    """A service that suffers: how sure that is, and whether it has to work now (None: nobody has said when)."""

    service: Service
    sure: float
    in_hours: bool | None

    @property
    def urgency(self) -> int | None:
        """Its criticality, one step less outside its hours; None while nobody has said how critical it is."""
        if self.service.criticality is None:
            return None
        return self.service.criticality + (self.in_hours is False)


def impact(
    *,
    kind: CaseKind,
    service: str | None,
    severity: Severity | None,
    world: World,
    at: dt.datetime | None = None,
) -> Impact:
    """Priority from criticality, reach and the time `at` (None: whatever the time).

    The most urgent service that suffers decides: one step less outside its hours, for what only threatens, and for mere
    warnings; one step more where many people use what has to work now. A service is followed as far as the edges are believed,
    and `confidence` says how far that is for the one that decides. Requests and questions of single people are ordinary.
    """
    if kind in {"request", "question"}:
        return personal_impact(kind).model_copy(update={"service": service})
    if service not in world.services or service is None:
        reason = "Nobody knows which service this is, so its impact is unknown."
        return Impact(priority=ORDINARY, reason=reason, severity=severity, assessed_at=at)
    hurt = _hurt(service, world, at)
    people = world.users_of(one.service.id for one in hurt)
    rated = [one for one in hurt if one.urgency is not None]
    decides = min(rated, key=lambda one: (one.urgency, -one.sure, one.service.id), default=None)
    return Impact(
        service=service,
        criticality=min((one.service.criticality for one in rated if one.service.criticality), default=None),
        services=tuple(one.service.id for one in hurt),
        people=people,
        priority=_priority(decides, kind, severity, world.users_of(_awake(hurt))),
        reason=_reason(hurt, decides, people),
        confidence=round(decides.sure, 2) if decides else None,
        in_hours=decides.in_hours if decides else hurt[0].in_hours,
        severity=severity,
        assessed_at=at,
    )


def reassessed(case: Case, world: World, at: dt.datetime) -> Impact | None:
    """The impact of a live case as the map and the hour are now; None where it stays, or does not come from the map."""
    before = case.impact
    if before.assessed_at is None:
        return None
    found = impact(kind=case.kind, service=case.service, severity=before.severity, world=world, at=at)
    found = raised_by(found, before.steps, before.said, kind=case.kind)
    same = found.model_copy(update={"assessed_at": before.assessed_at}) == before
    return None if same else found


def _hurt(service: str, world: World, at: dt.datetime | None) -> list[_Hurt]:
    """The service first, then who suffers with it, the surest first."""
    sure = {service: 1.0, **dict(sorted(world.sufferers_of(service).items(), key=lambda one: (-one[1], one[0])))}
    found = [(world.services[name], how) for name, how in sure.items() if name in world.services]
    return [
        _Hurt(one, how, _in_hours(one, at))
        for one, how in found
        if one.id == service or one.lifecycle not in _GONE
    ]  # fmt: skip


def _in_hours(service: Service, at: dt.datetime | None) -> bool | None:
    return None if at is None or not service.hours else read_hours(service.hours).covers(at)


def _awake(hurt: list[_Hurt]) -> list[str]:
    return [one.service.id for one in hurt if one.in_hours is not False]


def _priority(decides: _Hurt | None, kind: CaseKind, severity: Severity | None, people: int | None) -> Priority:
    if decides is None or decides.urgency is None:
        return ORDINARY
    number = decides.urgency + (kind == "risk" or severity in {"warning", "info"})
    if people is not None and people >= MANY and number > 1 and kind != "risk":
        number -= 1
    priorities: tuple[Priority, ...] = (1, 2, 3, 4)
    return priorities[min(max(number, 1), 4) - 1]


def _reason(hurt: list[_Hurt], decides: _Hurt | None, people: int | None) -> str:
    own, others = hurt[0].service, len(hurt) - 1
    parts = [f"{'1 service needs it' if others == 1 else f'{others} services need it'}"] if others else []
    if decides is None or decides.service.criticality is None:
        parts.append("nobody has said how critical it is" if not others else "nobody has said how critical they are")
    else:
        words = _WORDS[decides.service.criticality]
        parts.append(f"the most critical is {words}" if others else f"It is {words}")
        if decides.in_hours is False:
            parts.append(f"{decides.service.name} does not have to work now ({decides.service.hours})")
        if decides.sure < 0.95:
            parts.append(f"that it reaches {decides.service.name} is sure by {decides.sure:.0%}")
    parts.append("nobody has said who uses it" if people is None else f"{people} people use what hurts")
    return f"{own.name}: {'; '.join(parts)}."
