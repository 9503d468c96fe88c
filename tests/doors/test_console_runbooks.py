"""A runbook's page: what it serves, its rung, its brake, a rehearsal that changes nothing, and a run by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE
from tests.browser.reading import Node, form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("console-runbooks")) as opened:
        yield opened


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


@pytest.fixture(scope="module")
def admin(site: Site) -> TestClient:
    return signed_in(site, "admin")


def look(browser: TestClient, path: str) -> Node:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return read_page(answer.text)


def test_a_runbook_says_what_it_serves_and_an_admin_moves_it(admin: TestClient, site: Site) -> None:
    path = "/runbooks/directory.unlock-account"
    text = look(admin, path).one("main").text
    for words in ("Account unlock", "Take the lock off", "result.locked == false", "14 min", "can't be taken back"):
        assert words in text
    form = form_of(look(admin, path), f"{path}/rung")
    admin.post(f"{path}/rung", data={**form, "rung": "approve"})
    chosen = [node for node in look(admin, path).all("input", name="rung") if "checked" in node.attributes]
    assert [node.attributes["value"] for node in chosen] == ["approve"]
    assert admin.post(f"{path}/rung", data={**form, "rung": "god"}).status_code == 422
    assert signed_in(site, "operator").post(f"{path}/rung", data=form).status_code == 403


def test_one_runbook_can_be_stopped_alone(admin: TestClient) -> None:
    path = "/runbooks/disk.clean-up"
    form = form_of(look(admin, path), f"{path}/brake")
    admin.post(f"{path}/brake", data={**form, "reason": "it removed too much"})
    assert "it removed too much" in look(admin, path).one("main").text
    assert not list(look(admin, "/").all("div", class_="brake"))


def test_a_rehearsal_says_what_is_missing(admin: TestClient) -> None:
    path = "/runbooks/directory.unlock-account"
    form = form_of(look(admin, path), f"{path}/run")
    answer = admin.post(f"{path}/rehearse", data={**form, "input.person": "nobody-at-all"})
    assert answer.status_code == 422
    assert "person" in read_page(answer.text).one(role="alert").text


def test_a_rehearsal_shows_the_plan_and_changes_nothing(admin: TestClient, site: Site) -> None:
    path = "/runbooks/directory.unlock-account"
    with site.journal.read() as tx:
        person = tx.people.need(EMPLOYEE).username
    form = form_of(look(admin, path), f"{path}/run")
    answer = admin.post(f"{path}/rehearse", data={**form, "input.person": person})
    assert answer.status_code == 200, answer.text[:400]
    shown = read_page(answer.text).one("section", class_="rehearsal").text
    assert "nothing was changed" in shown
    assert "Take the lock off" in shown
    assert "needs a one-time code from whom it is for" in shown
    with site.journal.read() as tx:
        assert not [run for run in tx.runs.where() if run.case == "rehearsal"]


def test_a_run_by_hand_opens_a_case_that_says_who_wanted_it_and_why(admin: TestClient, site: Site) -> None:
    path = "/runbooks/directory.unlock-account"
    with site.journal.read() as tx:
        person = tx.people.need(EMPLOYEE).username
    form = form_of(look(admin, path), f"{path}/run")
    unsaid = admin.post(f"{path}/run", data={**form, "input.person": person, "reason": " "})
    assert unsaid.status_code == 422
    assert "for a reason" in read_page(unsaid.text).one(role="alert").text
    begun = admin.post(f"{path}/run", data={**form, "input.person": person, "reason": "asked for by telephone"})
    assert begun.status_code == 200, begun.text[:400]
    shown = read_page(begun.text)
    assert "waits for an approval or is refused" in shown.one("p", role="status").text
    assert "asked for by telephone" in shown.one("main").text
    assert signed_in(site, "auditor").post(f"{path}/run", data=form).status_code == 403
