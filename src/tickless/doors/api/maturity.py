"""Maturity from live evidence: the three models, what people claim beside it, and the questions that no data can answer."""

from __future__ import annotations

import asyncio

from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.metric_schemas import (
    AnswerShown,
    CriterionShown,
    LevelGiven,
    MarkShown,
    MaturityShown,
    QuestionShown,
    StandingShown,
)
from tickless.doors.api.metrics import Days
from tickless.flow.desk.steering_views import MaturityView
from tickless.stages.measure.maturity import Judged, Standing

router = new_router("maturity")


@router.get("/maturity", summary="How the three models stand on live evidence")
async def show_maturity(desk: DeskHere, visitor: Reader, days: Days = 90) -> MaturityShown:
    """Each criterion with what was found, the threshold that holds here and why, where the evidence is, and the next best
    step."""
    return shown(await asyncio.to_thread(lambda: desk.steering.maturity(days=days)))


@router.put("/maturity/claims/{model}", summary="Say what level a model has")
async def claim_maturity(desk: DeskHere, visitor: Actor, model: str, given: LevelGiven) -> AnswerShown:
    """It stands beside the evidence, and changes nothing in it: the gap is what there is to talk about."""
    done = await asyncio.to_thread(lambda: desk.steering.claim(model, given.level, by=visitor.actor, note=given.note))
    return AnswerShown(id=done.id, level=done.level, by=done.by, at=done.at)


@router.put("/maturity/answers/{question}", summary="Answer what no data can show")
async def answer_maturity(desk: DeskHere, visitor: Actor, question: str, given: LevelGiven) -> AnswerShown:
    """0 no, 1 in part, 2 yes. What rests on it is marked so."""
    done = await asyncio.to_thread(
        lambda: desk.steering.answer(question, given.level, by=visitor.actor, note=given.note)
    )
    return AnswerShown(id=done.id, level=done.level, by=done.by, at=done.at)


def shown(view: MaturityView) -> MaturityShown:
    answers = view.answers
    return MaturityShown(
        since=view.window.since, until=view.window.until, models=[_standing(one) for one in view.standings],
        history=[MarkShown(model=one.model, at=one.at, level=one.level, claimed=one.claimed) for one in view.marks],
        questions=[
            QuestionShown(id=name, question=text, answer=answers[name].level if name in answers else None,
                          by=answers[name].by if name in answers else None, at=answers[name].at if name in answers else None,
                          note=answers[name].note if name in answers else "")
            for name, text in view.questions.items()
        ],
    )  # fmt: skip


def _standing(one: Standing) -> StandingShown:
    return StandingShown(
        model=one.model, name=one.name, level=one.level, top=one.top, word=one.word, toward=one.toward,
        dimensions=dict(one.by_dimension), claimed=one.claimed, gap=one.gap, criteria=[_criterion(each) for each in one.judged],
        next=[each.criterion.id for each in one.next],
    )  # fmt: skip


def _criterion(one: Judged) -> CriterionShown:
    known = one.criterion
    return CriterionShown(
        id=known.id, place=known.place, dimension=known.dimension, says=known.says, met=one.met, value=one.reading.value,
        threshold=known.threshold, at_most=known.most, shipped=known.shipped, because=known.because, told=one.reading.told,
        query=known.query.words, reason=known.reason, step=known.step, link=known.link, by_word=one.by_word,
    )  # fmt: skip
