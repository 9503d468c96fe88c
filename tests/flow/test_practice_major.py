"""A major incident from the alert to its review, and a rehearsal that touches nothing real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.practice_house import PracticeRoom, by, close, open_house

from tickless.domain.case import Participant
from tickless.domain.errors import BadInput, Conflict, Forbidden
from tickless.domain.major import DeclareDraft, RehearsalDraft, RolesDraft, UpdateDraft


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PracticeRoom]:
    made = open_house(tmp_path)
    yield made
    close(made)


def test_a_major_incident_is_proposed_declared_led_told_of_and_reviewed(room: PracticeRoom) -> None:
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    ((case, why),) = room.desk.major.candidates()
    assert any("priority" in one for one in why)
    assert any("looks like a major incident" in one for one in room.told("dee"))
    with room.house.journal.write() as tx:
        tx.alerts.add_participant(Participant(case=case.id, role="affected", ref="eve", conversation="notices:eve",
                                              since=room.clock.now()))  # fmt: skip
    with pytest.raises(BadInput, match="two roles"):
        room.desk.major.declare(DeclareDraft(case=case.number, commander="ada", communications="ada"), by=by("ada"))
    with pytest.raises(Forbidden):
        room.desk.major.declare(DeclareDraft(case=case.number, commander="ada"), by=by("bo"))
    major = room.desk.major.declare(
        DeclareDraft(case=case.number, commander="ada", bridge="https://meet.example/1"), by=by("ada")
    )
    assert major.roles_filled_at is None
    major = room.desk.major.assign(major.id, RolesDraft(communications="cy", specialists=("fay",)), by=by("ada"))
    assert major.roles_filled_at == room.clock.now()
    assert any("https://meet.example/1" in one for one in room.told("fay"))
    assert room.desk.major.candidates() == []
    with pytest.raises(Conflict):
        room.desk.major.declare(DeclareDraft(case=case.number, commander="ada"), by=by("ada"))

    room.on(minutes=10)
    major = room.desk.major.update(major.id, UpdateDraft(text="The shop is down; the phones work."), by=by("cy"))
    assert any("the phones work" in one for one in room.told("eve"))
    room.on(minutes=31)
    assert any("have not come" in one for one in room.told("cy"))
    room.on(minutes=1)
    assert sum("have not come" in one for one in room.told("cy")) == 1, "once for each time that is missed"
    major = room.desk.major.update(major.id, UpdateDraft(text="It is the database."), by=by("cy"))
    assert major.updates[-1].late == 120
    room.desk.major.name_cause(major.id, "Database", by=by("fay"))
    room.desk.major.stand_down(major.id, "The shop works again.", by=by("ada"))
    draft = room.desk.major.draft_review(major.id)
    assert "1 of 3" not in draft
    assert "Database" in draft
    done = room.desk.major.review(major.id, draft + "\nWe add a second database.", by=by("ada"))
    assert done.state == "reviewed"
    assert room.actions(major.id)[0] == "major_incident.declared"


def test_a_rehearsal_makes_nothing_real_and_is_scored(room: PracticeRoom) -> None:
    head = room.house.journal.signals.head()
    played = room.desk.major.rehearse(RehearsalDraft(service="Database", seed=7), by=by("ada"))
    room.on(minutes=4)
    major = room.desk.major.declare(
        DeclareDraft(rehearsal=played.id, commander="ada", communications="cy", specialists=("fay",)), by=by("ada")
    )
    assert any("This is a rehearsal." in one for one in room.told("fay"))
    room.on(minutes=5)
    room.desk.major.update(major.id, UpdateDraft(text="The shop is down."), by=by("cy"))
    room.desk.major.name_cause(major.id, "db", by=by("fay"))
    room.on(minutes=20)
    done = room.desk.major.stand_down(major.id, "", by=by("ada"))
    assert done.rehearsal is not None
    assert sum(part.points for part in done.rehearsal.score) == 100
    assert room.house.journal.signals.head() == head
    assert room.cases() == 0
    assert room.told("eve") == []
