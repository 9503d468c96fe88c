"""The service map: as it counts, who says so, what people say of it, and what keeps it up to date."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import AwareDatetime

from tickless.domain.claim import RefusedRow
from tickless.domain.errors import BadInput
from tickless.domain.service import Dependency, Service
from tickless.doors.api.guards import Actor, Admin, DeskHere, Reader, new_router
from tickless.doors.api.record_schemas import ServiceShown
from tickless.doors.api.schemas import Page
from tickless.doors.api.service_map_schemas import (
    DiffShown,
    EdgeStory,
    ImpactAsked,
    Judged,
    MapEdge,
    MapShownAt,
    MapSourceShown,
    RefusedShown,
    ServiceStated,
    StaleShown,
    show_diff,
    show_edge_story,
    show_refused,
    show_source,
)
from tickless.doors.api.views import show_edge, show_service
from tickless.journal.world import read_world
from tickless.practices.services.standing import edge_story, map_at, stale_things
from tickless.stages.correlate.impact import impact

router = new_router("map")
At = Annotated[AwareDatetime | None, Query(description="The map as it stood then; absent: as it is now")]


@router.get("/map", summary="The map, now or as it stood")
def read_map(desk: DeskHere, visitor: Reader, at: At = None) -> MapShownAt:
    """Services and edges with confidence and staleness. `since`: how far back the history goes."""
    with desk.journal.read() as tx:
        found = map_at(tx, at=at, now=desk.clock.now())
    return MapShownAt(
        at=found.at,
        since=found.since,
        services=[show_service(one) for one in found.services],
        edges=[_edge(edge, found.stale) for edge in found.edges],
        stale_services=sorted(key for kind, key in found.stale if kind == "service"),
    )


@router.get("/map/stale", summary="What nobody has said for long")
def read_stale(desk: DeskHere, visitor: Reader) -> Page[StaleShown]:
    """Services, edges and items whose every source fell silent or took them back, the least lately seen first."""
    with desk.journal.read() as tx:
        found = stale_things(tx, now=desk.clock.now())
    return Page(items=[StaleShown(**one.__dict__) for one in found])


@router.get("/map/edges/{service}/{needs}", summary="An edge: who says so")
def read_edge(desk: DeskHere, visitor: Reader, service: str, needs: str) -> EdgeStory:
    """Each source's word with its age, what contradicts it, and how the edge stood before."""
    with desk.journal.read() as tx:
        return show_edge_story(edge_story(tx, service, needs, now=desk.clock.now()))


@router.post("/map/edges/{service}/{needs}/{judgement}", summary="Confirm or reject an edge")
async def judge_edge(
    *, desk: DeskHere, visitor: Actor, service: str, needs: str,
    judgement: Literal["confirm", "reject", "withdraw"], given: Judged,
) -> EdgeStory:  # fmt: skip
    """A person's word wins over every source. `confirm` also draws an edge that nobody told of, `withdraw` takes it back."""

    def work() -> EdgeStory:
        desk.map.judge(service, needs, judgement, by=visitor.actor, reason=given.reason)
        with desk.journal.read() as tx:
            return show_edge_story(edge_story(tx, service, needs, now=desk.clock.now()))

    return await asyncio.to_thread(work)


@router.put("/map/services/{service}", summary="State what a service is")
async def state_service(desk: DeskHere, visitor: Admin, service: str, given: ServiceStated) -> ServiceShown:
    """Only the fields that are sent; an empty value takes back what people said of that field, and the sources count again."""
    values = given.model_dump(mode="json", exclude_unset=True, exclude={"reason"})

    def work() -> Service:
        return desk.map.state(service, values, by=visitor.actor, reason=given.reason)

    return show_service(await asyncio.to_thread(work))


@router.get("/map/services/{service}/impact", summary="What if it failed?")
def read_impact(desk: DeskHere, visitor: Reader, service: str, at: At = None) -> ImpactAsked:
    """Priority, services and people if it failed now, or at another time. What nobody knows is null."""
    with desk.journal.read() as tx:
        tx.services.need(service)
        world = read_world(tx)
    found = impact(kind="incident", service=service, severity="critical", world=world, at=at or desk.clock.now())
    return ImpactAsked(
        priority=found.priority, criticality=found.criticality, people=found.people, services=list(found.services),
        confidence=found.confidence, in_hours=found.in_hours, reason=found.reason,
    )  # fmt: skip


@router.get("/map/sources", summary="Who knows of services")
def read_sources(desk: DeskHere, visitor: Reader) -> Page[MapSourceShown]:
    """Every source with how it went when it was asked last."""
    return Page(items=[show_source(one) for one in desk.map.sources()])


@router.post("/map/sources/{source}/sync", summary="Ask a source and take in what it says")
async def sync_source(
    *, desk: DeskHere, visitor: Actor, source: str, dry_run: Annotated[bool, Query()] = False,
    sure: Annotated[bool, Query(description="Believe it even when it lacks most of what it said before")] = False,
) -> DiffShown:  # fmt: skip
    """`dry_run`: only say what would be done. A source changes only what it said itself; what it no longer says goes stale."""
    return show_diff(
        await asyncio.to_thread(lambda: desk.map.sync(source, by=visitor.actor, dry_run=dry_run, sure=sure))
    )


@router.post("/map/import", summary="Take in a file in a source's own form", openapi_extra={
    "requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}})  # fmt: skip
async def import_file(
    *, request: Request, desk: DeskHere, visitor: Admin,
    form: Annotated[str, Query(max_length=40, description="Connector whose form it is", examples=["backstage"])],
    source: Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = "files",
    name: Annotated[str, Query(max_length=300, description="Of the file, to name lines by")] = "",
    whole: Annotated[bool, Query(description="It is everything that the source says")] = False,
    dry_run: Annotated[bool, Query()] = False,
) -> DiffShown:  # fmt: skip
    """Such as `catalog-info.yaml`, or what `kubectl get -o json` prints. Rows that do not fit wait to be mended."""
    body = await request.body()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("the file is not UTF-8", mend="save it as UTF-8") from None
    return show_diff(
        await asyncio.to_thread(
            lambda: desk.map.parse(
                text, form=form, name=name, source=source, by=visitor.actor, dry_run=dry_run, whole=whole
            )
        )
    )


@router.get("/map/refused", summary="What did not fit")
def read_refused(
    desk: DeskHere, visitor: Reader, state: Literal["waiting", "taken", "dismissed"] = "waiting"
) -> Page[RefusedShown]:
    """Rows with where they stand, why they do not fit, and how to mend them."""
    with desk.journal.read() as tx:
        table = tx.map_refused.table.c
        found = tx.map_refused.where(table.state == state, order=table.at.desc(), limit=500)
    return Page(items=[show_refused(one) for one in found])


@router.post("/map/refused/{row}/{deed}", summary="Try a row again, or leave it")
async def settle_row(desk: DeskHere, visitor: Actor, row: str, deed: Literal["replay", "dismiss"]) -> RefusedShown:
    """`replay` reads it with the map as it is now; the answer says whether it still waits."""

    def work() -> RefusedRow:
        return desk.map.replay(row, by=visitor.actor) if deed == "replay" else desk.map.dismiss(row, by=visitor.actor)

    return show_refused(await asyncio.to_thread(work))


def _edge(edge: Dependency, stale: frozenset[tuple[str, str]]) -> MapEdge:
    shown: dict[str, Any] = show_edge(edge).model_dump()
    return MapEdge(**shown, stale=("dependency", f"{edge.service} → {edge.needs}") in stale)
