"""Whoever is on call is called for an incident, and the next one when nobody answers; calendars in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.practice_house import DAY, HOUR, PracticeRoom, by, close, open_house

from tickless.domain.calendar_file import read_calendar
from tickless.domain.errors import BadInput, Conflict, Forbidden
from tickless.domain.oncall import Layer, OverrideDraft, Schedule, ScheduleDraft
from tickless.domain.oncall_rules import PagingRulesDraft


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PracticeRoom]:
    made = open_house(tmp_path)
    yield made
    close(made)


def kept(room: PracticeRoom, **given: object) -> Schedule:
    layer = Layer(people=("cy", "fay"), first_day=dt.date(2026, 3, 2), at=dt.time(8, 0))
    draft = ScheduleDraft.model_validate(
        {"title": "Shop", "services": ("Shop", "Database"), "layers": (layer,), **given}
    )
    return room.desk.on_call.keep(draft, by=by("ada"))


def test_somebody_is_called_and_then_the_next_until_one_has_it(room: PracticeRoom) -> None:
    schedule = kept(room)
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    (page,) = room.desk.on_call.pages.listed()
    assert [one.person for one in page.calls] == ["cy"]
    assert any("You are called for case 1" in one for one in room.told("cy"))
    room.on(minutes=9)
    assert room.told("fay") == []
    room.on(minutes=2)
    assert len(room.told("fay")) == 1
    room.on(minutes=10)
    assert any("You are called" in one for one in room.told("dee")), "the owner of the service"
    with pytest.raises(Forbidden):
        room.desk.on_call.pages.acknowledge(page.id, by=by("bo"))
    done = room.desk.on_call.pages.acknowledge(page.id, by=by("fay"))
    assert (done.state, done.acknowledged_by) == ("acknowledged", "fay")
    with pytest.raises(Conflict):
        room.desk.on_call.pages.acknowledge(page.id, by=by("cy"))
    room.on(minutes=60)
    assert room.told("eve") == [], "nobody else is called"
    with room.house.journal.read() as tx:
        assert [one.ref for one in tx.alerts.participants(page.case) if one.role == "owner"] == ["fay"]
    shown = room.desk.on_call.show(schedule.id)
    assert {one.person: one.pages for one in shown.load}["cy"] == 1
    room.tell("shop-down", "resolved", service="shop")
    room.turn()
    room.end_cases()
    room.tick()
    assert [one.state for one in room.desk.on_call.pages.listed()] == ["over"]


def test_when_nobody_answers_it_is_said_so(room: PracticeRoom) -> None:
    kept(room)
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    for _ in range(4):
        room.on(minutes=11)
    (page,) = room.desk.on_call.pages.listed()
    assert [one.person for one in page.calls] == ["cy", "fay", "dee", "eve"]
    assert room.actions(page.id) == ["page.begun", *["page.called"] * 4]


def test_what_is_low_calls_nobody(room: PracticeRoom) -> None:
    kept(room, page_at=0)
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    assert room.desk.on_call.pages.listed() == []


def test_who_is_on_the_schedule_may_swap_and_others_may_not(room: PracticeRoom) -> None:
    schedule, now = kept(room), room.clock.now()
    swap = OverrideDraft(person="eve", starts_at=now, ends_at=now + HOUR, why="dentist")
    with pytest.raises(Forbidden):
        room.desk.on_call.override(schedule.id, swap, by=by("bo"))
    swapped = room.desk.on_call.override(schedule.id, swap, by=by("cy"))
    assert [who for _, who in room.desk.on_call.who("Shop")] == ["eve"]
    room.desk.on_call.end_override(schedule.id, swapped.overrides[0].id, by=by("cy"))
    assert [who for _, who in room.desk.on_call.who("Shop")] == ["cy"]
    with pytest.raises(BadInput):
        room.desk.on_call.override(schedule.id, swap.model_copy(update={"ends_at": now}), by=by("cy"))


def test_a_calendar_goes_out_and_comes_in_again(room: PracticeRoom) -> None:
    schedule, other, now = kept(room), kept(room, title="Second", services=()), room.clock.now()
    text = room.desk.on_call.calendar(schedule.id)
    entries = read_calendar(text, until=now + 400 * DAY)
    assert {one.title for one in entries} == {"Cy", "Fay"}
    done = room.desk.on_call.read_in(other.id, text, by=by("ada"))
    assert (done.made, done.unknown) == (len(entries), ())
    again = room.desk.on_call.read_in(other.id, text, by=by("ada"))
    assert again.made == done.made
    shown = room.desk.on_call.show(other.id).schedule
    assert len(shown.overrides) == done.made, "the same calendar again adds nothing"
    for days in range(40):
        at = now + days * DAY
        mine = next(one for one in room.desk.on_call.show(schedule.id).shifts if one.starts_at <= now)
        assert mine.person == "cy"
        inside = [one.person for one in shown.overrides if one.starts_at <= at < one.ends_at]
        assert len(inside) == 1
    strange = text.replace("SUMMARY:Cy", "SUMMARY:Somebody else")
    assert room.desk.on_call.read_in(other.id, strange, by=by("ada"), dry_run=True).unknown[:1] == ("Somebody else",)


def ruled(room: PracticeRoom, person: str, **given: object) -> None:
    draft = {"urgent": {"steps": [{}, {"after": 5}], "again": 10}, **given}
    room.desk.on_call.rules.keep(person, PagingRulesDraft.model_validate(draft), by=by(person))


def calls(room: PracticeRoom, person: str) -> int:
    return sum("called for case" in one for one in room.told(person))


def test_whoever_is_called_is_paged_by_rules_of_their_own_until_somebody_has_it(room: PracticeRoom) -> None:
    kept(room, steps=({"after": 0, "whom": "on_call"}, {"after": 60, "whom": "next"}))
    ruled(room, "cy")
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    told = [calls(room, "cy")]
    for minutes in (4, 1, 9, 1, 10):
        room.on(minutes=minutes)
        told.append(calls(room, "cy"))
    assert told == [1, 1, 2, 2, 3, 4]
    (page,) = room.desk.on_call.pages.listed()
    assert [(one.number, one.rule) for one in page.notices] == [
        (0, "at once in the usual channel"), (1, "after 5 min in the usual channel"),
        (2, "again each 10 min, in the usual channel"), (3, "again each 10 min, in the usual channel"),
    ]  # fmt: skip
    assert [one.sent_at for one in room.desk.on_call.pages.sent(page)] == [one.at for one in page.notices]
    room.desk.on_call.pages.acknowledge(page.id, by=by("cy"))
    room.on(minutes=120)
    assert calls(room, "cy") == 4, "whoever has it is left alone"
    assert room.actions(page.id) == [
        "page.begun", "page.called", *["page.notified"] * 3, "page.acknowledged"
    ]  # fmt: skip


def test_whoever_passes_it_on_is_paged_no_more_and_others_are(room: PracticeRoom) -> None:
    kept(room, steps=({"after": 0, "whom": "on_call"}, {"after": 60, "whom": "next"}))
    ruled(room, "cy")
    ruled(room, "fay", urgent={"steps": [{"after": 2}], "again": 5})
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    (page,) = room.desk.on_call.pages.listed()
    room.desk.on_call.pages.pass_on(page.id, by=by("cy"))
    assert (calls(room, "cy"), calls(room, "fay")) == (1, 0)
    room.on(minutes=2)
    room.on(minutes=5)
    assert (calls(room, "cy"), calls(room, "fay")) == (1, 2)


def test_quiet_hours_hold_back_what_is_not_urgent_and_the_steps_wait_with_it(room: PracticeRoom) -> None:
    kept(room, page_at=0)
    ruled(room, "cy", quiet="daily 08:30-12:00")
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    hand_off(room)
    room.tick()
    (page,) = room.desk.on_call.pages.listed()
    assert (page.urgent, page.waits_until, calls(room, "cy")) == (False, room.clock.now().replace(hour=12), 0)
    room.on(minutes=60)
    assert (calls(room, "cy"), calls(room, "fay")) == (0, 0)
    room.on(minutes=120)
    assert (calls(room, "cy"), calls(room, "fay")) == (1, 0)
    room.on(minutes=10)
    assert (calls(room, "cy"), calls(room, "fay")) == (2, 1)


def test_what_becomes_urgent_waits_for_no_quiet_hours(room: PracticeRoom) -> None:
    schedule = kept(room, page_at=0)
    ruled(room, "cy", quiet="daily 08:30-12:00")
    room.tell("shop-down", "firing", service="shop", severity="critical")
    room.tick()
    hand_off(room)
    room.tick()
    assert calls(room, "cy") == 0
    with room.house.journal.write() as tx:
        tx.oncall_schedules.put(schedule.model_copy(update={"page_at": 2}))
    room.on(minutes=1)
    (page,) = room.desk.on_call.pages.listed()
    assert (page.urgent, calls(room, "cy")) == (True, 1)
    assert "It is urgent now" in page.story[-1].text


def hand_off(room: PracticeRoom) -> None:
    with room.house.journal.write() as tx:
        (case,) = tx.cases.where()
        tx.cases.put(case.model_copy(update={"state": "handed_off"}))


def test_rules_are_ones_own_or_an_operators_to_write(room: PracticeRoom) -> None:
    rules, draft = room.desk.on_call.rules, PagingRulesDraft.model_validate({"urgent": {"steps": [{}]}})
    assert rules.keep(None, draft, by=by("dee")).person == "dee", "an employee's own"
    assert rules.keep("dee", draft, by=by("ada")).made_by == "ada", "an operator's for somebody"
    for deed in (lambda: rules.keep("cy", draft, by=by("dee")), lambda: rules.show("cy", by=by("bo")),
                 lambda: rules.drop("cy", by=by("bo"))):  # fmt: skip
        with pytest.raises(Forbidden):
            deed()
    with pytest.raises(BadInput, match="no channel 'pigeon'"):
        rules.keep(None, PagingRulesDraft.model_validate({"urgent": {"steps": [{"by": "pigeon"}]}}), by=by("cy"))
    assert rules.drop(None, by=by("dee")).rules is None
    assert room.actions("person:dee") == ["paging_rules.kept", "paging_rules.kept", "paging_rules.dropped"]
