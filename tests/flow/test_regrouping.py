"""Merge, split, undo: nothing is lost, nobody is told twice, runs stop, and what cannot be taken back says why."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flow.regrouped_house import MINUTE, OPERATOR, RegroupedHouse

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.errors import BadInput, Conflict, Forbidden
from tickless.domain.finding import Finding
from tickless.domain.plan import Plan
from tickless.domain.receipt import Receipt, UndoStep
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.flow.case_steps import CaseSteps
from tickless.flow.desk.regroup import Mover
from tickless.flow.desk.regroup_health import regroup_check
from tickless.flow.ending import ends
from tickless.flow.regroup.children import Children
from tickless.flow.run_steps import RunSteps


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RegroupedHouse]:
    made = RegroupedHouse.open(tmp_path)
    yield made
    made.close()


def two(house: RegroupedHouse) -> tuple[Case, Case]:
    return house.opened("a1", service="mail"), house.opened("b1", service="payroll")


def test_merged_alerts_people_and_news_are_in_the_case_that_stays(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.reported(payroll, "p1", "web:ada:1")
    done = house.merge(mail, payroll)
    gone, whole = house.read(payroll), house.read(mail)
    assert (gone.state, gone.outcome, gone.merged_into, gone.live) == ("merged", None, mail.id, False)
    assert house.alerts(mail) == {"a1", "b1"}
    assert house.alerts(payroll) == set()
    assert ("p1", "affected") in house.people(mail)
    assert (done.alerts, done.signals, done.people) == (2 - 1, 1, 2)
    assert "Tom Moor merged case 2 into it: one cause" in [piece.text for piece in whole.evidence]
    assert house.posted()[f"case:{payroll.id}:0"] == "over"
    told = [text for text in house.still.told("web:ada:1") if "same trouble" in text]
    assert len(told) == 1
    assert f"case {whole.number}" in told[0]


def test_a_repeat_a_resolve_and_a_return_go_where_the_alert_was_moved_to(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.merge(mail, payroll)
    assert house.opened("b1", service="payroll").id == mail.id
    assert house.alert("b1", service="payroll", firing=False).id == mail.id  # type: ignore[union-attr]
    house.still.clock.advance(60 * MINUTE)
    assert house.opened("b1", service="payroll").id == mail.id
    assert house.opened("b2", service="payroll").id == mail.id  # the same trouble by another name
    assert house.opened("c1", service="till").id not in {mail.id, payroll.id}


def test_the_same_merge_again_is_the_one_that_stands(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    assert house.merge(mail, payroll).id == house.merge(mail, payroll).id
    with pytest.raises(Conflict, match="part of another case"):
        house.merge(house.opened("c1", service="till"), payroll)


def test_an_undone_merge_gives_back_what_was_moved_and_what_was_heard_since(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.reported(payroll, "p1", "web:ada:1")
    people = house.people(mail)
    done = house.merge(mail, payroll)
    house.still.clock.advance(MINUTE)
    house.alert("b1", service="payroll", firing=False)
    undone = house.undo(done)
    back = house.read(payroll)
    assert (back.state, back.generation, back.merged_into) == ("open", 1, None)
    assert house.alerts(payroll) == {"b1"}
    assert house.alerts(mail) == {"a1"}
    assert house.people(mail) == people
    with house.still.house.journal.read() as tx:
        assert [one.state for one in tx.alerts.joined(payroll.id)] == ["firing", "resolved"]
        assert {one.signal for one in tx.cases.findings_of(payroll.id)} == {tx.alerts.joined(payroll.id)[0].signal}
    assert f"case:{payroll.id}:1" in house.workflows()
    assert undone.undone_by == "p2"
    assert house.undo(done) == undone
    assert [piece.text for piece in house.read(mail).evidence if "merged" in piece.text] == []


def test_what_people_had_in_hand_is_counted_once_and_comes_back_as_it_was(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    rooms = house.still.rooms
    with rooms.journal.write() as tx:
        ends.end_case(tx, tx.cases.need(payroll.id), state="handed_off", outcome="handed_off", now=house.now, why="x")
    done = house.merge(mail, payroll)
    with rooms.journal.read() as tx:
        assert tx.resolutions.by(case=payroll.id) == []
    house.undo(done)
    assert house.read(payroll).state == "handed_off"
    with rooms.journal.read() as tx:
        assert [one.outcome for one in tx.resolutions.by(case=payroll.id)] == ["handed_off"]


def test_split_alerts_are_a_case_of_their_own_and_the_rest_is_about_what_leads_it_now(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.merge(mail, payroll)
    done = house.split(mail, "a1")
    new = house.read(done.into)
    assert (new.subject, new.need, new.state) == ("service:mail", "service_down", "open")
    rest = house.read(mail)
    assert (rest.subject, rest.generation) == ("service:payroll", 1)
    assert done.led
    assert {f"case:{new.id}:0", f"case:{mail.id}:1"} <= house.workflows()
    assert house.opened("a1", service="mail").id == new.id
    house.undo(done)
    assert house.read(mail).subject == "service:mail"
    assert house.alerts(mail) == {"a1", "b1"}
    assert (house.read(new).state, house.read(new).merged_into) == ("merged", mail.id)
    assert house.opened("a1", service="mail").id == mail.id


def test_what_joined_a_split_case_meanwhile_is_not_lost_with_it(house: RegroupedHouse) -> None:
    shop = house.opened("s1", service="shop", need="http_errors")
    assert house.opened("s2", service="shop", need="latency_high").id == shop.id
    done = house.split(shop, "s2")
    house.reported(house.read(done.into), "p1", "web:ada:1")
    assert house.opened("s3", service="shop", need="latency_high").id == done.into
    house.undo(done)
    assert house.alerts(shop) == {"s1", "s2", "s3"}
    assert ("p1", "affected") in house.people(shop)


def test_a_split_into_a_running_case(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    till = house.opened("c1", service="till")
    house.merge(mail, payroll)
    done = house.split(mail, "b1", into=till)
    assert house.alerts(till) == {"b1", "c1"}
    assert house.split(mail, "b1", into=till).id == done.id
    house.undo(done)
    assert (house.alerts(till), house.alerts(mail)) == ({"c1"}, {"a1", "b1"})


def test_a_later_change_is_undone_first(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    first = house.merge(mail, payroll)
    second = house.split(mail, "b1")
    with pytest.raises(Conflict, match="undo that first"):
        house.undo(first)
    house.undo(second)
    house.undo(first)
    assert (house.alerts(mail), house.alerts(payroll)) == ({"a1"}, {"b1"})


def test_what_cannot_be_taken_back_says_so(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    done = house.merge(mail, payroll)
    house.still.clock.advance(MINUTE)
    _did(house, mail, undo=None)
    with pytest.raises(Conflict, match=r"mail\.restart.* was done since"):
        house.undo(done)


def test_what_can_be_taken_back_does_not_stand_in_the_way(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    done = house.merge(mail, payroll)
    house.still.clock.advance(MINUTE)
    _did(house, mail, undo=UndoStep(uses="mail.start"))
    house.undo(done)
    assert (house.alerts(mail), house.alerts(payroll)) == ({"a1"}, {"b1"})


def test_after_a_day_it_stands(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    done = house.merge(mail, payroll)
    house.still.clock.advance(dt.timedelta(hours=25))
    with pytest.raises(Conflict, match="24 hours"):
        house.undo(done)


def _did(house: RegroupedHouse, case: Case, *, undo: UndoStep | None) -> None:
    run = house.still.run(case)
    plan: Plan = run.plan
    assert plan.steps == ()
    with house.still.house.journal.write() as tx:
        tx.receipts.put(
            Receipt(
                key=f"{run.id}:r",
                run=run.id,
                step="r",
                uses="mail.restart",
                state="done",
                changed=True,
                undo=undo,
                started_at=house.now,
            )
        )


def test_policy_decides_who_may(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    with house.still.house.journal.read() as tx:
        ada = tx.people.need("p1")
    with pytest.raises(Forbidden, match="No policy allows"):
        house.merge(mail, payroll, by=Mover("p1", ada))  # she owns payroll, and mail is not hers
    till = house.opened("pay2", service="payroll", need="disk_full")
    house.merge(payroll, till, by=Mover("p1", ada))
    with pytest.raises(Forbidden, match="signed in"):
        house.split(payroll, "pay2", by=Mover("p2", None, frozenset({"operator"}), "channel"))
    with pytest.raises(BadInput, match="say why"):
        house.merge(mail, payroll, reason=" ")


def test_one_persons_own_need_is_not_merged_away(house: RegroupedHouse) -> None:
    mail, _ = two(house)
    own = house.still.case(kind="incident", need="vpn_trouble", number=90, id="case_90")
    with pytest.raises(Conflict, match="link it as a child"):
        house.merge(mail, own)
    assert OPERATOR.by == "p2"


def test_the_runs_of_a_merged_case_stop_and_nothing_waits_for_an_answer(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    run = house.still.run(payroll)
    house.still.decision(payroll)
    with house.still.house.journal.write() as tx:
        tx.questions.put(
            OpenQuestion(
                id="que_1",
                case=payroll.id,
                conversation="web:ada:1",
                about="x",
                text="Which?",
                choices=(),
                waiting="case",
                asked_at=house.now,
            )
        )
    house.merge(mail, payroll)
    steps, story = RunSteps(house.still.rooms), CaseSteps(house.still.rooms)
    assert steps.step(run.id, "restart", 0) == {"state": "stopped"}
    assert story.decide(payroll.id, 0, 1)["kind"] == "over"
    assert story.end_run(payroll.id, run.id, "stopped", "merged", None) == "handed_off"
    assert house.read(payroll).state == "merged"
    assert [one.state for one in house.still.questions(payroll)] == ["withdrawn"]
    assert house.posted()[f"run:{run.id}"] == "over"


def test_a_report_about_a_merged_service_joins_the_case_that_stays(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.merge(mail, payroll)
    sender = Sender(channel="web", account="ada", conversation="web:ada:7", person="p1", assurance="signed_in")
    said = Signal(id="sig_said", source="chat:web", event_key="k", kind="message", fingerprint="f", occurred_at=house.now,
                  received_at=house.now, title=Untrusted("payroll is down"), sender=sender)  # fmt: skip
    finding = Finding(id="fnd_said", signal=said.id, kind="incident", need="incident_report", confidence=0.9, brain="rules",
                      slots={"service": "payroll"}, made_at=house.now)  # fmt: skip
    rooms = house.still.rooms
    with rooms.journal.write() as tx:
        tx.findings.put(finding)
        placed = rooms.correlate.need(tx, said, finding, sender, now=house.now)
    assert placed.case is not None
    assert placed.case.id == mail.id
    assert ("p1", "affected") in house.people(mail)


def test_children_of_what_was_merged_away_are_children_of_what_stays(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    till = house.opened("c1", service="till")
    asyncio.run(house.desk.link(till.id, payroll.id, by=OPERATOR, reason="part"))
    done = house.merge(mail, payroll)
    assert house.read(till).parent == mail.id
    house.undo(done)
    assert house.read(till).parent == payroll.id


def test_the_people_of_a_child_are_asked_when_its_parent_is_over(house: RegroupedHouse) -> None:
    mail, _ = two(house)
    own = house.still.case(kind="incident", need="vpn_trouble", number=90, id="case_90")
    asyncio.run(house.desk.link(own.id, mail.id, by=OPERATOR, reason="the mail gateway"))
    children = Children(house.still.rooms)
    children.look(house.now)
    assert house.still.told() == []
    asyncio.run(house.still.house.desk.close(mail.id, by="p2", how="confirm", reason="works"))
    children.look(house.now)
    children.look(house.now)
    (told,) = house.still.told()
    assert "Does that settle yours, too (case 90)?" in told
    assert house.read(own).live


def test_what_two_monitors_tell_of_one_alert_stays_together(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.merge(mail, payroll)
    assert house.alert("b1", service="payroll", source="second") is not None
    done = house.split(mail, "b1")
    assert (done.alerts, house.row("b1").case, house.row("b1", "second").case) == (2, done.into, done.into)
    assert house.split(mail, "b1").id == done.id


def test_the_doctor_sees_what_was_left_in_a_merged_case(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    house.merge(mail, payroll)
    with house.still.house.journal.write() as tx:
        assert regroup_check(tx).ok
        tx.alerts.put(replace(house.row("b1"), case=payroll.id))
        assert payroll.id in regroup_check(tx).detail
