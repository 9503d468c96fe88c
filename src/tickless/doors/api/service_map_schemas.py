"""What the map's routes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from tickless.domain.claim import RefusedRow
from tickless.domain.service import Criticality, Lifecycle
from tickless.doors.api.record_schemas import EdgeShown, ServiceShown
from tickless.doors.api.schemas import Given, Shown
from tickless.flow.inventory import MapSource
from tickless.practices.services.standing import EdgeStory as Story
from tickless.practices.services.syncing import MapDiff

MOST = 1_000
Kind = Literal["service", "dependency", "item"]


class MapEdge(EdgeShown):
    """`stale`: nobody says it freshly."""

    stale: bool


class MapShownAt(Shown):
    """The map at a moment."""

    at: dt.datetime
    since: dt.datetime | None
    services: list[ServiceShown]
    edges: list[MapEdge]
    stale_services: list[str]


class StaleShown(Shown):
    """Something that nobody says freshly. `gone`: its sources took it back."""

    kind: Kind
    key: str
    sources: list[str] | tuple[str, ...]
    last_seen: dt.datetime
    gone: bool


class Judged(Given):
    reason: str = Field(min_length=1, max_length=500, examples=["orders has its own database since March"])


class ServiceStated(Given):
    """Fields of a service, and how you know. What is not sent stays."""

    reason: str = Field(min_length=1, max_length=500)
    name: Annotated[str, Field(max_length=200)] | None = None
    aliases: list[Annotated[str, Field(max_length=200)]] | None = None
    kind: Literal["business", "application", "platform", "infrastructure"] | None = None
    criticality: Criticality | None = None
    owner: Annotated[str, Field(max_length=200)] | None = None
    team: Annotated[str, Field(max_length=200)] | None = None
    users: list[Annotated[str, Field(max_length=200)]] | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    system: Annotated[str, Field(max_length=200)] | None = None
    supplier: Annotated[str, Field(max_length=200)] | None = None
    lifecycle: Lifecycle | None = None
    hours: Annotated[str, Field(max_length=200)] | None = None


class WordShown(Shown):
    """One source's word. `weight`: how much it counts now, by its age and by how often it was right."""

    source: str
    origin: str
    stands: Literal["says", "denies"]
    confidence: float
    weight: float
    first_seen: dt.datetime
    last_seen: dt.datetime
    withdrawn_at: dt.datetime | None
    stale: bool
    reason: str


class ConflictShown(Shown):
    """Two sources contradict each other; `stands` counts."""

    kind: Kind
    key: str
    field: str
    stands: str
    by: str
    other: str
    says: str


class SpanShown(Shown):
    """How the edge stood from a moment until another (null: it still does)."""

    valid_from: dt.datetime
    valid_to: dt.datetime | None
    source: str
    confidence: float


class EdgeStory(Shown):
    """Who says that an edge is there, who denies it, and how it stood before."""

    edge: EdgeShown
    denied: bool
    words: list[WordShown]
    conflicts: list[ConflictShown]
    history: list[SpanShown]
    told_back: bool = Field(description="Sources also tell of it the other way round")


class ImpactAsked(Shown):
    """What a failure would mean. What nobody knows is null."""

    priority: int
    criticality: int | None
    people: int | None
    services: list[str]
    confidence: float | None
    in_hours: bool | None
    reason: str


class MapSourceShown(Shown):
    """Who knows of services. `said`: what came of it when it was asked last; `problem`: why it could not be asked."""

    name: str
    origin: str
    asked_at: dt.datetime | None
    said: str
    problem: str
    doubtful: bool
    waiting: int
    askable: bool = Field(description="False: it speaks in files that somebody brings in")


class EntryShown(Shown):
    """One thing that the source says otherwise than before. `new`: the map lacked it."""

    kind: Kind
    key: str
    what: Literal["added", "changed", "same", "gone", "back"]
    fields: list[str]
    new: bool


class RefusedShown(Shown):
    """A row that does not fit. `replayable`: enough was read of it to try it again."""

    id: str
    source: str
    place: str
    field: str
    reason: str
    mend: str
    state: Literal["waiting", "taken", "dismissed"]
    at: dt.datetime
    count: int
    replayable: bool


class DiffShown(Shown):
    """What a sync did, or would do."""

    source: str
    said: str
    written: bool
    doubtful: bool
    added: int
    changed: int
    gone: int
    same: int
    entries: list[EntryShown] = Field(description=f"The first {MOST:,}")
    refused: list[RefusedShown] = Field(description=f"The first {MOST:,}")


def show_diff(diff: MapDiff) -> DiffShown:
    return DiffShown(
        source=diff.source, said=diff.sentence, written=diff.written, doubtful=diff.doubtful, same=diff.same,
        added=diff.count("added"), changed=diff.count("changed") + diff.count("back"), gone=diff.count("gone"),
        entries=[
            EntryShown(kind=one.kind, key=one.key, what=one.what, fields=list(one.fields), new=one.new)
            for one in diff.entries[:MOST]
        ],
        refused=[show_refused(one) for one in diff.refused[:MOST]],
    )  # fmt: skip


def show_refused(row: RefusedRow) -> RefusedShown:
    own = row.model_dump(include=set(RefusedShown.model_fields) - {"replayable"})
    return RefusedShown(**own, replayable=row.found is not None)


def show_source(one: MapSource) -> MapSourceShown:
    return MapSourceShown(**one.__dict__)


def show_edge_story(story: Story) -> EdgeStory:
    return EdgeStory(
        edge=EdgeShown(**story.edge.model_dump()),
        denied=story.denied,
        words=[
            WordShown(
                **word.claim.model_dump(include=set(WordShown.model_fields) - {"weight", "stale"}),
                weight=word.weight, stale=word.stale,
            )
            for word in story.words
        ],
        conflicts=[ConflictShown(**one.__dict__) for one in story.conflicts],
        history=[
            SpanShown(
                valid_from=span.valid_from, valid_to=span.valid_to, source=str(span.body.get("source", "")),
                confidence=float(span.body.get("confidence", 0.0)),
            )
            for span in story.spans
        ],
        told_back=story.back,
    )  # fmt: skip
