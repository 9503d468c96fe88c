"""Shapes of storms, merges, splits, links, and of what they teach."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from tickless.doors.api.case_schemas import CaseShown
from tickless.doors.api.schemas import Given, Reason, Shown
from tickless.stages.learn.effects import Told

CaseRef = Annotated[str, Field(min_length=1, max_length=100, examples=["42"])]
Said = Annotated[Reason, Field(min_length=1, examples=["the same switch feeds both"])]


class Why(Given):
    reason: Said


class MergeCases(Given):
    """Cases, by id or number, that are the same as the one of the address."""

    cases: list[CaseRef] = Field(min_length=1, max_length=50)
    reason: Said


class AlertRef(Given):
    fingerprint: str = Field(min_length=1, max_length=1_000)
    source: str = Field(min_length=1, max_length=200)


class SplitCase(Given):
    """Alerts that leave: named one by one, or all of a service (`""`: those of which no service is known)."""

    alerts: list[AlertRef] = Field(default=[], max_length=5_000)
    services: list[str] = Field(default=[], max_length=200)
    into: CaseRef | None = Field(default=None, description="A case that runs; null: a new one")
    reason: Said


class LinkCase(Given):
    parent: CaseRef
    reason: Said


class LessonIds(Given):
    ids: Annotated[list[str], Field(min_length=1, max_length=50, examples=[["gls_5f1c"]])]


class Refused(Given):
    reason: str = Field(min_length=1, max_length=500)


class StormSizeShown(Shown):
    """A case and how many alerts it holds."""

    case: CaseShown
    alerts: int


class CaseMention(Shown):
    """A case in short."""

    id: str
    number: int
    state: str
    outcome: str | None
    title: str


class RegroupShown(Shown):
    """One merge or split. `stands_against`: why it cannot be undone any more; null: it can, or it was."""

    id: str
    kind: Literal["merge", "split"]
    into: CaseMention
    out_of: list[CaseMention]
    opened: bool = Field(description="The case that took in was opened for it")
    alerts: int
    signals: int
    people: int
    by: str
    reason: str
    at: dt.datetime
    undone_by: str | None
    undone_at: dt.datetime | None
    stands_against: str | None


class AlertInStorm(Shown):
    fingerprint: str
    source: str
    state: str
    need: str | None
    title: str
    occurred_at: dt.datetime
    count: int


class SlotShown(Shown):
    at: dt.datetime
    fired: int
    resolved: int


class LaneShown(Shown):
    """One service; `people` for what was reported, empty where no service is known. `alerts` names the first twelve."""

    service: str
    name: str
    leads: bool
    count: int
    firing: int
    signals: int
    first: dt.datetime
    last: dt.datetime
    needs: list[str]
    alerts: list[AlertInStorm]
    slots: list[SlotShown]


class JoinShown(Shown):
    """A reason, and how many alerts or reports it brought in."""

    why: str
    at: dt.datetime
    count: int
    services: list[str]
    titles: list[str]


class LeftOutShown(Shown):
    """Alerts nearby that are no part of it. `far`: steps on the map; null: no way."""

    case: int | None
    title: str
    services: list[str]
    count: int
    at: dt.datetime
    why: str
    far: int | None


class ChildShown(Shown):
    case: CaseMention
    looked_at: dt.datetime | None
    found: str


class StormShown(Shown):
    """What was one case and why. `compression`: the share of alerts and reports that made no case of their own."""

    case: CaseShown
    first: dt.datetime | None
    last: dt.datetime | None
    alerts: int
    firing: int
    repeats: int
    signals: int
    reports: int
    compression: float
    lanes: list[LaneShown]
    edges: list[tuple[str, str]]
    joins: list[JoinShown]
    left_out: list[LeftOutShown]
    suspects: list[str]
    people: int
    regroups: list[RegroupShown]
    parent: CaseMention | None
    children: list[ChildShown]
    merged: list[CaseMention]
    doubts: list[DoubtShown]


class DoubtShown(Shown):
    """Two cases that look like one. `into`: which of them would lead."""

    id: str
    cases: list[CaseMention]
    into: int
    sure: float
    why: str
    at: dt.datetime


class KindShown(Shown):
    need: str
    service: str


class CameOfIt(Shown):
    """Cases of the machine door at the lesson's services, in the 90 days before it was taught and the 90 since: how many there
    were, and how many nobody had to put right by hand. `told`: what intervals of 95 % can show."""

    before: int
    before_right: int
    since: int
    since_right: int
    told: Told


class GroupingLessonShown(Shown):
    """Alerts of these kinds belong together (`join`), or do not (`part`). `weight`: log odds, faded; it rules from 2 on."""

    id: str
    verdict: Literal["join", "part"]
    one: KindShown
    other: KindShown
    state: Literal["proposed", "taught", "refused"]
    words: str
    people: int
    weight: float
    at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    reason: str
    came_of_it: CameOfIt | None = Field(default=None, description="Of one that is taught")


class GroupingTrialShown(Shown):
    """What teaching would have done to the last days. Cases by id, the first twenty."""

    fits: bool
    alerts: int
    cases: int
    moved: int
    helped: list[str]
    harmed: list[str]
    before: float = Field(description="F1 over pairs of alerts, without")
    after: float = Field(description="and with them")


StormShown.model_rebuild()
