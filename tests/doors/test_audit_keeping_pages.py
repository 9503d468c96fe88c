"""Keeping the record by forms: signing, changing the key, holds, retention, erasing; and who may do which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE
from tests.browser.reading import Node, form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site

from tickless.kit.clock import ManualClock

PAGE = "/audit/keeping"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("keeping")) as opened:
        yield opened


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


@pytest.fixture
def admin(site: Site) -> TestClient:
    return signed_in(site, "admin")


def send(browser: TestClient, action: str, **given: str) -> Node:
    form = form_of(read_page(browser.get(PAGE).text), action)
    answer = browser.post(action, data={**form, **given})
    assert answer.status_code == 200, answer.text[-600:]
    return read_page(answer.text).one("main")


def test_the_head_is_signed_and_the_key_changed(admin: TestClient, site: Site) -> None:
    before = site.house.desk.record.keys().own
    assert "Signed up to row" in send(admin, "/audit/checkpoint").text
    assert (
        admin.post(
            "/audit/key", data={"csrf": form_of(read_page(admin.get(PAGE).text), "/audit/key")["csrf"]}
        ).status_code
        == 422
    )
    assert "from now on" in send(admin, "/audit/key", sure="yes", lost="").text
    assert site.house.desk.record.keys().keys[0] == before != site.house.desk.record.keys().own
    assert site.house.desk.record.verify().broken_at is None


def test_what_is_held_is_not_let_go_until_the_hold_is_ended(admin: TestClient, site: Site) -> None:
    with site.journal.read() as tx:
        case = tx.cases.by_number(2041)
    assert case is not None
    assert "#2041" in send(admin, "/audit/holds", covers="case", ref="2041", reason="a lawsuit").text
    assert isinstance(site.clock, ManualClock)
    site.clock.advance(dt.timedelta(days=40))
    admin = signed_in(site, "admin")
    assert "have lost their details" in send(admin, "/audit/retention", days="1").text
    with site.journal.read() as tx:
        rows = tx.audit.rows(case=case.id, limit=500)
    assert rows
    assert all(row.dropped_at is None for row in rows)
    held = site.house.desk.record.holds()
    assert [(one.covers, one.ref) for one in held] == [("case", case.id)]
    assert "has ended" in send(admin, "/audit/holds/end", id=held[0].id, reason="settled").text
    assert site.house.desk.record.holds() == []
    assert site.house.desk.record.verify().broken_at is None


def test_a_person_is_erased_once_somebody_is_sure(admin: TestClient, site: Site) -> None:
    form = form_of(read_page(admin.get(PAGE).text), "/audit/erase")
    unsure = admin.post("/audit/erase", data={**form, "person": EMPLOYEE, "reason": "request 17", "sure": ""})
    assert unsure.status_code == 422
    with site.journal.write() as tx:
        for case in tx.cases.by(requester=EMPLOYEE, limit=500):
            tx.cases.put(case.model_copy(update={"state": "resolved"}))
        before = tx.people.need(EMPLOYEE)
    told = send(admin, "/audit/erase", person=before.username, reason="request 17", sure="yes").text
    assert "Erased" in told
    with site.journal.read() as tx:
        after = tx.people.need(EMPLOYEE)
        assert after.name == "Erased person"
        assert not after.active
        assert [row.subject for row in tx.audit.latest(limit=20) if row.action == "person.erase"] == [
            f"person:{EMPLOYEE}"
        ]


def test_an_auditor_looks_and_signs_and_changes_nothing(site: Site) -> None:
    auditor = signed_in(site, "auditor")
    page = read_page(auditor.get(PAGE).text)
    csrf = form_of(page, "/audit/checkpoint")["csrf"]
    assert not list(page.all("form", action="/audit/erase"))
    for action in ("/audit/key", "/audit/holds", "/audit/holds/end", "/audit/retention", "/audit/erase"):
        refused = auditor.post(action, data={"csrf": csrf, "sure": "yes", "person": "p1", "reason": "x", "days": "1"})
        assert refused.status_code == 403, action
    assert signed_in(site, "operator").get(PAGE).status_code == 403


def test_decisions_made_again_are_shown_with_their_share(admin: TestClient) -> None:
    told = read_page(admin.get("/audit/decisions").text).one("main").text
    assert "decisions are whole" in told
