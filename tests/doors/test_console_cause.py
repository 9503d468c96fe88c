"""The page of a case says what is most likely the cause, with what speaks for it, and whom else it could be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.reading import read_page
from tests.browser.site import PASSWORD, Site, open_site

NUMBER = 2047


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("cause")) as opened:
        yield opened


def page_of(site: Site, login: str) -> str:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser.get(f"/cases/{NUMBER}").text


def test_operators_read_the_suspects_and_what_speaks_for_each(site: Site) -> None:
    page = read_page(page_of(site, "operator"))
    cause = page.one("div", id="cause")
    assert cause.one("h3").text == "Most likely the cause"
    first, second = [one for one in cause.one("ol").all("li") if list(one.all("meter"))]
    assert first.one("meter").attributes["value"] == "81"
    assert "It was deployed 12 minutes before." in first.text
    assert second.one("meter").attributes["value"] == "9"
    assert "40 alerts" in cause.text


def test_what_outside_text_puts_there_stays_text(site: Site) -> None:
    text = page_of(site, "admin")
    assert "<script>alert" not in text
    assert "\u202e" not in text
