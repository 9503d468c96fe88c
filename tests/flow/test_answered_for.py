"""One ticket for an incident and its reports; whatever an incident does not answer for gets one of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.flow.still_house import HERE, StillHouse

from tickless.domain.case import TASK_RUN, Case, Participant
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.tickets.relay import TicketTalk
from tickless.flow.tickets.settling import TicketPace
from tickless.flow.tickets.sync import TicketSync


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StillHouse]:
    made = StillHouse.open(tmp_path_factory.mktemp("still"))
    yield made
    made.house.journal.close()


def incident(still: StillHouse) -> Case:
    made = still.case(kind="incident", need="incident_report", subject="service:s1", service="s1", requester=None,
                      speaker=None, conversation=None)  # fmt: skip
    with still.house.journal.write() as tx:
        told = Participant(case=made.id, role="affected", ref="p1", conversation=HERE, since=still.clock.now())
        tx.alerts.add_participant(told)
    return made


def report(still: StillHouse, parent: Case, **given: object) -> Case:
    return still.case(**{"kind": "incident", "need": "incident_report", "parent": parent.id, **given})


def hand_off(still: StillHouse, case: Case) -> None:
    with still.house.journal.write() as tx:
        ends.end_case(
            tx, still.read(case), state="handed_off", outcome="handed_off", now=still.clock.now(), why="a test"
        )


def solve(still: StillHouse, case: Case) -> None:
    with still.house.journal.write() as tx:
        ends.end_case(tx, still.read(case), state="resolved", outcome="confirmed", now=still.clock.now(), why="a test")


def ticket_states(still: StillHouse, case: Case) -> list[str]:
    """After the tickets were looked after once, a minute later."""
    still.clock.advance(dt.timedelta(minutes=1))
    rooms = still.rooms
    talk, pace = TicketTalk(rooms), TicketPace(dt.timedelta(seconds=60), dt.timedelta(days=3))
    TicketSync(rooms=rooms, handing=HandingOff(rooms), talk=talk, node="test", pace=pace).work()
    with still.house.journal.read() as tx:
        return [one.state for one in tx.tickets.by(case=case.id)]


def test_a_report_waits_for_its_incident_and_shares_its_ticket(still: StillHouse) -> None:
    whole = incident(still)
    own = report(still, whole)
    hand_off(still, own)
    assert ticket_states(still, own) == ["wanted"]
    hand_off(still, whole)
    assert ticket_states(still, whole) == ["open"]
    assert ticket_states(still, own) == []


def test_a_report_is_covered_where_the_incident_was_solved_after_it(still: StillHouse) -> None:
    whole = incident(still)
    own = report(still, whole)
    hand_off(still, own)
    still.clock.advance(dt.timedelta(minutes=1))
    solve(still, whole)
    assert ticket_states(still, own) == []


def test_what_still_does_not_work_after_an_incident_gets_its_own(still: StillHouse) -> None:
    whole = incident(still)
    solve(still, whole)
    still.clock.advance(dt.timedelta(minutes=1))
    own = report(still, whole)
    hand_off(still, own)
    assert ticket_states(still, own) == ["open"]


@pytest.mark.parametrize("running", [True, False])
def test_what_is_one_persons_own_gets_its_own(still: StillHouse, running: bool) -> None:
    whole = incident(still)
    if not running:
        hand_off(still, whole)
        ticket_states(still, whole)
    locked = report(still, whole, kind="request", need="account_unlock")
    stranger = report(still, whole, requester="p2", speaker="p2")
    back = still.case(need="take_back", parent=still.case(state="handed_off", outcome="handed_off").id)
    part = still.case(need="manual_task", parent=whole.id, inputs={TASK_RUN: "run_1_0_0"})
    for case in (locked, stranger, back):
        hand_off(still, case)
        assert ticket_states(still, case) == ["open"]
    with still.house.journal.write() as tx:
        part = tx.cases.put(part.model_copy(update={"state": "handed_off", "outcome": "handed_off"}))
        HandingOff(still.rooms)
        ends.want_ticket(tx, part, now=still.clock.now())
    assert ticket_states(still, part) == ["open"]


def test_trouble_that_was_found_to_be_the_services_is_answered_for(still: StillHouse) -> None:
    whole = incident(still)
    case = still.case(need="vpn_trouble")
    hand_off(still, case)
    with still.house.journal.write() as tx:
        ends.join_incident(tx, case, whole, now=still.clock.now())
    assert ticket_states(still, case) == ["wanted"]
