"""A change from its draft to a computed outcome, with the real intake, the ordinary approvals and the planning of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.practice_house import HOUR, PracticeRoom, by, close, open_house

from tickless.domain.brake import ChangeRule
from tickless.domain.change import Change, ChangeDraft, ModelDraft
from tickless.domain.errors import BadInput, Conflict, Forbidden
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.kit.ids import new_id


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PracticeRoom]:
    made = open_house(tmp_path)
    yield made
    close(made)


def draft(room: PracticeRoom, **given: object) -> ChangeDraft:
    now = room.clock.now()
    plain = {"title": "New disks", "services": ("Database",), "starts_at": now + HOUR, "ends_at": now + 2 * HOUR,
             "backout": "written", "check": "the store answers"}  # fmt: skip
    return ChangeDraft.model_validate({**plain, **given})


def approved(room: PracticeRoom, **given: object) -> Change:
    made = room.desk.changes.raise_change(draft(room, **given), by=by("ada")).change
    room.desk.changes.submit(made.id, by=by("ada"))
    for person in ("dee", "bo", "eve"):
        if room.desk.changes.show(made.id).change.state == "asked":
            try:
                room.answer(person)
            except AssertionError:
                continue
            room.tick()
    return room.desk.changes.show(made.id).change


def test_a_change_is_approved_by_others_opens_planned_work_and_is_quiet(room: PracticeRoom) -> None:
    room.tell("disk", "resolved", service="db")  # something watches the database
    change = approved(room)
    assert (change.state, change.service, change.owner) == ("approved", "db", "ada")
    (window,) = change.windows
    with room.house.journal.read() as tx:
        case = tx.cases.need(change.case or "")
        assert (case.outcome, tx.maintenance.need(window).change) == ("confirmed", change.id)
    room.on(hours=1)
    room.desk.changes.begin(change.id, by=by("ada"))
    room.tell("disk", "firing", service="db")
    room.turn()
    assert room.cases() == 1, "what the work explains is held back"
    room.tell("disk", "resolved", service="db")
    room.on(minutes=30)
    done = room.desk.changes.finish(change.id, said="done", checked="passed", by=by("ada"))
    assert (done.state, done.result) == ("watched", None)
    room.on(hours=5)
    closed = room.desk.changes.show(change.id).change
    assert (closed.state, closed.result) == ("closed", "success")
    assert closed.outcome is not None
    assert any(one.kind == "check" and one.speaks == "for" for one in closed.outcome.evidence)
    assert room.actions(change.id) == [
        "change.raised", *["approval.asked"] * len(change.approvals), "change.submitted", "change.approved", "change.begun",
        "change.finished", "change.outcome",
    ]  # fmt: skip


def test_a_change_that_is_said_to_be_done_honestly_failed(room: PracticeRoom) -> None:
    change = approved(room, services=("Shop",))
    room.on(hours=1)
    room.desk.changes.begin(change.id, by=by("ada"))
    room.on(minutes=20)
    room.desk.changes.finish(change.id, said="done", by=by("ada"))
    room.on(minutes=5)
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.on(hours=5)
    closed = room.desk.changes.show(change.id).change
    assert closed.result == "failed"
    assert closed.outcome is not None
    (incident,) = [one for one in closed.outcome.evidence if one.kind == "incident"]
    assert incident.speaks == "against"
    reason = "The payment provider was down at that hour"
    with pytest.raises(Forbidden, match="does not correct"):
        room.desk.changes.correct(change.id, "success", reason=reason, by=by("ada"))
    with pytest.raises(BadInput, match="reason"):
        room.desk.changes.correct(change.id, "success", reason="no", by=by("cy"))
    fixed = room.desk.changes.correct(change.id, "degraded", reason=reason, by=by("cy"))
    assert (fixed.result, fixed.outcome and fixed.outcome.result) == ("degraded", "failed")
    assert room.actions(change.id)[-1] == "change.corrected"


def test_nobody_approves_their_own_change_and_a_no_is_a_no(room: PracticeRoom) -> None:
    made = room.desk.changes.raise_change(draft(room), by=by("eve")).change
    asked = room.desk.changes.submit(made.id, by=by("eve"))
    with room.house.journal.read() as tx:
        people = {one for identity in asked.approvals for one in tx.approvals.need(identity).approvers}
    assert people
    assert "eve" not in people
    with pytest.raises(Conflict, match="not approved"):
        room.desk.changes.begin(made.id, by=by("eve"))
    room.answer("dee", approve=False)
    room.tick()
    rejected = room.desk.changes.show(made.id).change
    assert rejected.state == "rejected"
    with room.house.journal.read() as tx:
        assert tx.cases.need(rejected.case or "").outcome == "refused"


def test_what_was_approved_is_what_is_made(room: PracticeRoom) -> None:
    change = approved(room)
    again = room.desk.changes.edit(change.id, draft(room, title="New disks and a new kernel"), by=by("ada")).change
    assert (again.state, again.approvals) == ("draft", ())
    with pytest.raises(Conflict):
        room.desk.changes.begin(change.id, by=by("ada"))
    with room.house.journal.read() as tx:
        assert tx.maintenance.need(change.windows[0]).cancelled


def test_a_freeze_stops_a_change_and_not_an_emergency(room: PracticeRoom) -> None:
    now = room.clock.now()
    with room.house.journal.write() as tx:
        tx.change_rules.put(ChangeRule(id="r1", kind="freeze", title="Year end", reason="the books are closed", starts_at=now,
                                       ends_at=now + 9 * HOUR, by="eve", made_at=now))  # fmt: skip
    made = room.desk.changes.raise_change(draft(room), by=by("ada")).change
    with pytest.raises(Conflict, match="books are closed"):
        room.desk.changes.submit(made.id, by=by("ada"))
    urgent = room.desk.changes.raise_change(draft(room, kind="emergency"), by=by("ada")).change
    room.desk.changes.submit(urgent.id, by=by("ada"))
    begun = room.desk.changes.begin(urgent.id, by=by("ada"))
    assert "before its approval" in begun.story[-1].text
    room.answer("bo")
    room.tick()
    assert any(one.kind == "approved" for one in room.desk.changes.show(urgent.id).change.story)


def test_a_standard_change_flows_until_its_outcomes_take_its_authority(room: PracticeRoom) -> None:
    model = ModelDraft(title="Restart the wiki", services=("wiki",), most_risk=90, backout="tested")
    with pytest.raises(Forbidden):
        room.desk.changes.standard.authorise(model, by=by("ada"))
    known = room.desk.changes.standard.authorise(model, by=by("bo"))
    for _ in range(2):
        made = room.desk.changes.raise_change(draft(room, services=("wiki",), model=known.id), by=by("ada")).change
        assert room.desk.changes.submit(made.id, by=by("ada")).state == "approved"
        room.on(hours=1)
        room.desk.changes.begin(made.id, by=by("ada"))
        room.desk.changes.finish(made.id, said="backed_out", by=by("ada"))
        room.on(hours=5)
        assert room.desk.changes.show(made.id).change.result == "backed_out"
    (suspended,) = room.desk.changes.standard.listed()
    assert suspended.state == "suspended"
    later = room.desk.changes.raise_change(draft(room, services=("wiki",), model=known.id), by=by("ada")).change
    assert room.desk.changes.submit(later.id, by=by("ada")).kind == "normal"


def test_a_deployment_becomes_a_change_and_its_rollback_is_seen(room: PracticeRoom) -> None:
    now = room.clock.now()

    def deploy(title: str, at: dt.datetime) -> None:
        room.house.journal.signals.append([
            Signal(id=new_id("sig"), source="ci", event_key=title, kind="deploy", fingerprint=title, occurred_at=at,
                   received_at=at, title=Untrusted(title), labels={"service": Untrusted("shop")})
        ])  # fmt: skip

    deploy("shop 2.4 to production", now)
    room.tick()
    (change,) = room.desk.changes.listed()
    assert (change.state, change.service, change.source) == ("watched", "shop", "ci")
    deploy("rollback shop to 2.3", now + HOUR)
    room.on(hours=2)
    room.on(hours=4)
    found = {one.title: one for one in room.desk.changes.listed()}
    assert found["shop 2.4 to production"].result == "backed_out"
    with pytest.raises(Conflict, match="ci keeps"):
        room.desk.changes.cancel(change.id, reason="no", by=by("ada"))


def test_who_may_not_keep_changes_may_not(room: PracticeRoom) -> None:
    with pytest.raises(Forbidden):
        room.desk.changes.raise_change(draft(room, services=("Mail",)), by=by("dee"))
    own = room.desk.changes.raise_change(draft(room, services=("Shop",)), by=by("dee")).change
    assert own.state == "draft"
    hits = room.desk.changes.raise_change(draft(room, services=("Database",)), by=by("ada")).collisions
    assert [one.ref for one in hits] == [own.id]
