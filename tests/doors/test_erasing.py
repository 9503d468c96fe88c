"""Who is erased is nowhere to be found afterwards: in no table, no file of the database; and the chain still holds."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import case as a_case

from tickless.app.dump import _write
from tickless.domain.case import Message
from tickless.domain.channel import Binding
from tickless.domain.errors import Conflict, Forbidden
from tickless.domain.history import TicketHistory
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.domain.world import World
from tickless.doors.entrance import Entrance
from tickless.flow.desk.erasing import ErasingDesk
from tickless.journal import Journal, tables
from tickless.journal.audit_holds import LegalHold, shelf
from tickless.journal.evidence import Evidence
from tickless.kit.clock import ManualClock
from tickless.practices.people.erasing import ERASED, Named
from tickless.stages.decide.evidence import pack, world_body

PHONE, EMAIL, NAME, WORDS = (
    "+49 30 555 0199",
    "zebulon@larkmoor.example",
    "Zebulon Quartermain",
    "my dog ate the vpn token",
)
CANARIES = (PHONE, EMAIL, NAME, WORDS, "Zebulon", "Quartermain", "U0ZEB")
PERSON = Person(id="p077", username="zebulon", name=NAME, email=EMAIL, phone=PHONE, department="Finance")


@pytest.fixture
def desk(journal: Journal, clock: ManualClock) -> ErasingDesk:
    return ErasingDesk(journal, clock, renew=lambda: None)


@pytest.fixture
def told(journal: Journal, clock: ManualClock) -> Journal:
    """A house in which somebody said and did a few things."""
    now = clock.now()
    entrance = Entrance(journal, clock)
    with journal.write() as tx:
        tx.people.put(PERSON)
        tx.bindings.put(
            Binding(id="slack:U0ZEB", channel="slack", account="U0ZEB", person="p077", way="code", at=now, by="p077")
        )
        done = a_case(
            5, requester="p077", speaker="p077", state="resolved", conversation="web:p077:1", title=Untrusted(WORDS),
            inputs={"person": "p077", "detail": WORDS},
        )  # fmt: skip
        tx.cases.put(done)
        title = Untrusted(f"{NAME} has no phone")
        other = a_case(6).model_copy(update={"requester": "p001", "state": "resolved", "title": title})
        tx.cases.put(other)
        tx.messages.put(Message(id="m1", conversation="web:p077:1", case=done.id, author="person", name=NAME,
                                text=Untrusted(WORDS), at=now))  # fmt: skip
        tx.messages.put(Message(id="m2", conversation="web:p001:1", author="person", name="Ada",
                                text=Untrusted("Zebulon helped me, please thank him"), at=now))  # fmt: skip
        tx.put_histories(
            [TicketHistory(id="hist_1", source="old", number="1", resolution=f"Called {NAME}\non {PHONE}")]
        )
        tx.audit.append(
            at=now, actor="p077", action="case.opened", subject=done.id, case=done.id, detail={"why": WORDS}
        )
        body = {"data": {"case": json.loads(done.model_dump_json())}, "answers": {}, "world": "w", "runbooks": "r"}
        Evidence(tx.connection).put("dec_1", case=done.id, digest="d", body=body)
        Evidence(tx.connection).put_text("w", kind="world", body=pack(world_body(World.of(people=[PERSON]))), at=now)
    user = entrance.create_user("zebulon", roles=["employee"], person="p077", password="four words make sense")
    entrance.sign_in("zebulon", "four words make sense", address="10.9.8.7")
    entrance.create_token("t", user=user, scopes=["read"])
    sender = Sender(channel="web", account="zebulon", conversation="web:p077:1", person="p077", name=NAME, email=EMAIL)
    journal.signals.append([Signal(id="sig_1", source="web", event_key="k", kind="message", fingerprint="f", occurred_at=now,
                                   received_at=now, title=Untrusted(WORDS), body=Untrusted(WORDS), sender=sender)])  # fmt: skip
    return journal


def everything(journal: Journal, folder: Path) -> bytes:
    """Every byte of the databases, and every row as it is exported."""
    found = []
    for engine, metadata in ((journal.engine, tables.main), (journal.log_engine, tables.log)):
        for table in metadata.sorted_tables:
            path = folder / f"{table.name}.ndjson"
            _write(engine, table, path)
            found.append(path.read_bytes())
        name = engine.url.database
        assert name is not None
        found += [one.read_bytes() for one in Path(name).parent.glob(Path(name).name + "*")]
    return b"\n".join(found)


def test_nothing_of_the_person_is_left_anywhere(told: Journal, desk: ErasingDesk, tmp_path: Path) -> None:
    before = everything(told, tmp_path)
    assert all(canary.encode() in before for canary in CANARIES)
    done = desk.erase("p077", by="user:root", reason="request 17")
    after = everything(told, tmp_path)
    assert [canary for canary in CANARIES if canary.encode() in after] == []
    assert {"cases", "messages", "people", "signals", "users", "sessions", "api_tokens", "bindings", "decision_inputs",
            "kept_texts", "audit (made unreadable)"} <= set(done.erased)  # fmt: skip
    assert any("pseudonym" in one for one in done.stays)
    with told.read() as tx:
        assert tx.audit.verify().broken_at is None
        assert tx.audit.rows()[0].detail == {"why": ERASED}
        assert tx.audit.rows()[0].actor == "p077"
        assert tx.cases.need("case_0006").title.raw == f"{ERASED} has no phone"
        assert tx.messages.need("m2").text.raw == f"{ERASED} helped me, please thank him"
        assert not tx.people.need("p077").active
        assert tx.access.user_by_login("zebulon") is None


def test_holds_and_open_cases_stand_against_it(told: Journal, desk: ErasingDesk, clock: ManualClock) -> None:
    def hold(covers: str, ref: str) -> LegalHold:
        made = LegalHold(id="h", covers=covers, ref=ref, reason="r", by="b", at=clock.now())
        with told.write() as tx:
            shelf(tx.connection).put(made)
        return made

    for covers, ref in (("person", "p077"), ("everything", "")):
        made = hold(covers, ref)
        with pytest.raises(Conflict):
            desk.erase("p077", by="user:root", reason="r")
    with told.write() as tx:
        shelf(tx.connection).put(made.model_copy(update={"ended_at": clock.now(), "ended_by": "b"}))
        tx.cases.put(tx.cases.need("case_0005").model_copy(update={"state": "open"}))
    with pytest.raises(Conflict):
        desk.erase("p077", by="user:root", reason="r")
    with pytest.raises(Forbidden):
        desk.erase("p077", by="p077", reason="r")
    with told.write() as tx:
        tx.cases.put(tx.cases.need("case_0005").model_copy(update={"state": "resolved"}))
    hold("case", "case_0005")
    done = desk.erase("p077", by="user:root", reason="r")
    assert any("legal hold" in one for one in done.stays)
    with told.read() as tx:
        assert tx.cases.need("case_0005").title.raw == WORDS, "what is held stays as it was"


def test_who_was_erased_stays_so(told: Journal, desk: ErasingDesk, clock: ManualClock, tmp_path: Path) -> None:
    desk.erase("p077", by="user:root", reason="r")
    clock.advance(dt.timedelta(days=1))
    with told.write() as tx:
        tx.audit.append(at=clock.now(), actor="x", action="y", subject="person:p077", detail={"why": WORDS})
    assert WORDS.encode() not in everything(told, tmp_path)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_what_does_not_name_them_is_left_as_it_is(value: object) -> None:
    named = Named.of(PERSON)
    assert named.pattern is not None
    if not named.pattern.search(json.dumps(value, ensure_ascii=False)):
        assert named.out_of(value) == value


@pytest.mark.parametrize(
    "text", [EMAIL.upper(), f"ask {NAME}!", "zebulon's laptop", f"call {PHONE} now", "Quartermain"]
)
def test_they_are_found_however_they_are_named(text: str) -> None:
    assert "zebulon" not in str(Named.of(PERSON).out_of(text)).lower()
    assert ERASED in str(Named.of(PERSON).out_of(text))


def test_a_short_name_does_not_take_out_the_language() -> None:
    short = Named.of(Person(id="p1", username="al", name="Al To", email="al@x.example", department=""))
    assert short.out_of("also, to all") == "also, to all"


def test_the_database_has_no_table_that_nobody_thought_of() -> None:
    """A new table with people's words in it belongs in `erasing.py`: columns of text outside of bodies are named here."""
    known = {"alerts", "case_signals", "audit", "one_time", "outbox", "marks", "switches"}
    plain = {
        table.name for table in tables.main.sorted_tables
        for column in table.c if isinstance(column.type, tables.Words) and column.name != "body"
    }  # fmt: skip
    assert plain - known == set()
    assert sa.__version__
