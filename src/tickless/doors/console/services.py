"""The service map: drawn on the server, with a focus on one service, and the same as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.errors import NotFound
from tickless.domain.service import Dependency, Service
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.map import lay_out, reach
from tickless.doors.console.wording import Tone
from tickless.journal.cases import CaseFilter


@dataclass(frozen=True)
class Standing:
    """How a service is: its live cases, and whether something it needs has trouble."""

    service: Service
    cases: tuple[Case, ...]
    troubled: tuple[str, ...]
    """What it needs, near or far, that has a live incident itself."""

    @property
    def tone(self) -> Tone:
        if self.cases:
            return "bad" if min(case.impact.priority for case in self.cases) <= 2 else "warn"
        return "info" if self.troubled else "good"

    @property
    def words(self) -> str:
        if self.cases:
            return f"{len(self.cases)} live case{'s' if len(self.cases) > 1 else ''}"
        return "feels trouble" if self.troubled else "quiet"


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/map", "read", page)]


def page(visit: Visit) -> Screen:
    focus = visit.asked("focus")
    with visit.desk.journal.read() as tx:
        services = {service.id: service for service in tx.services.where()}
        dependencies = tx.dependencies.where(limit=5_000)
        cases = tx.cases.page(CaseFilter(live=True), limit=500)
        names = names_of(tx, people=[services[focus].owner] if focus in services else ())
        items = tx.items.by(service=focus) if focus else []
    if focus is not None and focus not in services:
        raise NotFound("there is no such service")
    edges = [(found.service, found.needs) for found in dependencies]
    standings = stand(list(services.values()), edges, cases)
    needs = reach(focus, edges) if focus else {}
    needed_by = reach(focus, edges, against=True) if focus else {}
    return Screen(
        "map.html",
        {
            "picture": lay_out(list(services), edges),
            "standings": standings,
            "listed": _by_kind(standings.values()),
            "focus": standings[focus] if focus else None,
            "needs": needs,
            "needed_by": needed_by,
            "near": {focus, *needs, *needed_by} if focus else set(),
            "edge_of": {(found.service, found.needs): found for found in dependencies},
            "names": names,
            "items": items,
            "weakest": _weakest(dependencies, focus),
        },
    )


def stand(services: Sequence[Service], edges: Sequence[tuple[str, str]], cases: Iterable[Case]) -> dict[str, Standing]:
    """How each service is. Pure."""
    live: dict[str, list[Case]] = {service.id: [] for service in services}
    for case in cases:
        if case.service in live and case.kind in {"incident", "risk"}:
            live[case.service].append(case)
    sick = {service for service, found in live.items() if found}
    return {
        service.id: Standing(
            service,
            tuple(live[service.id]),
            tuple(need for need in reach(service.id, edges) if need in sick),
        )
        for service in services
    }


def _by_kind(standings: Iterable[Standing]) -> list[tuple[str, list[Standing]]]:
    found = list(standings)
    titles = {
        "business": "Business services",
        "application": "Applications",
        "platform": "Platform",
        "infrastructure": "Infrastructure",
    }
    return [
        (title, members)
        for kind, title in titles.items()
        if (members := sorted((s for s in found if s.service.kind == kind), key=lambda s: s.service.name))
    ]


def _weakest(dependencies: Iterable[Dependency], focus: str | None) -> float | None:
    """The least sure of the edges that touch the focus."""
    return min((found.confidence for found in dependencies if focus in {found.service, found.needs}), default=None)
