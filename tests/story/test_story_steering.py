"""From a person's message to the figures that leadership steers by: counted once, worth what the past says, with its case."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.story.stage import Stage

from tickless.domain.history import TicketHistory

DAY = dt.timedelta(days=1)


def test_an_unlock_is_worth_what_people_took_for_it_before(stage: Stage) -> None:
    desk, now = stage.house.desk.steering, stage.house.rooms.clock.now()
    with stage.house.journal.write() as tx:
        for place in range(30):
            opened = now - (60 + place) * DAY
            tx.history_tickets.put(
                TicketHistory(
                    id=f"hist_{place}",
                    source="old",
                    number=f"INC{place}",
                    opened_at=opened,
                    caller=f"anyone_{place}",
                    resolved_at=opened + dt.timedelta(hours=2),
                    category=("Access", "Unlock"),
                    effort_minutes=12.0,
                )
            )
    before = (
        next(one for one in desk.metrics(desk.window(days=7)) if one.metric.id == "ticket_volume").figure.value or 0
    )
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    story = stage.talk(person).say("acount locked pls help, i cant sign in").ends()
    assert story.case.outcome == "verified"
    desk.assume(
        "match:account_unlock", "Access / Unlock", by=person.id, reason="the same need"
    )  # what was read is read anew

    ref = f"live:{story.case.number}"
    view = desk.metric("verified", desk.window(days=7))
    assert ref in {ref for ref, _ in view.seen.figure.rows}
    assert next(one for one in view.rows if one.ref == ref).case is not None
    volume = next(one for one in desk.metrics(desk.window(days=7)) if one.metric.id == "ticket_volume").figure.value
    assert volume is not None
    assert volume >= before + 1

    found, _ = desk.ledger(desk.window(days=7))
    work = next(one for one in found.lines if one.id.startswith("minutes:account_unlock"))
    assert ref in work.cases
    assert len(work.against) == 30
    assert work.minutes == pytest.approx(12.0 * len(work.cases))

    view_of = desk.maturity(days=30)
    assert {one.model for one in view_of.marks} == {"zero_ticket", "cmmi", "excellence"}
    verify = next(
        each for one in view_of.standings for each in one.judged if each.criterion.id == "zero_ticket.governance.verify"
    )
    assert verify.met
    assert desk.guard(weeks=8).skipped
