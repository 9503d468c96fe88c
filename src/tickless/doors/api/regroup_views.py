"""Storms, merges and splits in the shapes of the API. Text from outside is tamed here."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.regroup import Doubt, GroupingLesson, Regroup
from tickless.doors.api.regroup_schemas import (
    AlertInStorm,
    CameOfIt,
    CaseMention,
    ChildShown,
    DoubtShown,
    GroupingLessonShown,
    GroupingTrialShown,
    JoinShown,
    KindShown,
    LaneShown,
    LeftOutShown,
    RegroupShown,
    SlotShown,
    StormShown,
)
from tickless.doors.api.views import show_case
from tickless.flow.regroup.storms import StormBook
from tickless.journal import Tx
from tickless.stages.correlate.regroup.lessons import Judged, weight, words_of
from tickless.stages.correlate.regroup.rules import best_lead
from tickless.stages.correlate.regroup.storm import JoinReason, Lane, LeftOut
from tickless.stages.learn.effects import Effect

MOST_TOLD = 20


def mention(case: Case) -> CaseMention:
    return CaseMention(
        id=case.id, number=case.number, state=case.state, outcome=case.outcome, title=case.title.tame(200)
    )


def show_regroup(tx: Tx, one: Regroup, against: str | None) -> RegroupShown:
    return RegroupShown(
        id=one.id, kind=one.kind, into=mention(tx.cases.need(one.into)),
        out_of=[mention(tx.cases.need(case)) for case in one.out_of], opened=one.opened, alerts=one.alerts,
        signals=one.signals, people=one.people, by=one.by, reason=one.reason, at=one.at, undone_by=one.undone_by,
        undone_at=one.undone_at, stands_against=against,
    )  # fmt: skip


def show_doubt(doubt: Doubt, one: Case, other: Case) -> DoubtShown:
    return DoubtShown(
        id=doubt.id, cases=[mention(one), mention(other)], into=best_lead([one, other]).number,
        sure=round(doubt.sure, 3), why=doubt.why, at=doubt.at,
    )  # fmt: skip


def show_storm(tx: Tx, book: StormBook) -> StormShown:
    storm = book.storm
    return StormShown(
        case=show_case(book.case), first=storm.first, last=storm.last, alerts=storm.alerts, firing=storm.firing,
        repeats=storm.repeats, signals=storm.signals, reports=book.reports, compression=round(book.compression, 4),
        lanes=[_lane(one) for one in storm.lanes], edges=list(storm.edges), joins=[_join(one) for one in storm.joins],
        left_out=[_left(one) for one in book.left_out], suspects=list(book.suspects), people=len(book.people),
        regroups=[show_regroup(tx, one, book.undo.get(one.id)) for one in book.regroups],
        parent=mention(book.parent) if book.parent else None,
        children=[ChildShown(case=mention(k.case), looked_at=k.link.looked_at, found=k.link.found) for k in book.children],
        merged=[mention(one) for one in book.merged],
        doubts=[show_doubt(doubt, book.case, other) for doubt, other in book.doubts],
    )  # fmt: skip


def _lane(lane: Lane) -> LaneShown:
    return LaneShown(
        service=lane.key, name=lane.name, leads=lane.leads, count=lane.count, firing=lane.firing, signals=lane.signals,
        first=lane.first, last=lane.last, needs=list(lane.needs),
        alerts=[
            AlertInStorm(
                fingerprint=one.fingerprint, source=one.source, state=one.state, need=one.need, title=one.title.tame(200),
                occurred_at=one.occurred_at, count=one.count,
            )
            for one in lane.alerts
        ],
        slots=[SlotShown(at=one.at, fired=one.fired, resolved=one.resolved) for one in lane.slots],
    )  # fmt: skip


def _join(one: JoinReason) -> JoinShown:
    return JoinShown(
        why=one.why, at=one.at, count=one.count, services=list(one.services), titles=[t.tame(200) for t in one.titles]
    )


def _left(one: LeftOut) -> LeftOutShown:
    return LeftOutShown(
        case=one.case, title=one.title.tame(200), services=list(one.services), count=one.count, at=one.at, why=one.why,
        far=one.far,
    )  # fmt: skip


def show_lesson(one: GroupingLesson, *, now: dt.datetime, came: Effect | None = None) -> GroupingLessonShown:
    return GroupingLessonShown(
        id=one.id, verdict=one.verdict, one=KindShown(need=one.one.need, service=one.one.service),
        other=KindShown(need=one.other.need, service=one.other.service), state=one.state, words=words_of(one),
        people=len({word.by for word in one.said}), weight=round(weight(one.said, now=now), 3), at=one.at,
        decided_by=one.decided_by, decided_at=one.decided_at, reason=one.reason, came_of_it=_came(came) if came else None,
    )  # fmt: skip


def _came(one: Effect) -> CameOfIt:
    return CameOfIt(before=one.before, before_right=one.before_right, since=one.after, since_right=one.after_right,
                    told=one.told)  # fmt: skip


def show_trial(judged: Judged) -> GroupingTrialShown:
    return GroupingTrialShown(
        fits=judged.fits, alerts=judged.alerts, cases=judged.cases, moved=judged.moved,
        helped=list(judged.helped[:MOST_TOLD]), harmed=list(judged.harmed[:MOST_TOLD]), before=round(judged.before, 4),
        after=round(judged.after, 4),
    )  # fmt: skip
