"""The service map, and people."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from tickless.domain.service import Dependency
from tickless.domain.world import World
from tickless.doors.api.guards import DeskHere, Finder, Reader, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.record_schemas import ItemShown, MapShown, PersonShown, ServiceShown, ServiceWhole
from tickless.doors.api.schemas import Page
from tickless.doors.api.views import show_case, show_edge, show_person, show_service
from tickless.journal import Tx

router = new_router("services")
people = new_router("people")
MOST = 20_000


@router.get("/services", summary="List services")
def list_services(desk: DeskHere, visitor: Reader) -> Page[ServiceShown]:
    with desk.journal.read() as tx:
        return Page(items=[show_service(service) for service in tx.services.where(limit=MOST)])


@router.get("/services/map", summary="The service map")
def service_map(desk: DeskHere, visitor: Reader) -> MapShown:
    """Every service and every dependency, each with its source and how sure that is."""
    with desk.journal.read() as tx:
        return MapShown(
            services=[show_service(service) for service in tx.services.where(limit=MOST)],
            dependencies=[show_edge(edge) for edge in _edges(tx)],
        )


@router.get("/services/{service}", summary="A service in its place")
def get_service(desk: DeskHere, visitor: Reader, service: str) -> ServiceWhole:
    """What it needs, what needs it, whom a failure would reach, and what is wrong with it now."""
    with desk.journal.read() as tx:
        found = tx.services.need(service)
        edges = _edges(tx)
        world = World.of(
            people=tx.people.where(limit=100_000), services=tx.services.where(limit=MOST), dependencies=edges
        )
        reached = set(world.dependents_of(service))
        everyone = {service, *reached}
        return ServiceWhole(
            service=show_service(found),
            needs=[show_edge(edge) for edge in edges if edge.service == service],
            needed_by=[show_edge(edge) for edge in edges if edge.needs == service],
            reaches=sorted(reached),
            groups=sorted({group for other in everyone & set(world.services) for group in world.services[other].users}),
            people=world.users_of(everyone),
            items=[ItemShown(id=item.id, kind=item.kind, name=item.name) for item in tx.items.by(service=service)],
            live_cases=[show_case(case) for case in tx.cases.live_of_service(service)[:50]],
        )


def _edges(tx: Tx) -> list[Dependency]:
    """Every edge but those that a person denies."""
    return [edge for edge in tx.dependencies.where(limit=10 * MOST) if edge.confidence > 0]


@people.get("/people", summary="Find people")
def find_people(
    desk: DeskHere, visitor: Finder, q: Annotated[str, Query(min_length=1, max_length=100)], limit: Limit = 20
) -> Page[PersonShown]:
    """By a part of the name, user name or e-mail address."""
    with desk.journal.read() as tx:
        columns = tx.people.table.c
        wanted = columns.name.icontains(q, autoescape=True)
        wanted |= columns.username.icontains(q, autoescape=True) | columns.email.icontains(q, autoescape=True)
        found = tx.people.where(wanted, order=columns.name, limit=limit)
    return Page(items=[show_person(person) for person in found])
