"""Knowledge in a real Chromium: readable in every width and theme, hostile articles harmless, citations lead home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.browser.house import EMPLOYEE
from tests.browser.site import PASSWORD, open_site, served
from tests.browser.test_browser_pages import NARROW, SWITCHES, WIDE

from tickless.domain.card import AnswerCard, Citation, store_card
from tickless.domain.case import Message
from tickless.domain.knowledge import Article, Asked
from tickless.domain.record import Untrusted
from tickless.journal.world import read_world
from tickless.kit.clock import SystemClock
from tickless.practices.knowledge.service import save

pytestmark = [pytest.mark.browser, pytest.mark.server("chromium")]

TALK = f"webchat:{EMPLOYEE}:cnv_k"
TEXT = """Parcels are kept for 14 days. <img src=x onerror="document.title='owned'"> [bad](javascript:alert(1))

#### Deep heading

| Place | Hours |
|---|---|
| Leeds | 08:00 to 18:00 |

## Who to ask

1. Ask **reception**.
2. Show `the code`.
"""
PAGES = ("/knowledge", "/knowledge/parcels", "/knowledge/parcels/edit", "/knowledge/parcels/history", "/knowledge/unanswered",
         "/knowledge/review", "/knowledge/new")  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with open_site(tmp_path_factory.mktemp("knowledge"), clock=SystemClock()) as site:
        now = site.clock.now()
        with site.journal.write() as tx:
            first = Article(id="parcels", title="Parcels", text=TEXT, reviewed_at=now, owner="p005")
            other = Article(id="post", title="Post room", text="Parcels are kept for 7 days.", reviewed_at=now)
            for article in (first, other):
                save(tx, article, world=read_world(tx), by="p005", at=now)
            tx.asked.put(Asked(id="ask_1", conversation="c", question="who waters the plants?", at=now))
            cited = Citation(
                article="parcels", title="Parcels", section="Who to ask", href="/knowledge/parcels#who-to-ask"
            )
            card = store_card(AnswerCard(case="case_x", citations=(cited,)))
            said = Untrusted("1. Ask reception. [1]\n\nDid that answer it?")
            tx.messages.put(
                Message(
                    id="msg_0Z", conversation=TALK, author="tickless", name="Tickless", text=said, card=card, at=now
                )
            )
        site.house.desk.renew()
        with served(site.app) as url:
            yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as found:
        browser = found.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


def signed_in(chromium: Browser, address: str, login: str, *, width: int, scheme: str) -> Page:
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_page_is_accessible_and_fits(chromium: Browser, address: str, width: int, scheme: str) -> None:
    page = signed_in(chromium, address, "admin", width=width, scheme=scheme)
    for path in PAGES:
        page.goto(path)
        found = [
            f"{path} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]
        ]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page.context.close()


def test_a_hostile_article_does_nothing_and_a_citation_leads_to_its_section(chromium: Browser, address: str) -> None:
    page = signed_in(chromium, address, "employee", width=WIDE, scheme="light")
    page.goto(f"/chat/{TALK}")
    expect(page.get_by_role("button", name="Yes, thanks")).to_be_visible()
    page.get_by_role("link", name="Parcels: Who to ask").click()
    expect(page).to_have_url(f"{address}/knowledge/parcels#who-to-ask")
    expect(page.get_by_role("heading", name="Who to ask")).to_be_in_viewport()
    assert page.title().startswith("Parcels")
    assert page.locator(".prose img, .prose script, .prose a").count() == 0
    page.context.close()
