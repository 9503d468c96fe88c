"""Beside a case that people have: its ticket, the pack, words to the person, and calling others in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE
from tests.browser.reading import form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site

from tickless.domain.case import Case


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("console-tickets")) as opened:
        yield opened


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


@pytest.fixture(scope="module")
def admin(site: Site) -> TestClient:
    return signed_in(site, "admin")


@pytest.fixture(scope="module")
def case(site: Site, admin: TestClient) -> Case:
    """A person's case, handed off by hand."""
    with site.journal.read() as tx:
        found = next(one for one in tx.cases.where() if one.live and one.conversation)
    page = admin.get(f"/cases/{found.number}").text
    form = form_of(read_page(page), f"/cases/{found.number}/close")
    admin.post(
        f"/cases/{found.number}/close", data={**form, "how": "hand_off", "reason": "a look at the desk is needed"}
    )
    with site.journal.read() as tx:
        return tx.cases.need(found.id)


def send(admin: TestClient, case: Case, deed: str, **fields: str) -> str:
    """Fill in a form of the case's page and send it; what the page then says."""
    path = f"/cases/{case.number}/{deed}"
    form = form_of(read_page(admin.get(f"/cases/{case.number}").text), path)
    answer = admin.post(path, data={**form, **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_the_page_shows_the_pack_and_why_people_have_it(admin: TestClient, case: Case) -> None:
    assert case.state == "handed_off"
    text = admin.get(f"/cases/{case.number}").text
    for part in ("Hand-off", "We think", "a look at the desk is needed", "Call somebody in"):
        assert part in text


def test_words_to_the_person_stand_in_their_conversation_and_notes_do_not(
    site: Site, admin: TestClient, case: Case
) -> None:
    send(admin, case, "ticket", do="say", text="Could you try <b>again</b>?")
    send(admin, case, "ticket", do="note", text="third time this week")
    with site.journal.read() as tx:
        said = [line.text.raw for line in tx.conversation(case.conversation or "") if line.author == "operator"]
        ticket = site.house.desk.tickets.of_case(tx, case.id)
    assert said == ["Could you try <b>again</b>?"]
    assert ticket is not None
    assert [(one.public, "third time" in one.text) for one in ticket.errands] == [(True, False), (False, True)]
    assert "<b>again</b>" not in admin.get(f"/cases/{case.number}").text


def test_a_colleague_is_called_in_and_finds_it_in_their_notices(site: Site, admin: TestClient, case: Case) -> None:
    assert "find the case" in send(admin, case, "invite", person=EMPLOYEE, reason="you know it best")
    with site.journal.read() as tx:
        notices = [line.text.raw for line in tx.conversation(f"notices:{EMPLOYEE}")]
    assert any(f"case {case.number}" in text and "you know it best" in text for text in notices)


def test_nobody_without_the_right_writes_or_reads_the_pack(site: Site, case: Case) -> None:
    employee = signed_in(site, "employee")
    answer = employee.post(f"/cases/{case.number}/ticket", data={"do": "say", "text": "x"})
    assert answer.status_code == 403
    assert "We think" not in employee.get(f"/cases/{case.number}").text
