"""The pages of alerts, silences and planned work: what they show, and what their forms do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.held import SILENCE, WINDOW
from tests.browser.site import PASSWORD, Site, open_site

from tickless.domain.silence import Silence


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("alerts")) as opened:
        yield opened


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


def look(browser: TestClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def send(browser: TestClient, page: str, path: str, **form: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', look(browser, page))
    assert found is not None
    return browser.post(path, data={"csrf": found[1], **form}).text


def silences(site: Site) -> list[Silence]:
    with site.journal.read() as tx:
        return tx.silences.where()


def test_alerts_tell_why_they_are_held_back_and_filter(site: Site) -> None:
    browser = signed_in(site, "operator")
    page = look(browser, "/alerts")
    for told in ("Silenced: the disk is on order", "95% sure", "It comes and goes", "healed alone", "Rosalind Petrov"):
        assert told in page
    assert "<strong>5</strong> are held back" in page
    held = look(browser, "/alerts?held=flapping")
    assert "edge-held-3" in held
    assert "edge-held-0" not in held
    assert "edge-over-1" in look(browser, "/alerts?state=resolved&severity=warning&source=alertmanager")
    assert "Nothing fits" in look(browser, "/alerts?source=nobody")
    assert browser.get("/alerts?before=nonsense").status_code == 422


def test_the_stream_of_alerts_sends_the_list_as_it_is_filtered(site: Site) -> None:
    browser = signed_in(site, "operator")
    with browser.stream("GET", "/alerts/stream?held=flapping") as answer:
        first = next(line for line in answer.iter_lines() if line.startswith("data:"))
    assert "edge-held-3" in first
    assert "edge-held-0" not in first


def test_what_is_held_back_is_handed_back_by_a_button(site: Site) -> None:
    browser = signed_in(site, "operator")
    assert "Handed back" in send(browser, "/alerts", "/alerts/hand-back", source="alertmanager", fingerprint="held-4")
    with site.journal.read() as tx:
        hold = tx.holds.open_of("alertmanager", "held-4")
    assert hold is not None
    assert (hold.release, hold.until) == ("user:operator", site.clock.now())


def test_all_of_one_reason_are_handed_back_by_a_button(site: Site) -> None:
    browser = signed_in(site, "operator")
    assert "Hand all" not in look(browser, "/alerts")
    assert "Hand all" in look(browser, "/alerts?held=flapping")
    assert "Handed back" in send(browser, "/alerts?held=flapping", "/alerts/hand-back-all", reason="flapping")
    with site.journal.read() as tx:
        table = tx.holds.table.c
        flapping = tx.holds.where(table.reason == "flapping", table.state == "open")
    assert flapping
    assert {(one.release, one.until) for one in flapping} == {("user:operator", site.clock.now())}


def test_a_silence_is_looked_at_made_extended_and_ended(site: Site) -> None:
    browser = signed_in(site, "operator")
    filled = look(browser, "/silences?source=alertmanager&alert=firing-1")
    assert "edge-firing-1" in filled
    assert "It would hold back" in filled
    seen = send(browser, "/silences", "/silences/preview", matchers='alertname=~"Something.*"', reason="x")
    assert "<strong>6</strong> of 6" in seen
    made = send(
        browser, "/silences", "/silences", matchers="alertname=~Something.*", reason="known, on order", hours="4"
    )
    assert "Silenced." in made
    (silence,) = [one for one in silences(site) if one.reason == "known, on order"]
    assert (silence.owner, silence.ends_at) == ("user:operator", site.clock.now() + dt.timedelta(hours=4))
    assert "ends at the new time" in send(browser, "/silences", f"/silences/{silence.id}/extend", hours="24")
    assert "Over." in send(browser, "/silences", f"/silences/{silence.id}/expire")
    (over,) = [one for one in silences(site) if one.id == silence.id]
    assert over.state(site.clock.now()) == "expired"
    assert "known, on order" in look(browser, "/silences")
    wrong = send(browser, "/silences", "/silences", matchers="a=b", reason="because", hours="9999")
    assert "Choose one of the lengths" in wrong


def test_silences_to_look_at_come_first_and_text_from_people_stays_text(site: Site) -> None:
    page = look(signed_in(site, "auditor"), "/silences")
    assert "To look at" in page
    assert "owner is no longer here" in page
    assert "&lt;b&gt;7&lt;/b&gt;" in page
    assert f"/silences/{SILENCE}/expire" not in page  # auditors change nothing


def test_planned_work_shows_what_it_holds_and_ends(site: Site) -> None:
    browser = signed_in(site, "operator")
    page = look(browser, "/maintenance")
    assert "1 now, 1 in all" in page
    assert "change CHG-881" in page
    assert "Done." in send(browser, "/maintenance", f"/maintenance/{WINDOW}/end")
    assert "over" in look(browser, "/maintenance")


def test_who_may_not_gets_neither_page_nor_deed(site: Site) -> None:
    browser = signed_in(site, "employee")
    for path in ("/alerts", "/silences", "/maintenance"):
        assert browser.get(path).status_code == 403
    csrf = re.search(r'name="csrf" value="([^"]+)"', look(browser, "/cases"))
    assert csrf is not None
    form = {"csrf": csrf[1], "matchers": "service=shop", "reason": "because", "hours": "4"}
    assert browser.post("/silences", data=form).status_code == 403
