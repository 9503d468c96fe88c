"""How much it hurts, from the service map. Pure. Unknown stays unknown."""

from __future__ import annotations

from tickless.domain.case import Impact, Priority
from tickless.domain.finding import CaseKind
from tickless.domain.world import World

MANY = 50
"""People from which a trouble counts as one that reaches many."""


def personal_impact(kind: CaseKind) -> Impact:
    """One person's need: somebody who cannot work comes before somebody who would like something."""
    if kind == "incident":
        return Impact(priority=3, people=1, reason="One person is held up in their work.")
    return Impact(priority=4, people=1, reason="One person's request.")


def impact(*, kind: CaseKind, service: str | None, severity: str | None, world: World) -> Impact:
    """Priority from criticality and reach: the most critical service that suffers decides, one step less for what only
    threatens, and requests and questions of single people are ordinary."""
    if kind in {"request", "question"}:
        return personal_impact(kind).model_copy(update={"service": service})
    if service not in world.services:
        return Impact(priority=3, reason="Nobody knows which service this is, so its impact is unknown.")
    hurt = [service, *world.dependents_of(service)] if service else []
    worst = min((world.services[one].criticality for one in hurt if one in world.services), default=4)
    people = world.users_of(hurt)
    priority = worst + (1 if kind == "risk" or severity in {"warning", "info"} else 0)
    if people is not None and people >= MANY and priority > 1 and kind != "risk":
        priority -= 1
    return Impact(
        service=service,
        criticality=worst,
        services=tuple(hurt),
        people=people,
        priority=_priority(priority),
        reason=_reason(service or "", hurt, worst, people, world),
    )


def _priority(number: int) -> Priority:
    priorities: tuple[Priority, ...] = (1, 2, 3, 4)
    return priorities[min(max(number, 1), 4) - 1]


def _reason(service: str, hurt: list[str], worst: int, people: int | None, world: World) -> str:
    words = {1: "mission critical", 2: "business critical", 3: "important", 4: "of low criticality"}
    others = len(hurt) - 1
    needing = "1 service needs it" if others == 1 else f"{others} services need it"
    reach = f"{needing}; the most critical is {words[worst]}" if others else f"It is {words[worst]}"
    crowd = "nobody has said who uses it" if people is None else f"{people} people use what hurts"
    return f"{world.services[service].name}: {reach}; {crowd}."
