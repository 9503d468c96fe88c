"""Standing reports: sent when they are due, once, to people and by mail; told when they could not be."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from tickless.app.build import House, build
from tickless.app.settings import Settings
from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.person import Person
from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.flow.desk.report_subscriptions import SubscriptionDraft
from tickless.flow.saying.conversation import personal
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock
from tickless.sdk.testing.mail import MailServer, mail_server

FRIDAY = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 3, 9, 6, 1, tzinfo=dt.UTC)
BERLIN = "Europe/Berlin"


def _person(login: str) -> Person:
    return Person(id=login, username=login, name=login.title(), email=f"{login}@larkmoor.example", department="IT")


@contextmanager
def opened(folder: Path, clock: ManualClock, *, smtp: int = 0) -> Iterator[House]:
    sender = {
        "sender": "desk@larkmoor.example",
        "smtp": {"host": "127.0.0.1", "port": smtp, "tls": "none"},
        "listen": False,
    }
    mail = {"mail": {"use": "email", "settings": sender}} if smtp else {}
    house = build(
        Settings(data=folder, connectors=mail, home="https://desk.larkmoor.example"), role="door", clock=clock
    )
    with house.journal.write() as tx:
        write_world(
            tx,
            World.of(
                people=[_person("ada"), _person("bo"), _person("eve")],
                services=[Service(id="shop", name="Shop", owner="bo")],
            ),
        )
    house.world.renew()
    for login, role in (("ada", "operator"), ("eve", "admin")):
        house.entrance.create_user(login, roles=[role], person=login)
    try:
        yield house
    finally:
        house.desk.telemetry.close()
        house.desk.history.close()
        house.journal.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(FRIDAY)


def _notices(house: House, person: str) -> list[str]:
    with house.journal.read() as tx:
        return [one.text.raw for one in tx.messages.by(conversation=personal(person))]


def test_a_person_gets_it_when_it_is_due_and_once(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as house:
        desk = house.desk.subscriptions
        made = desk.subscribe(SubscriptionDraft(cadence="weekly", zone=BERLIN, person="ada"), by="ada")
        desk.tend(clock.now())
        assert _notices(house, "ada") == [], "the next one that is due is the first"
        clock.advance(MONDAY - clock.now())
        desk.tend(clock.now())
        desk.tend(clock.now())
        (told,) = _notices(house, "ada")
        assert told.startswith("The week of 2 March 2026.")
        assert (
            "https://desk.larkmoor.example/reports/week?since=2026-03-02T06:00:00Z&until=2026-03-09T06:00:00Z" in told
        )
        desk.end(made.id, by="ada")
        clock.advance(dt.timedelta(days=7))
        desk.tend(clock.now())
        assert len(_notices(house, "ada")) == 1
        with pytest.raises(Conflict):
            desk.end(made.id, by="ada")


def test_a_mail_carries_the_report_as_text_page_and_paper(tmp_path: Path, clock: ManualClock) -> None:
    server = MailServer(boxes={}, users={})
    with ExitStack() as stack:
        stack.enter_context(mail_server(server))
        house = stack.enter_context(opened(tmp_path, clock, smtp=server.smtp_port))
        desk = house.desk.subscriptions
        desk.subscribe(
            SubscriptionDraft(cadence="weekly", zone=BERLIN, owner="bo", mail="chief@larkmoor.example"), by="eve"
        )
        clock.advance(MONDAY - clock.now())
        desk.tend(clock.now())
        desk.tend(clock.now())
        (raw,) = server.sent
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        assert mail["To"] == "chief@larkmoor.example"
        assert mail["Subject"] == "The week of 2 March 2026 for Bo"
        text, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert "# The week of 2 March 2026 for Bo" in text.get_content()
        assert page is not None
        assert "<h1>The week of 2 March 2026 for Bo</h1>" in page.get_content()
        (paper,) = mail.iter_attachments()
        assert paper.get_filename() == "report-2026-03-09.pdf"
        assert paper.get_content().startswith(b"%PDF-")


def test_what_cannot_be_sent_is_tried_again_and_then_told(tmp_path: Path, clock: ManualClock) -> None:
    server = MailServer(boxes={}, users={}, refuse_with="451 try again later")
    with ExitStack() as stack:
        stack.enter_context(mail_server(server))
        house = stack.enter_context(opened(tmp_path, clock, smtp=server.smtp_port))
        desk = house.desk.subscriptions
        desk.subscribe(SubscriptionDraft(cadence="daily", mail="chief@larkmoor.example"), by="eve")
        clock.advance(dt.datetime(2026, 3, 7, 7, 1, tzinfo=dt.UTC) - clock.now())
        desk.tend(clock.now())
        (one,) = desk.all()
        assert one.failed
        assert one.next_try is not None
        server.refuse_with = ""
        desk.tend(clock.now())
        assert server.sent == [], "not before its time"
        clock.advance(one.next_try - clock.now())
        desk.tend(clock.now())
        assert len(server.sent) == 1
        assert desk.all()[0].failed == ""


def test_what_was_due_while_the_house_was_down_is_left_out(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as house:
        desk = house.desk.subscriptions
        desk.subscribe(SubscriptionDraft(cadence="monthly", person="ada"), by="ada")
        clock.advance(dt.datetime(2026, 4, 3, tzinfo=dt.UTC) - clock.now())
        desk.tend(clock.now())
        assert _notices(house, "ada") == []
        assert desk.all()[0].failed == "it was due while the house was down"


def test_a_wish_that_makes_no_sense_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as house:
        desk = house.desk.subscriptions
        for draft in (
            SubscriptionDraft(cadence="daily"),
            SubscriptionDraft(cadence="daily", person="ada", mail="a@b.example"),
            SubscriptionDraft(cadence="daily", person="nobody"),
            SubscriptionDraft(cadence="daily", person="ada", zone="Mars/Olympus"),
            SubscriptionDraft(cadence="daily", mail="a@b.example"),
        ):
            with pytest.raises(BadInput):
                desk.subscribe(draft, by="ada")
        desk.subscribe(SubscriptionDraft(cadence="daily", person="ada"), by="ada")
        with pytest.raises(Conflict):
            desk.subscribe(SubscriptionDraft(cadence="daily", person="ada", at=dt.time(9)), by="ada")
        with pytest.raises(NotFound):
            house.desk.reports.week(owner="ada")


def test_whoever_may_not_read_any_more_gets_no_more_reports(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as house:
        desk = house.desk.subscriptions
        for person, by in (("ada", "ada"), ("ada", "eve"), ("bo", "eve")):
            draft = SubscriptionDraft(cadence="daily", person=person, owner="bo" if by == "eve" else "")
            desk.subscribe(draft, by=by)
        with house.journal.write() as tx:
            (eve,) = tx.access.users.by(person="eve")
            tx.access.users.put(eve.model_copy(update={"active": False}))
        clock.advance(dt.timedelta(hours=20))
        desk.tend(clock.now())
        assert len(_notices(house, "ada")) == 1, "her own goes on; what an administrator sent ends with their right"
        assert _notices(house, "bo") == [], "he never had the right to read"
        assert [one.made_by for one in desk.all()] == ["ada"]
