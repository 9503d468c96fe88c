"""Lessons: sentences that the language brain could be taught, because of how cases ended."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from tickless.domain.lesson import Lesson, LessonState, Source
from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.flow.desk.learning import waiting, what_came_of_it
from tickless.flow.refusing import Refusal
from tickless.stages.learn.effects import Effect, Told
from tickless.stages.learn.lessons import Judged, Reread

router = new_router("lessons")
MOST_TOLD = 20
Ids = Annotated[list[str], Field(min_length=1, max_length=50, examples=[["les_5f1c"]])]


class LessonGiven(Given):
    """A sentence as a person would write it, and the need that it stands for."""

    text: str = Field(min_length=1, max_length=300, examples=["my dongle wants a new number"])
    need: str = Field(max_length=100, examples=["password_reset"])


class LessonsChosen(Given):
    ids: Ids


class LessonRefused(Given):
    reason: str = Field(min_length=1, max_length=500)


class LessonShown(Shown):
    """`taken_for`: the need that was guessed, `confidence` how surely; `cases`: ends that speak for it."""

    id: str
    text: str
    need: str | None
    source: Source
    state: LessonState
    taken_for: str | None
    confidence: float
    cases: list[str]
    people: int
    at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    reason: str


class RereadShown(Shown):
    """A sentence that would be read differently."""

    text: str
    means: list[str] | None = Field(description="What it turned out to mean; null: nobody knows")
    now: list[str]
    then: list[str]


class TrialShown(Shown):
    """What teaching them would do. Lists name the first twenty."""

    fits: bool = Field(description="Only then they may be taught")
    read: int = Field(description="Sentences read again")
    helped: list[RereadShown]
    harmed: list[RereadShown]
    otherwise: list[RereadShown]
    gained: int = Field(
        description="Taught sentences, left out for the trial, that are read rightly only with the lessons"
    )
    lost: int = Field(description="The same, only without them")
    contrary: list[str] = Field(description="Lessons that say the opposite of what the brain is sure of")


class RefusalGiven(Given):
    by: Literal["outcomes", "teaching"]


class RefusalShown(Shown):
    """Shares are of the messages that were understood rightly."""

    threshold: float
    by_outcomes: float = Field(description="What the outcomes speak for")
    messages: int
    refused_now: float
    refused_then: float
    may_be_refused: float


class WaitingShown(Shown):
    """One kind of proposals that waits for people."""

    id: str
    title: str
    count: int
    gate: str = Field(description="What each has to pass before it takes effect")
    who: str = Field(description="Whose word it takes")
    after: str = Field(description="How its effect is measured")
    link: str = Field(description="Its page in the console")


class EffectShown(Shown):
    """Requests about a need that ended well: how many of them were understood at once, in the 90 days before the first lesson
    about it was taught, and since."""

    need: str
    taught_at: dt.datetime
    lessons: int
    before: int
    before_understood: int
    after: int
    after_understood: int
    told: Told


class LearningShown(Shown):
    waiting: list[WaitingShown]
    effects: list[EffectShown]


@router.get("/lessons/waiting", summary="Everything that the house proposes, and what came of what was taught")
async def list_waiting(desk: DeskHere, visitor: Reader) -> LearningShown:
    """Words, grouping, refusal, runbooks, autonomy, articles, opportunities and problems: nothing of it is in force."""
    found = await asyncio.to_thread(waiting, desk)
    came = await asyncio.to_thread(what_came_of_it, desk)
    return LearningShown(waiting=[WaitingShown(**vars(one)) for one in found],
                         effects=[_effect(one) for one in came])  # fmt: skip


def _effect(one: Effect) -> EffectShown:
    return EffectShown(need=one.need, taught_at=one.taught_at, lessons=one.lessons, before=one.before,
                       before_understood=one.before_right, after=one.after, after_understood=one.after_right,
                       told=one.told)  # fmt: skip


@router.get("/lessons", summary="List lessons")
def list_lessons(
    desk: DeskHere, visitor: Reader, state: LessonState = "proposed", limit: Limit = 100
) -> Page[LessonShown]:
    """What people said that could be taught, is taught, or was refused. `heard`: not understood, and not yet clear."""
    with desk.journal.read() as tx:
        table = tx.lessons.table.c
        found = tx.lessons.where(table.state == state, order=table.at.desc(), limit=limit)
    return Page(items=[_shown(one) for one in found])


@router.post("/lessons", summary="Propose a sentence", status_code=201)
def add_lesson(desk: DeskHere, visitor: Admin, given: LessonGiven) -> LessonShown:
    """It is not taught before it was tried."""
    return _shown(desk.lessons.add(given.text, given.need, by=visitor.actor))


@router.get("/lessons/refusal", summary="Below which confidence a guess is refused")
def read_refusal(desk: DeskHere, visitor: Reader) -> RefusalShown:
    """What holds, and what the ends of the last 90 days speak for."""
    return _refusal(desk.refusing.standing())


@router.put("/lessons/refusal", summary="Refuse as the outcomes say, or as it was taught")
async def set_refusal(desk: DeskHere, visitor: Admin, given: RefusalGiven) -> RefusalShown:
    """With fewer than 30 messages to judge by it stays as it was taught (409)."""
    decide = desk.refusing.adopt if given.by == "outcomes" else desk.refusing.reset
    return _refusal(await asyncio.to_thread(lambda: decide(by=visitor.actor)))


@router.post("/lessons/try", summary="What would teaching these do?")
async def try_lessons(desk: DeskHere, visitor: Admin, given: LessonsChosen) -> TrialShown:
    """Reads the messages of the last 30 days, and what is taught already, with these lessons and without. Takes some seconds,
    changes nothing."""
    return _trial(await asyncio.to_thread(desk.lessons.attempt, given.ids))


@router.post("/lessons/teach", summary="Teach these")
async def teach_lessons(desk: DeskHere, visitor: Admin, given: LessonsChosen) -> TrialShown:
    """After the same trial: what would be lost is answered with 409, and nothing is taught."""
    return _trial(await asyncio.to_thread(lambda: desk.lessons.teach(given.ids, by=visitor.actor)))


@router.post("/lessons/{lesson}/refuse", summary="Not to be taught, or not any more")
async def refuse_lesson(desk: DeskHere, visitor: Admin, lesson: str, given: LessonRefused) -> LessonShown:
    return _shown(await asyncio.to_thread(lambda: desk.lessons.refuse(lesson, by=visitor.actor, reason=given.reason)))


def _shown(one: Lesson) -> LessonShown:
    return LessonShown(
        id=one.id, text=one.text.tame(300), need=one.need, source=one.source, state=one.state, taken_for=one.taken_for,
        confidence=round(one.confidence, 3), cases=list(one.cases), people=len(one.people), at=one.at,
        decided_by=one.decided_by, decided_at=one.decided_at, reason=one.reason,
    )  # fmt: skip


def _refusal(found: Refusal) -> RefusalShown:
    return RefusalShown(
        threshold=found.now, by_outcomes=found.wanted, messages=found.messages, refused_now=round(found.refused_now, 4),
        refused_then=round(found.refused_then, 4), may_be_refused=found.asked,
    )  # fmt: skip


def _trial(judged: Judged) -> TrialShown:
    return TrialShown(
        fits=judged.fits, read=judged.read, helped=_moved(judged.helped), harmed=_moved(judged.harmed),
        otherwise=_moved(judged.otherwise), gained=len(judged.gained), lost=len(judged.lost),
        contrary=[one.text for one in judged.contrary[:MOST_TOLD]],
    )  # fmt: skip


def _moved(reread: tuple[Reread, ...]) -> list[RereadShown]:
    return [
        RereadShown(
            text=one.text, means=None if one.right is None else sorted(one.right),
            now=sorted(one.before), then=sorted(one.after),
        )
        for one in reread[:MOST_TOLD]
    ]  # fmt: skip
