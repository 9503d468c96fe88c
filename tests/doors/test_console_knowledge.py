"""Knowledge in the console: who reads what, editing with preview and versions, hostile text, unanswered questions to drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.browser.reading import Node, form_of, read_page
from tests.browser.site import NOW, PASSWORD, Site, open_site

from tickless.domain.case import Message
from tickless.domain.knowledge import Article, Asked
from tickless.domain.record import Untrusted
from tickless.journal.world import read_world
from tickless.practices.knowledge.service import save

HOSTILE = """Hello <script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png) [out](https://a.example/)

<img src=x onerror=alert(2)>

## Who to ask

Ask **us** \u202etxt.exe
"""
PAGES = ("/knowledge", "/knowledge?show=concern", "/knowledge?q=parcel", "/knowledge/unanswered", "/knowledge/review",
         "/knowledge/new", "/knowledge/parcels", "/knowledge/parcels/edit", "/knowledge/parcels/history")  # fmt: skip


def article(identity: str, **more: object) -> Article:
    values = {"title": identity.title(), "text": "Some text.", "owner": "p005", "reviewed_at": NOW, **more}
    return Article.model_validate({"id": identity, **values})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("knowledge")) as opened:
        with opened.journal.write() as tx:
            for one in (
                article("parcels", title="Where a parcel is", text=HOSTILE, questions=("where is my parcel",)),
                article("closing", audience=("Stores",), text="The ledger closes on the 3rd working day at 18:00."),
                article("ledger", text="The ledger closes on the 5th working day at 18:00."),
                article("lobby", audience=("public",), text="The lobby is open."),
                article("old", reviewed_at=NOW - dt.timedelta(days=500), owner="p999"),
            ):
                save(tx, one, world=read_world(tx), by="p005", at=NOW)
            tx.articles.put(article("filed", source="docs/filed.md"))
            for place, question in enumerate(("how do I fly a kite", "how to fly kites?", "what is a moon base")):
                tx.asked.put(Asked(id=f"ask_{place}", conversation="c", case="case_k", person=f"p00{place}",
                                   question=question, at=NOW))  # fmt: skip
            tx.messages.put(Message(id="m1", conversation="c", case="case_k", author="operator", name="Kim",
                                    text=Untrusted("Run against the wind.\nCall me on +44 7700 900123."), at=NOW))  # fmt: skip
        opened.house.desk.renew()
        yield opened


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


def look(browser: TestClient, path: str) -> Node:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return read_page(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_heading_a_purpose_and_nothing_inline(site: Site, path: str) -> None:
    page = look(signed_in(site, "admin"), path)
    assert len(list(page.all("h1"))) == 1
    assert len(page.one("p", class_="purpose").text) > 10
    assert not any(name.startswith("on") or name == "style" for node in page.all() for name in node.attributes)
    assert all(node.attributes.get("src", "").startswith("/static/") for node in page.all("script"))


def test_a_hostile_article_is_only_text(site: Site) -> None:
    page = look(signed_in(site, "admin"), "/knowledge/parcels")
    prose = page.one("div", class_="prose")
    assert not list(prose.all("script"))
    assert not list(prose.all("img"))
    assert [link.attributes["href"] for link in prose.all("a")] == ["https://a.example/"]
    assert prose.one("a").attributes["rel"] == "noopener noreferrer nofollow"
    assert "<script>alert(1)</script>" in prose.text
    assert "\u202e" not in prose.text
    assert prose.one("h2").attributes["id"] == "who-to-ask"


def test_people_read_what_is_for_them_and_nothing_else(site: Site) -> None:
    for login, path, status in (
        ("employee", "/knowledge/parcels", 200),
        ("employee", "/knowledge/closing", 404),
        ("operator", "/knowledge/closing", 200),
        ("employee", "/knowledge/unanswered", 403),
        ("employee", "/knowledge/new", 403),
        ("employee", "/knowledge/parcels/edit", 403),
    ):
        assert signed_in(site, login).get(path).status_code == status, (login, path)
    guest = TestClient(site.app)
    assert guest.get("/knowledge/lobby").status_code == 200
    assert guest.get("/knowledge/parcels").status_code == 404
    listed = look(signed_in(site, "employee"), "/knowledge").text
    assert "Where a parcel is" in listed
    assert "Closing" not in listed


def send(browser: TestClient, path: str, action: str, **fields: str) -> object:
    given = form_of(look(browser, path), action)
    return browser.post(action, data={**given, **fields}, follow_redirects=False)


def test_an_edit_is_previewed_kept_as_a_version_and_audited(site: Site) -> None:
    browser = signed_in(site, "admin")
    new = {"id": "kites", "title": "Kites", "text": "Fly **high**.", "questions": "where do kites fly\nmay I fly a kite",
           "state": "published", "audience": "", "tags": "sky, wind", "owner": "p005"}  # fmt: skip
    shown = send(browser, "/knowledge/new", "/knowledge/save", do="preview", **new)
    assert "<strong>high</strong>" in shown.text
    assert browser.get("/knowledge/kites").status_code == 404
    done = send(browser, "/knowledge/new", "/knowledge/save", do="save", **new)
    assert done.headers["location"] == "/knowledge/kites?told=published"
    first = form_of(look(browser, "/knowledge/kites/edit"), "/knowledge/save")
    changed = {**new, **first, "text": "Fly low.", "note": "safer"}
    assert browser.post("/knowledge/save", data={**changed, "do": "save"}, follow_redirects=False).status_code == 303
    late = browser.post(
        "/knowledge/save", data={**changed, "text": "Fly sideways.", "do": "save"}, follow_redirects=False
    )
    assert late.status_code == 409
    assert "Fly sideways." in late.text
    history = look(browser, "/knowledge/kites/history").text
    assert "safer" in history
    assert "Fly high" in history.replace("**", "")
    with site.journal.read() as tx:
        assert [one.number for one in tx.article_versions.by(article="kites")] == [1, 2]
        actions = [row.action for row in tx.audit.rows(after=0, limit=1_000) if row.subject == "article:kites"]
    assert actions == ["knowledge.created", "knowledge.changed"]
    assert "kites" in site.house.desk.library().articles


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(site: Site) -> None:
    browser = signed_in(site, "admin")
    wrong = send(
        browser, "/knowledge/new", "/knowledge/save", do="save", id="Bad Id!", title="T", text="Some words here"
    )
    assert wrong.status_code == 422
    page = read_page(wrong.text)
    assert "is no id" in page.one("div", role="alert").text
    assert "Some words here" in page.text


def test_an_article_in_a_file_is_not_edited_here(site: Site) -> None:
    browser = signed_in(site, "admin")
    page = look(browser, "/knowledge/filed")
    assert "docs/filed.md" in page.text
    assert not [one for one in page.all("a") if one.attributes.get("href") == "/knowledge/filed/edit"]
    assert browser.get("/knowledge/filed/edit").status_code == 409
    csrf = form_of(page, "/sign-out")["csrf"]
    assert browser.post("/knowledge/filed/state", data={"csrf": csrf, "state": "retired"}).status_code == 409


def test_what_nobody_could_answer_becomes_a_draft_with_a_click(site: Site) -> None:
    browser = signed_in(site, "operator")
    page = look(browser, "/knowledge/unanswered")
    rows = [row.text for row in page.all("tr")][1:]
    assert "kite" in rows[0]
    assert rows[0].startswith("2 ×")
    assert "moon base" in rows[1]
    done = send(browser, "/knowledge/unanswered", "/knowledge/draft")
    place = done.headers["location"].partition("?")[0]
    assert place.endswith("/edit")
    draft = place.split("/")[2]
    with site.journal.read() as tx:
        made = tx.articles.need(draft)
    assert made.state == "draft"
    assert "Run against the wind." in made.text
    assert "900123" not in made.text
    assert len(made.questions) == 2
    assert draft not in site.house.desk.library().articles


def test_what_needs_somebody_is_shown(site: Site) -> None:
    page = look(signed_in(site, "auditor"), "/knowledge/review").text
    assert "another number" in page
    assert "The ledger closes on the 3rd working day at 18:00." in page
    assert "review overdue" in page
    assert "owner not known" in page
