"""The console and the chat in a real Chromium: accessible, in light and dark, wide and narrow, and live."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from tests.browser.house import EMPLOYEE
from tests.browser.site import PASSWORD, Site, open_site, served

from tickless.doors.console import Live
from tickless.kit.clock import SystemClock

pytestmark = [pytest.mark.browser, pytest.mark.server("chromium")]

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
WIDE, NARROW = 1360, 390
PAGES = (
    "/", "/tools", "/brake", "/brakes", "/cases", "/cases/2041", "/cases/2046", "/cases/2047", "/map", "/map?focus=orders-api",
    "/map/sources", "/map/edges/orders-api/orders-db", "/map?fold=team", "/runbooks", "/architect", "/proposals",
    "/runbooks/directory.unlock-account", "/approvals", "/audit", "/audit/decisions", "/audit/keeping",
    "/signals", "/alerts", "/silences", "/maintenance",
    "/sources", "/telemetry", "/telemetry?q=a", "/telemetry/limits", "/telemetry/patterns", "/quarantine", "/mapping",
    "/doctor", "/chat/new", "/secret/none", "/conversations", "/known", "/intents", "/storms", "/cases/2047/storm",
    "/opportunities", "/history",
    "/figures", "/figures/mttr_resolve", "/value", "/maturity", "/guard",
    "/boards", "/boards/flow", "/boards/outcomes", "/lessons/waiting",
    "/lessons/grouping", "/lessons/routing", "/reports/week", "/policy", "/policy?action=use&right=act",
    "/autonomy", "/autonomy/pool.recycle", "/accounts",
    "/accounts/sign-ins", "/accounts/people", "/cases/2047/explained", "/assist", "/assist?caller=p017",
    "/changes", "/changes/standard", "/changes/chg-2", "/changes/chg-sample-13", "/major", "/major/mjr-1", "/on-call",
    "/on-call/rota-1", "/on-call/rota-1/edit", "/on-call/new", "/on-call/rules",
    "/problems", "/problems/prb-1", "/suppliers", "/improvements", "/improvements/imp-1", "/portfolio",
    "/portfolio/orders-db", "/portfolio/assets", "/catalogue",
)  # fmt: skip
OPEN_PAGES = ("/sign-in", "/enter/none", "/chat?guest=1")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    live = Live(poll=0.1, lifetime=60)
    with open_site(tmp_path_factory.mktemp("browser"), clock=SystemClock(), live=live) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with served(site.app) as url:
        yield url


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
    yield browser
    browser.close()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    found = chromium.new_context(base_url=address, viewport={"width": WIDE, "height": 900})
    yield found
    found.close()


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/$"))


def violations(page: Page) -> list[str]:
    found = Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(chromium: Browser, address: str, scheme: str, width: int) -> None:
    context = chromium.new_context(
        base_url=address, viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: broken.append(line.text) if "Content Security Policy" in line.text else None)

    def check(path: str) -> None:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        broken.extend(f"{path}: {found}" for found in violations(page))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            broken.append(f"{path}: {wide} px wide on {width}")

    for path in OPEN_PAGES:
        check(path)
    sign_in(page, "admin")
    for path in PAGES:
        check(path)
    context.close()
    assert not broken, "\n".join(broken)


def test_now_follows_what_happens_without_a_reload(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, "admin")
    rows = page.locator("#live-cases tbody")
    expect(rows).to_contain_text("Which code did you get")
    page.evaluate("window.stayed = true")
    with site.journal.write() as tx:
        case = tx.cases.by_number(2_045)
        assert case is not None
        now = site.clock.now()
        tx.cases.put(case.model_copy(update={"state": "verifying", "updated_at": now}))
    expect(rows).to_contain_text("Reading back whether it worked")
    expect(page.locator("#latest")).to_contain_text("#2045")
    assert page.evaluate("window.stayed") is True


def test_a_case_grows_while_it_is_looked_at_and_what_was_opened_stays_open(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, "admin")
    page.goto("/cases/2047")
    page.locator("#stage-signals details").first.locator("summary").click()
    opened = page.locator("#stage-signals details pre").first
    expect(opened).to_be_visible()
    with site.journal.write() as tx:
        receipt = tx.receipts_of("run_2047")[-1]
        done = receipt.model_copy(update={"state": "done", "summary": "Traffic is back", "ended_at": site.clock.now()})
        tx.receipts.put(done)
    expect(page.locator("#stage-run")).to_contain_text("Traffic is back")
    expect(opened).to_be_visible()


def test_the_chat_sends_without_a_reload_and_shows_the_answer(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, "employee")
    page.goto(f"/chat/webchat:{EMPLOYEE}:cnv_1")
    page.evaluate("window.stayed = true")
    page.get_by_label("Your message").fill("it happened again")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("")
    assert site.journal.signals.newest(limit=1)[0].signal.body.raw == "it happened again"
    with site.journal.write() as tx:
        last = tx.conversation(f"webchat:{EMPLOYEE}:cnv_1")[-1]
        answer = {"id": "msg_zzz", "author": "tickless", "name": "Tickless", "card": None}
        tx.messages.put(last.model_copy(update={**answer, "text": type(last.text)("I'm looking at it.")}))
    expect(page.locator("#talk")).to_contain_text("I'm looking at it.")
    assert page.evaluate("window.stayed") is True


def test_reading_and_writing_work_without_a_script(chromium: Browser, address: str, site: Site) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False, viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    sign_in(page, "employee")
    page.get_by_role("link", name="Open the chat").click()
    page.get_by_role("link", name="New conversation").click()
    page.get_by_label("Your message").fill("no script here")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#talk")).to_contain_text("on its way")
    assert site.journal.signals.newest(limit=1)[0].signal.body.raw == "no script here"
    context.close()


def test_the_menu_folds_on_a_narrow_screen(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": NARROW, "height": 844})
    page = context.new_page()
    sign_in(page, "admin")
    link = page.get_by_role("link", name="Service map")
    expect(link).to_be_hidden()
    page.locator("summary", has_text="Menu").click()
    expect(link).to_be_hidden()
    page.locator("details[data-rail=House] > summary").click()
    link.click()
    expect(page.get_by_role("heading", name="Service map")).to_be_visible()
    page.goto("/changes")
    page.locator("summary", has_text="Menu").click()
    expect(link).to_be_visible()
    context.close()


def test_the_theme_is_kept(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "admin")
    page.get_by_role("button", name="Theme: system").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("color-scheme", "dark")
    page.get_by_role("button", name="Theme: dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_map_zooms_and_leads_to_a_service(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "admin")
    page.goto("/map")
    drawn = page.locator("svg[data-map]")
    before = drawn.get_attribute("viewBox")
    page.get_by_role("button", name="Closer").click()
    assert drawn.get_attribute("viewBox") != before
    page.get_by_role("button", name="All").click()
    expect(drawn).to_have_attribute("viewBox", re.compile(rf"^0 0 {(before or '').split()[2].removesuffix('.0')}"))
    page.locator("a.node", has_text="Orders").first.click()
    expect(page.get_by_role("heading", name=re.compile("Orders"))).to_be_visible()


def test_everything_is_reached_with_the_keyboard(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "admin")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Pause all automation")).to_be_focused()
