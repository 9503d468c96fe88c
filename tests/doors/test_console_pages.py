"""The console's pages over HTTP: what people see, what they may do, and what happens when they do it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.house import HOSTILE, MANAGER, Story
from tests.browser.reading import Node, form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site

from tickless.doors.console.frame import local_path
from tickless.journal.audit_export import check_bundle, read_bundle

EVERY_PAGE = (
    "/", "/brake", "/cases", "/cases/2041", "/cases/2042", "/cases/2043", "/cases/2044", "/cases/2045", "/cases/2046",
    "/cases/2047", "/map", "/map?focus=orders-api", "/map/sources", "/map/edges/orders-api/orders-db",
    "/runbooks", "/architect", "/proposals", "/tools", "/brakes", "/runbooks/directory.unlock-account",
    "/runbooks/pool.recycle", "/approvals", "/policy", "/autonomy",
    "/autonomy/pool.recycle", "/policy?action=use&right=act", "/policy?action=use&who=nobody&right=act", "/audit",
    "/audit/decisions", "/audit/keeping", "/signals", "/alerts",
    "/accounts", "/accounts/sign-ins", "/accounts/people", "/cases/2047/explained",
    "/silences", "/maintenance", "/sources", "/quarantine", "/mapping", "/doctor", "/chat",
    "/chat/new", "/storms", "/storms?least=1", "/changes", "/changes/standard",
    "/changes/chg-2", "/changes/chg-sample-13", "/major", "/major/mjr-1", "/major/mjr-1/news",
    "/on-call", "/on-call/rota-1", "/on-call/rota-1/edit", "/on-call/new", "/on-call/rules",
    "/problems", "/problems/prb-1", "/suppliers", "/improvements", "/improvements/imp-1", "/portfolio", "/portfolio/orders-db",
    "/portfolio/assets", "/cases/2047/storm", "/lessons/grouping", "/lessons/routing", "/reports/week",
    "/figures", "/figures/mttr_resolve", "/figures/sla_met?by=team&days=365",
    "/value", "/value/lines?line=rework", "/maturity", "/guard",
    "/boards", "/boards/flow", "/boards/outcomes", "/lessons/waiting",
)  # fmt: skip
STAGES = [
    "Signals", "Finding", "Correlation", "Impact", "Decision", "Plan and run", "Verdict", "Resolution",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("console")) as opened:
        yield opened


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("empty"), filled=False) as opened:
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


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_has_one_heading_a_purpose_and_nothing_inline(admin: TestClient, path: str) -> None:
    page = look(admin, path)
    assert len(list(page.all("h1"))) == 1
    assert page.one("h1").text
    assert len(page.one("p", class_="purpose").text) > 20
    assert not any(
        "style" in node.attributes or any(name.startswith("on") for name in node.attributes) for node in page.all()
    )
    assert all(node.attributes.get("src", "").startswith("/static/") for node in page.all("script"))
    assert not list(page.all("style"))


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_form_that_changes_something_is_guarded(admin: TestClient, path: str) -> None:
    for form in look(admin, path).all("form", method="post"):
        names = [field.attributes.get("name") for field in form.all("input")]
        assert "csrf" in names, form.attributes


@pytest.mark.parametrize("path", ["/", "/cases", "/cases/2044", "/signals", "/audit"])
def test_hostile_text_stays_text(admin: TestClient, path: str) -> None:
    html = admin.get(path).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "\u202e" not in html


def test_hostile_text_can_still_be_read(admin: TestClient) -> None:
    assert look(admin, "/cases/2044").one("h1").text == HOSTILE.replace("\u202e", "")


def test_signed_out_people_are_sent_to_the_door_and_back(site: Site) -> None:
    browser = TestClient(site.app)
    sent = browser.get("/cases?kind=incident", follow_redirects=False)
    assert sent.headers["location"] == "/sign-in?next=%2Fcases%3Fkind%3Dincident"
    form = form_of(read_page(browser.get(sent.headers["location"]).text), "/sign-in")
    done = browser.post("/sign-in", data={**form, "login": "auditor", "password": PASSWORD}, follow_redirects=False)
    assert done.headers["location"] == "/cases?kind=incident"


def test_a_wrong_password_says_so_and_keeps_the_login(site: Site) -> None:
    answer = TestClient(site.app).post("/sign-in", data={"login": "admin", "password": "no"})
    assert answer.status_code == 401
    page = read_page(answer.text)
    assert "wrong" in page.one(role="alert").text
    assert page.one("input", id="login").attributes["value"] == "admin"


def test_a_form_from_another_site_signs_nobody_in(site: Site) -> None:
    answer = TestClient(site.app).post(
        "/sign-in", data={"login": "admin", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wish", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", None, "/a\nb"]
)
def test_nobody_is_sent_to_another_site(wish: str | None) -> None:
    assert local_path(wish) == "/"


def test_a_one_time_link_survives_a_preview_and_works_once(site: Site) -> None:
    user = next(found for found in site.house.entrance.users() if found.login == "operator")
    token = site.house.entrance.make_link(user)
    for _ in range(2):
        assert TestClient(site.app).get(f"/enter/{token}").status_code == 200
    browser = TestClient(site.app)
    assert browser.post(f"/enter/{token}", follow_redirects=False).headers["location"] == "/"
    assert look(browser, "/cases")
    again = TestClient(site.app).post(f"/enter/{token}", follow_redirects=False)
    assert "set-cookie" not in again.headers


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = signed_in(site, "auditor")
    browser.post("/sign-out", data=form_of(look(browser, "/"), "/sign-out"))
    assert browser.get("/cases", follow_redirects=False).status_code == 303


def test_now_shows_the_five_outcomes_side_by_side_and_what_is_done(admin: TestClient, site: Site) -> None:
    page = look(admin, "/")
    shown = [term.text for term in page.one("dl", class_="five").all("dt")]
    assert shown == ["Verified", "Confirmed", "Assumed", "Regressed", "Handed off"]
    numbers = site.house.desk.numbers()
    values = [int(node.text) for node in page.one("dl", class_="five").all("dd") if node.text.isdigit()]
    assert values == [
        numbers.outcomes.get(name, 0) for name in ("verified", "confirmed", "assumed", "regressed", "handed_off")
    ]
    rows = page.one(id="live-cases").one("tbody").text
    assert "Orders: connection pool exhausted" in rows
    assert rows.index("#2047") < rows.index("#2045"), "the most urgent case comes first"
    assert "decision" in page.one(id="latest").text


def test_an_empty_house_says_what_to_do(empty_site: Site) -> None:
    browser = signed_in(empty_site, "admin")
    for path, words in (
        ("/", "All quiet"), ("/cases", "No cases yet"), ("/map", "No services yet"), ("/approvals", "Nothing waits for you"),
        ("/signals", "No signals yet"), ("/quarantine", "The quarantine is empty"), ("/chat", "How can I help?"),
    ):  # fmt: skip
        assert words in look(browser, path).one("main").text


def test_a_case_is_told_in_the_eight_stages_of_the_code(admin: TestClient) -> None:
    page = look(admin, "/cases/2041")
    stages = list(page.all("li", class_="stage"))
    assert [stage.one("h2").text for stage in stages] == STAGES
    assert all("done" in stage.attributes["class"].split() for stage in stages)
    decision, run, verdict, end = (stages[index].text for index in (4, 5, 6, 7))
    assert "Nothing speaks against it" in decision
    assert "autonomy.run" in decision
    assert "Take the lock off" in run
    assert "changed something" in run
    assert "directory.account" in verdict
    assert "not locked, enabled" in verdict
    assert "result.locked == false" in verdict
    assert "must hold until" in end
    assert "yes, thanks!" in page.one(id="talk").text


def test_a_running_case_shows_where_it_is(admin: TestClient) -> None:
    marks = {
        stage.one("h2").text: stage.attributes["class"].split()[1]
        for stage in look(admin, "/cases/2047").all("li", class_="stage")
    }
    assert marks["Plan and run"] == "now"
    assert marks["Decision"] == "done"
    assert marks["Verdict"] == marks["Resolution"] == "ahead"


def test_cases_are_filtered_and_paged(admin: TestClient, site: Site) -> None:
    def numbers(query: str) -> list[str]:
        return [node.text for node in look(admin, f"/cases{query}").all("span", class_="number")]

    assert "#2042" in numbers("?kind=risk")
    assert "#2041" not in numbers("?kind=risk")
    assert numbers("?standing=was_prevented") == ["#2042"]
    assert "#2047" in numbers("?standing=live&door=machine")
    assert "#2046" not in numbers("?standing=live&door=machine")
    assert numbers("?service=nowhere") == []
    story = Story(site.journal, site.clock.now(), site.house.desk.runbooks)
    story.count = 5_000
    for _ in range(45):
        story.handed_off()
    first = look(admin, "/cases?kind=request&standing=was_handed_off")
    older = first.one("nav", class_="pager").one("a").attributes["href"]
    shown = [node.text for node in first.all("span", class_="number")]
    rest = [node.text for node in look(admin, older).all("span", class_="number")]
    assert len(shown) == 40
    assert "#2043" in rest
    assert not set(shown) & set(rest)


def new_case(site: Site, number: int) -> None:
    story = Story(site.journal, site.clock.now(), site.house.desk.runbooks)
    story.count = number - 1
    story.waiting_for_code()


@pytest.mark.parametrize("span", ["opened_since=2020-01-01T00:00:00Z", "ended_since=2020-01-01T00:00:00Z",
                                  "ended_until=2020-01-01", "ended_since=nonsense"])  # fmt: skip
def test_cases_of_a_span_say_which_span(admin: TestClient, span: str) -> None:
    page = admin.get(f"/cases?standing=was_handed_off&{span}").text
    assert ("Only cases that" in page) is ("nonsense" not in span)
    assert ("Nothing fits" in page) is ("until" in span)


def test_handing_off_needs_a_reason_and_is_audited(admin: TestClient, site: Site) -> None:
    new_case(site, 3_001)
    form = form_of(look(admin, "/cases/3001"), "/cases/3001/close")
    assert admin.post("/cases/3001/close", data={**form, "how": "hand_off", "reason": " "}).status_code == 422
    done = admin.post("/cases/3001/close", data={**form, "how": "hand_off", "reason": "needs a look on site"})
    assert "People have it now" in read_page(done.text).one("p", role="status").text
    with site.journal.read() as tx:
        case = tx.cases.by_number(3_001)
        assert case is not None
        assert (case.state, case.outcome) == ("handed_off", "handed_off")
        assert any(row.actor == "user:admin" for row in tx.audit.rows(case=case.id))


def test_a_solved_case_can_be_reopened_and_then_counts_as_regressed(admin: TestClient, site: Site) -> None:
    new_case(site, 3_002)
    form = form_of(look(admin, "/cases/3002"), "/cases/3002/close")
    admin.post("/cases/3002/close", data={**form, "how": "confirm", "reason": "she can sign in"})
    form = form_of(look(admin, "/cases/3002"), "/cases/3002/reopen")
    done = admin.post("/cases/3002/reopen", data={**form, "reason": "locked again"})
    assert done.status_code == 200
    with site.journal.read() as tx:
        case = tx.cases.by_number(3_002)
        assert case is not None
        assert case.live
        assert case.regressions == 1


@pytest.mark.parametrize(
    "path",
    ["/brake", "/cases/2047/close", "/runbooks/pool.recycle/rung", "/approvals/app_2046", "/audit/verify", "/chat"],
)
def test_a_form_without_its_guard_changes_nothing(admin: TestClient, site: Site, path: str) -> None:
    with site.journal.read() as tx:
        before = tx.audit.latest(limit=1)[0].seq
    data = {
        "on": "yes",
        "reason": "x",
        "how": "mute",
        "rung": "auto",
        "answer": "approve",
        "text": "hi",
        "csrf": "wrong",
    }
    assert admin.post(path, data=data).status_code == 403
    with site.journal.read() as tx:
        assert tx.audit.latest(limit=1)[0].seq == before


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("employee", "/map"),
        ("employee", "/audit"),
        ("employee", "/signals"),
        ("operator", "/audit"),
        ("operator", "/cases/2047/explained"),
        ("operator", "/accounts/people"),
        ("auditor", "/brake"),
    ],
)
def test_pages_without_the_right_are_refused(site: Site, login: str, path: str) -> None:
    assert signed_in(site, login).get(path).status_code == 403


def test_an_auditor_sees_no_buttons_that_change_a_case(site: Site) -> None:
    page = look(signed_in(site, "auditor"), "/cases/2047")
    assert [form.attributes["action"] for form in page.all("form", method="post")] == ["/sign-out"]


def test_an_employee_sees_own_cases_only_and_no_raw_signals(site: Site) -> None:
    browser = signed_in(site, "employee")
    listed = [node.text for node in look(browser, "/cases").all("span", class_="number")]
    assert listed == ["#2046", "#2041"]
    own = browser.get("/cases/2041").text
    assert "as it was read" not in own
    assert "yes, thanks!" in own
    assert browser.get("/cases/2045").status_code == 404
    assert browser.get("/cases/2045/stream").status_code == 404


def test_an_approver_sees_the_case_without_the_conversation(site: Site) -> None:
    site.house.entrance.create_user("boss", roles=["employee"], person=MANAGER, password=PASSWORD)
    page = look(signed_in(site, "boss"), "/cases/2046")
    assert "ask_approval" not in page.text
    assert "I've asked" not in page.one(id="talk").text


def test_the_brake_is_confirmed_shown_everywhere_and_released(admin: TestClient) -> None:
    form = form_of(look(admin, "/brake"), "/brake")
    admin.post("/brake", data={**form, "reason": "storm in the data centre"})
    for path in ("/", "/cases", "/map"):
        assert "storm in the data centre" in look(admin, path).one("div", class_="brake").text
    form = form_of(look(admin, "/brake"), "/brake")
    assert form["on"] == "no"
    admin.post("/brake", data={**form, "reason": "over"})
    assert not list(look(admin, "/").all("div", class_="brake"))


def test_the_map_shows_trouble_and_how_far_it_reaches(admin: TestClient) -> None:
    page = look(admin, "/map?focus=orders-api")
    tones = {node.one("title").text.split(":")[0]: node.attributes["class"] for node in page.all("a", class_="node")}
    assert "bad" in tones["Orders"]
    assert "info" in tones["Checkout"]
    assert "far" in tones["Payroll"]
    facts = page.one("dl", class_="facts").text
    assert "Online store" in facts
    assert "Orders database" in facts
    listed = {node.text for node in page.one("div", class_="kinds").all("a")}
    assert len(listed) == len(tones)
    assert admin.get("/map?focus=nothing").status_code == 404


def test_an_approval_shows_its_plan_and_binds_to_it(site: Site) -> None:
    story = Story(site.journal, site.clock.now(), site.house.desk.runbooks)
    story.count = 3_100
    story.wants_access()
    browser = signed_in(site, "manager")
    page = look(browser, "/approvals")
    card = page.one("article", id="app_3101")
    assert "Add the person to the app's group" in card.text
    with site.journal.read() as tx:
        assert tx.approvals.need("app_3101").plan_hash[:16] in card.text
    form = form_of(card, "/approvals/app_3101")
    denied = browser.post("/approvals/app_3101", data={**form, "answer": "deny", "reason": ""})
    assert denied.status_code == 422
    done = browser.post("/approvals/app_3101", data={**form, "answer": "approve", "reason": "fine"})
    assert "Approved" in read_page(done.text).one("p", role="status").text
    with site.journal.read() as tx:
        answered = tx.approvals.need("app_3101")
    assert (answered.state, answered.answered_by) == ("approved", MANAGER)
    assert browser.post("/approvals/app_3101", data={**form, "answer": "approve"}).status_code == 409


def test_a_plan_that_is_not_the_one_asked_about_is_not_shown(site: Site) -> None:
    story = Story(site.journal, site.clock.now(), site.house.desk.runbooks)
    story.count = 3_200
    story.wants_access()
    with site.journal.write() as tx:
        asked = tx.approvals.need("app_3201")
        tx.approvals.put(asked.model_copy(update={"plan_hash": "0" * 64}))
    card = look(signed_in(site, "manager"), "/approvals").one("article", id="app_3201")
    assert "not the one that was asked about" in card.text
    assert "Add the person" not in card.text


def test_nobody_approves_what_they_asked_for(site: Site) -> None:
    browser = signed_in(site, "employee")
    form = form_of(look(browser, "/approvals"), "/sign-out")
    answer = browser.post("/approvals/app_2046", data={"csrf": form["csrf"], "answer": "approve"})
    assert answer.status_code == 403
    with site.journal.read() as tx:
        assert tx.approvals.need("app_2046").state == "pending"


def test_the_audit_chain_is_verified_filtered_and_exported(admin: TestClient, site: Site) -> None:
    form = form_of(look(admin, "/audit"), "/audit/verify")
    assert "The chain is whole" in read_page(admin.post("/audit/verify", data=form).text).one("main").text
    rows = look(admin, "/audit?text=case%3A2041").one("tbody").text
    assert "case:2041" in rows
    assert "case:2042" not in rows
    exported = admin.get("/audit/export").text.splitlines()
    assert check_bundle(read_bundle(exported))[0].broken_at is None
    lines = [line for line in map(json.loads, exported) if "seq" in line]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(after["previous"] == before["hash"] for before, after in itertools.pairwise(lines))
    assert signed_in(site, "operator").get("/audit/export", follow_redirects=False).status_code == 403


def test_the_quarantine_says_why_how_to_mend_and_reads_again(admin: TestClient) -> None:
    page = look(admin, "/quarantine")
    assert "a list was expected" in page.one("main").text
    assert "unchanged" in page.one("main").text
    link = next(
        node.attributes["href"] for node in page.all("a") if node.attributes["href"].startswith("/quarantine/q")
    )
    raw = admin.get(link).text
    assert "&lt;b&gt;none&lt;/b&gt;" in raw
    assert "<b>none</b>" not in raw
    form = form_of(page, f"{link}/replay")
    again = read_page(admin.post(f"{link}/replay", data=form).text).one("main").text
    assert "can't be read" in again


def test_files_are_ours_only(admin: TestClient) -> None:
    assert admin.get("/static/base.css").headers["content-type"].startswith("text/css")
    for name in ("nothing.css", "..%2Fframe.py", "../frame.py", "base.py"):
        assert admin.get(f"/static/{name}").status_code == 404


def test_a_stream_tells_the_pieces_of_the_page(site: Site, admin: TestClient) -> None:
    answer = admin.get("/now/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    swaps = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert set(swaps[0]) == {"figures", "live-cases", "latest"}
    page = look(admin, "/")
    for name, html in swaps[0].items():
        assert read_page(html).text == page.one(id=name).text
    assert len(swaps) == 1, "nothing changed, so nothing is sent again"


def test_a_case_streams_what_its_page_shows(admin: TestClient) -> None:
    answer = admin.get("/cases/2047/stream")
    pieces = json.loads(next(line[6:] for line in answer.text.splitlines() if line.startswith("data: ")))
    page = look(admin, "/cases/2047")
    assert set(pieces) == {"standing", "stages", "talk"}
    for name, html in pieces.items():
        assert read_page(html).text == page.one(id=name).text


def test_streams_ask_for_the_right_too(site: Site) -> None:
    assert TestClient(site.app).get("/now/stream").status_code == 401
    assert signed_in(site, "employee").get("/now/stream").status_code == 403
