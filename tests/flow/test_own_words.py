"""What goes with a case is its own: its person's words, its newest decisions, its proof, its correction, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.flow.still_house import HERE, StillHouse

from tickless.domain.case import Case, Message
from tickless.domain.finding import Finding
from tickless.domain.known import Maintenance
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.saying.conversation import heard_key, message_id, say
from tickless.flow.talking.joining import Joining
from tickless.flow.tasks import _proof
from tickless.flow.tickets.relay import TicketTalk
from tickless.kit.ids import new_id
from tickless.stages.decide.identity_facts import ASSURED_BEFORE, PROVED_AT, assurance_now

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StillHouse]:
    made = StillHouse.open(tmp_path_factory.mktemp("still"))
    yield made
    made.house.journal.close()


def signal(still: StillHouse, text: str, *, conversation: str = HERE) -> Signal:
    now = still.clock.now()
    return Signal(id=new_id("sig"), source="web", kind="message", event_key=new_id("key"), fingerprint="f",
                  occurred_at=now, received_at=now,
                  title=Untrusted(text), body=Untrusted(text), sender=sender(conversation))  # fmt: skip


def sender(conversation: str) -> Sender:
    return Sender(channel="web", account="ada", conversation=conversation, person="p1", assurance="signed_in")


def writes(still: StillHouse, text: str, *, of: Case | None = None, conversation: str = HERE) -> None:
    """Ada writes something, which opens or joins this case."""
    still.clock.advance(dt.timedelta(seconds=1))
    heard = signal(still, text, conversation=conversation)
    with still.house.journal.write() as tx:
        tx.messages.put(Message(id=message_id(heard_key(heard.id), still.clock.now()), conversation=conversation,
                                author="person", name="Ada", text=Untrusted(text), at=still.clock.now()))  # fmt: skip
        if of is not None:
            tx.alerts.join(of.id, heard, why="a test")


def test_the_pack_holds_what_was_said_of_the_case_and_nothing_of_another(still: StillHouse) -> None:
    here = "web:ada:two"
    laptop, pay = still.case(conversation=here), still.case(conversation=here, subject="person:p1/pay")
    writes(still, "my laptop is slow", of=laptop, conversation=here)
    writes(still, "and my salary of 4,200 is wrong", of=pay, conversation=here)
    with still.house.journal.write() as tx:
        say(tx, conversation=here, case=laptop, text="Which laptop?", key="q1", at=still.clock.now())
    writes(still, "the old one", conversation=here)
    with still.house.journal.write() as tx:
        say(tx, conversation=here, case=pay, text="Which month?", key="q2", at=still.clock.now())
    writes(still, "March", conversation=here)
    with still.house.journal.read() as tx:
        pack = HandingOff(still.rooms).pack(tx, laptop)
        other = HandingOff(still.rooms).pack(tx, pay)
    assert [one.text for one in pack.said] == ["my laptop is slow", "the old one"]
    assert [one.text for one in other.said] == ["and my salary of 4,200 is wrong", "March"]


def test_the_pack_tells_the_newest_decisions_past_the_ninth(still: StillHouse) -> None:
    case = still.case()
    for turn in range(13):
        still.clock.advance(dt.timedelta(seconds=1))
        still.decision(case, turn=turn, summary=f"Decided in turn {turn}.")
    with still.house.journal.read() as tx:
        told = HandingOff(still.rooms).pack(tx, case).policy
    assert told == tuple(f"Decided in turn {turn}." for turn in range(8, 13))


def test_a_proof_goes_with_its_time_and_counts_no_longer_than_that(still: StillHouse) -> None:
    now = still.clock.now()
    whole = still.case(assurance="step_up", inputs={PROVED_AT: now.isoformat(), ASSURED_BEFORE: "channel"})
    part = still.case(assurance="step_up", inputs=_proof(whole))
    assert assurance_now(part, now) == "step_up"
    assert assurance_now(part, now + HOUR) == "channel"
    assert assurance_now(still.case(assurance="step_up"), now) == "none"


def correction(still: StillHouse, said: Signal, **slots: str) -> Finding:
    return Finding(id=new_id("fnd"), signal=said.id, act="correct", kind="request", need=None, slots=slots, confidence=0.9,
                   made_at=still.clock.now(), brain="rules")  # fmt: skip


def test_a_correction_of_what_colleagues_have_reaches_them(still: StillHouse) -> None:
    here = "web:ada:corrects"
    case = still.case(conversation=here)
    with still.house.journal.write() as tx:
        ends.end_case(tx, case, state="handed_off", outcome="handed_off", now=still.clock.now(), why="a test")
        ticket = tx.tickets.by(case=case.id)[0]
        tx.tickets.put(ticket.model_copy(update={"state": "open", "external": "7"}))
    said = signal(still, "no, I meant the other laptop, LT-2", conversation=here)
    talk, now = TicketTalk(still.rooms), still.clock.now()
    with still.house.journal.write() as tx:
        found = (correction(still, said, device="d2"),)
        assert talk.hear(tx, said, found, sender(here), question=None, now=now) == ()
        assert "LT-2" in tx.tickets.need(ticket.id).errands[-1].text
        another = (correction(still, said, case=str(case.number + 1_000)),)
        assert talk.hear(tx, said, another, sender(here), question=None, now=now) == another
    still.case(conversation=here)
    with still.house.journal.write() as tx:
        assert talk.hear(tx, said, found, sender(here), question=None, now=now) == found


def held_up(still: StillHouse, window: Maintenance) -> str:
    place = f"web:ada:{new_id('cnv')}"
    still.case(conversation=place, state="muted", outcome="muted", inputs={"maintenance": window.id})
    return place


def test_planned_work_that_is_called_off_or_goes_on_is_told_so(still: StillHouse) -> None:
    now = still.clock.now()
    window = Maintenance(id="mnt_1", service="s1", title="Disks", starts_at=now - HOUR, ends_at=now + HOUR)
    other = window.model_copy(update={"id": "mnt_2"})
    off, first = held_up(still, window), held_up(still, other)
    with still.house.journal.write() as tx:
        tx.maintenance.put(window.model_copy(update={"cancelled": True}))
        tx.maintenance.put(other)
        Joining(still.rooms).sweep(tx, now=now)
    assert [("called off" in text, "is over" in text) for text in still.told(off)] == [(True, False)]
    assert still.told(first) == []
    longer = other.model_copy(update={"ends_at": now + 3 * HOUR})
    with still.house.journal.write() as tx:
        Joining(still.rooms).sweep(tx, now=now + 2 * HOUR)
        tx.maintenance.put(longer)
    later = held_up(still, longer)
    with still.house.journal.write() as tx:
        Joining(still.rooms).sweep(tx, now=now + 4 * HOUR)
    assert [len(still.told(place)) for place in (off, first, later)] == [1, 1, 1]
    assert "is over" in still.told(later)[0]
