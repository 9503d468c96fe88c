"""The major incident of the year: the rehearsal weeks before, the change that failed, the outage and its
review. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.sample.day_events import Fault
from tickless.sample.year_changes import planned
from tickless.sample.year_events import Breaks, ByHand, Deed, Deploys, YearEvent
from tickless.sample.year_frame import Frame
from tickless.sample.year_machines import labels_of
from tickless.sample.year_telling import Told

BROKEN = "orders-db"
BRIDGE = "https://meet.larkmoor.example/bridge"


def outage_events(frame: Frame) -> Iterator[YearEvent]:
    """Everything about it, in no order."""
    yield from _rehearsal(frame, "drill-1", frame.on(6, 17, 10), 41, (18, 12, 55))
    yield from _rehearsal(frame, "drill-2", frame.on(8, 26, 10), 97, (4, 9, 26))
    yield from _failure(frame)
    yield from _bridge(frame)
    yield from _after(frame)


def _rehearsal(frame: Frame, key: str, when: dt.datetime, seed: int, minutes: tuple[int, int, int]) -> Iterator[Deed]:
    """`minutes`: until it is declared, from then to the first news, and until a cause is named. The first one went badly."""
    tell, staff = Told(frame, key), frame.staff
    declared, first, cause = (dt.timedelta(minutes=one) for one in minutes)
    yield tell(
        "rehearse", when, staff.head, key=key, title="Drill: the orders database breaks", service=BROKEN, seed=seed
    )
    yield tell(
        "declare",
        when + declared,
        staff.leads[0],
        of=key,
        commander=staff.leads[0].id,
        communications=staff.leads[1].id,
        specialists=(staff.engineers[0].id, staff.engineers[2].id),
        bridge=BRIDGE,
    )
    yield tell(
        "update",
        when + declared + first,
        staff.leads[1],
        of=key,
        text="Orders are slow. A team is on it; the tills work.",
    )
    yield tell("cause", when + cause, staff.leads[0], of=key, service=BROKEN)
    yield tell(
        "update",
        when + cause + dt.timedelta(minutes=4),
        staff.leads[1],
        of=key,
        text="The cause is found; it is being mended.",
    )
    yield tell(
        "stand_down",
        when + cause + dt.timedelta(minutes=15),
        staff.leads[0],
        of=key,
        text="The drill is over. Thank you.",
    )
    yield tell(
        "review",
        when + dt.timedelta(hours=5),
        staff.leads[0],
        of=key,
        text="What we take from it: who declares does not wait for proof; news first, cause later; one person writes and does "
        "not mend.",
    )


def _failure(frame: Frame) -> Iterator[YearEvent]:
    """Whoever makes the change says in good faith that it is done; half an hour later orders stop."""
    tell, staff, begins = Told(frame, "fail"), frame.staff, frame.failing
    yield from planned(
        tell,
        staff.engineers[0],
        begins,
        key="failing",
        title="Orders database to its new major version",
        services=(BROKEN,),
        backout="written",
        hours=1.5,
        over=0.8,
    )
    yield Deploys(
        "deploy-orders-db",
        begins + dt.timedelta(minutes=35),
        BROKEN,
        "15.2",
        staff.engineers[0].username,
        "Orders database 15.2",
    )
    yield Breaks(
        "outage",
        begins + dt.timedelta(minutes=96),
        "http_errors",
        (Fault("errors", BROKEN),),
        labels_of(frame.company, "http_errors", BROKEN, "critical"),
        "Orders database answers with errors (500)",
        hand=ByHand(
            staff.engineers[0].id,
            dt.timedelta(minutes=128),
            130,
            "The indexes of the old version were unusable: the old version was restored from the copy.",
            True,
        ),
        storm=60,
        cause="failing",
    )


def _bridge(frame: Frame) -> Iterator[Deed]:
    tell, staff = Told(frame, "bridge"), frame.staff
    broke = frame.failing + dt.timedelta(minutes=96)

    def after(minutes: int) -> dt.datetime:
        return broke + dt.timedelta(minutes=minutes)

    yield tell(
        "declare",
        after(7),
        staff.leads[0],
        key="outage",
        case_of=BROKEN,
        since=broke,
        title="No orders since 06:36",
        commander=staff.leads[0].id,
        communications=staff.leads[1].id,
        bridge=BRIDGE,
        specialists=(staff.engineers[0].id, staff.engineers[2].id, staff.developers[1].id),
    )
    for minutes, text in (
        (18, "Orders cannot be placed online. The tills and the warehouse go on with what they have. We are on it."),
        (
            46,
            "The orders database refuses reads since the new version. We decide between mending and going back at 07:45.",
        ),
        (
            75,
            "We go back to the old version from the copy of 05:00. Expected: 08:45. Customers see a notice in the shop.",
        ),
        (104, "The copy is being read back; nothing that was ordered is lost."),
    ):
        yield tell("update", after(minutes), staff.leads[1], of="outage", text=text)
    yield tell("cause", after(41), staff.leads[0], of="outage", service=BROKEN)
    yield tell(
        "stand_down",
        after(133),
        staff.leads[0],
        of="outage",
        text="Orders work again since 08:44. We go on watching today.",
    )


def _after(frame: Frame) -> Iterator[Deed]:
    tell, staff = Told(frame, "after"), frame.staff
    day = frame.failing + dt.timedelta(days=1, hours=5)
    yield tell(
        "review",
        day,
        staff.leads[0],
        of="outage",
        text="What happened: the new version could not use the indexes of the old one, and the check after the change "
        "read one row only. What went well: declared after seven minutes, news in time, roles apart, as rehearsed. What "
        "did not: the way back was written and had never been tried; it took two hours. Actions: try the way back "
        "first; a check that places an order; no change of a database on a working morning.",
    )
    for number, (title, owner, due, expected) in enumerate(
        (
            ("The way back of each database change is tried before", staff.engineers[0], frame.on(10, 31), 1.0),
            ("The check after a change places an order", staff.developers[1], frame.on(10, 15), 1.0),
            ("The failover of the orders database works within its target", staff.engineers[2], frame.on(11, 28), 60.0),
        )
    ):
        yield tell(
            "improvement",
            day + dt.timedelta(minutes=10 * number),
            staff.leads[0],
            key=f"action-{number}",
            of="outage",
            title=title,
            owner=owner.id,
            due=due,
            service=BROKEN,
            baseline=0.0 if number < 2 else 96.0,
            expected=expected,
            unit="done" if number < 2 else "minutes",
            better="higher" if number < 2 else "lower",
            measure="Seen at the next change" if number < 2 else "Minutes of the next failover test",
        )
        yield tell(
            "improvement_move",
            frame.on(9, 22, 10 + number),
            owner,
            of=f"action-{number}",
            deed="begin",
            note="Begun.",
        )
    yield tell(
        "improvement_move",
        frame.on(10, 14, 15),
        staff.developers[1],
        of="action-1",
        deed="finish",
        note="Part of each release.",
    )
    yield tell(
        "improvement_measure",
        frame.on(11, 5, 9),
        staff.leads[0],
        of="action-1",
        value=1.0,
        evidence="The catalogue change of November placed an order afterwards",
    )
    yield tell(
        "improvement_move", frame.on(11, 20, 17), staff.engineers[2], of="action-2", deed="finish", note="41 minutes."
    )
    yield tell(
        "improvement_measure",
        frame.on(11, 21, 9),
        staff.leads[0],
        of="action-2",
        value=41.0,
        evidence="Protocol 19 of the second site",
    )
