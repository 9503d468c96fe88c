"""Article files: what is read, what is refused and where, and that a folder comes in whole or not at all."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput, Conflict
from tickless.domain.knowledge import Article, Asked
from tickless.domain.person import Person
from tickless.domain.world import World
from tickless.journal import Journal
from tickless.practices.knowledge.article_file import read_article, write_article
from tickless.practices.knowledge.core import standing
from tickless.practices.knowledge.folder import ArticleFile, read_batch, read_folder, signature
from tickless.practices.knowledge.service import import_batch, latest_version, save, versions_of
from tickless.sample.articles import make_articles
from tickless.sample.company import make_company

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
GOOD = """---
id: vpn
title: Set up the VPN
reviewed: 2026-01-31
questions: [how do I connect, how do I sign in]
---

Do it.
"""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(main_url=f"sqlite:///{tmp_path / 'a.db'}", log_url=f"sqlite:///{tmp_path / 'b.db'}")
    made.migrate()
    yield made
    made.close()


def take(journal: Journal, texts: dict[str, str], *, world: World = World(), dry_run: bool = False):  # noqa: B008
    batch = read_batch([ArticleFile(name, text) for name, text in texts.items()], root="kb")
    with journal.write() as tx:
        return import_batch(tx, batch, world=world, by="op", at=NOW, dry_run=dry_run)


def test_a_good_file_is_an_article() -> None:
    article = read_article(GOOD, path="kb/vpn.md").article
    assert article is not None
    assert (article.id, article.title, article.text, article.source) == ("vpn", "Set up the VPN", "Do it.", "kb/vpn.md")
    assert article.reviewed_at == dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    assert article.questions == ("how do I connect", "how do I sign in")


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        ("no front matter", 1, "front matter"),
        ("---\nid: a\n", 1, "front matter"),
        (GOOD.replace("id: vpn", "id: V P N"), 2, "id"),
        (GOOD.replace("2026-01-31", "last week"), 4, "reviewed"),
        (GOOD.replace("title: Set up the VPN\n", ""), 1, "title"),
        (GOOD.replace("title", "titel", 1), 3, "titel"),
        (GOOD.replace("id: vpn", "id: vpn\nid: two"), 3, "id"),
        (GOOD.replace("questions: [how", "questions: [how, {a: b}, "), 5, "questions"),
        (GOOD.replace("questions: [", "questions: ["[:-1] + "[[").replace("]", ""), 6, "front matter"),
        (GOOD.replace("id: vpn", "id: &a vpn"), 1, "front matter"),
        (GOOD.replace("Do it.", ""), 7, "text"),
        (GOOD.replace("---\n\nDo", "state: maybe\n---\n\nDo"), 6, "state"),
        (GOOD.replace("---\n\nDo", "review_days: never\n---\n\nDo"), 6, "review_days"),
    ],
)
def test_what_is_wrong_names_its_line_and_how_to_mend_it(text: str, line: int, where: str) -> None:
    read = read_article(text, path="kb/x.md")
    assert read.article is None
    told = next(one for one in read.problems if one.where == where)
    assert (told.path, bool(told.reason), bool(told.mend)) == ("kb/x.md", True, True)
    assert abs(told.line - line) <= 1


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert read_article(text, path="x").problems
    read_article(f"---\n{text}\n---\n{text}", path="x")


_WORDS = st.text(alphabet=string.ascii_letters + string.digits + " .,:'\"#-[]{}&*!|>%@`é", min_size=1, max_size=60).map(
    str.strip
)
_LINES = st.lists(_WORDS.filter(bool), max_size=4).map(tuple)


@given(title=_WORDS.filter(bool), text=_WORDS.filter(bool), questions=_LINES, tags=_LINES, days=st.integers(1, 3_650))
def test_what_is_written_is_read_back(
    title: str, text: str, questions: tuple[str, ...], tags: tuple[str, ...], days: int
) -> None:
    article = Article(id="a-1", title=title, text=text, reviewed_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), questions=questions,
                      tags=tags, review_days=days)  # fmt: skip
    read = read_article(write_article(article), path="")
    assert read.problems == ()
    assert read.article == article


def test_a_folder_comes_in_whole_or_not_at_all(journal: Journal) -> None:
    bad = take(journal, {"vpn.md": GOOD, "bad.md": "nothing"})
    assert [one.path for one in bad.problems] == ["kb/bad.md"]
    twice = take(journal, {"vpn.md": GOOD, "again.md": GOOD})
    assert "is that of kb/" in twice.problems[0].reason
    with journal.read() as tx:
        assert tx.articles.where() == []
    assert take(journal, {"vpn.md": GOOD}, dry_run=True).added == ("vpn",)
    done = take(journal, {"vpn.md": GOOD, "deep/other.md": GOOD.replace("id: vpn", "id: other")})
    assert (done.added, done.written) == (("vpn", "other"), True)
    assert take(journal, {"vpn.md": GOOD, "deep/other.md": GOOD.replace("id: vpn", "id: other")}).same == 2


def test_what_is_gone_is_retired_and_comes_back(journal: Journal) -> None:
    take(journal, {"vpn.md": GOOD, "b.md": GOOD.replace("id: vpn", "id: b")})
    assert take(journal, {"b.md": GOOD.replace("id: vpn", "id: b")}).retired == ("vpn",)
    with journal.read() as tx:
        assert tx.articles.need("vpn").state == "retired"
    assert take(journal, {"vpn.md": GOOD, "b.md": GOOD.replace("id: vpn", "id: b")}).changed == ("vpn",)
    with journal.read() as tx:
        assert [one.article.state for one in versions_of(tx, "vpn")] == ["published", "retired", "published"]


def test_owners_and_services_are_linked_and_unknown_services_refused(journal: Journal) -> None:
    person = Person(id="p1", username="kim", name="Kim", email="kim@x.example", department="IT")
    world = World.of(people=[person])
    take(journal, {"vpn.md": GOOD.replace("title", "owner: kim@x.example\ntitle")}, world=world)
    with journal.read() as tx:
        assert tx.articles.need("vpn").owner == "p1"
    company = make_company()
    world = World.of(services=company.services)
    refused = take(journal, {"v.md": GOOD.replace("title", "service: nonsense\ntitle")}, world=world)
    assert "there is no service" in refused.problems[0].reason


def test_files_and_the_console_do_not_overwrite_each_other(journal: Journal) -> None:
    take(journal, {"vpn.md": GOOD})
    with journal.write() as tx:
        ours = Article(id="own", title="Own", text="Text.", reviewed_at=NOW)
        save(tx, ours, world=World(), by="p1", at=NOW)
        with pytest.raises(Conflict, match="kept in a file"):
            save(tx, tx.articles.need("vpn"), world=World(), by="p1", at=NOW)
        with pytest.raises(Conflict, match="already"):
            save(tx, ours.model_copy(update={"text": "x"}), world=World(), by="p2", at=NOW, base=0)
        with pytest.raises(BadInput):
            save(tx, Article(id="NO", title="", text="", reviewed_at=NOW), world=World(), by="p1", at=NOW)
        save(tx, ours, world=World(), by="p1", at=NOW)
        assert latest_version(tx, "own") == 1
    refused = take(journal, {"vpn.md": GOOD, "own.md": GOOD.replace("id: vpn", "id: own")})
    assert "kept in the console" in refused.problems[0].reason


def test_a_folder_is_read_without_what_is_hidden_or_leads_out(tmp_path: Path) -> None:
    folder = tmp_path / "kb"
    (folder / ".git").mkdir(parents=True)
    (folder / "deep").mkdir()
    (folder / ".git" / "x.md").write_text(GOOD)
    (folder / "README.md").write_text("about")
    (folder / "deep" / "vpn.md").write_text(GOOD)
    (folder / "latin.md").write_bytes(b"\xff\xfe\xe9")
    (tmp_path / "secret.md").write_text(GOOD)
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    files, problems = read_folder(folder)
    assert [file.path for file in files] == ["deep/vpn.md"]
    assert {problem.path for problem in problems} == {"latin.md", "out.md"}
    before = signature(folder)
    (folder / "deep" / "vpn.md").write_text(GOOD + "More.")
    assert signature(folder) != before
    assert read_folder(tmp_path / "nowhere")[1]


def test_how_an_article_stands() -> None:
    article = Article(id="a", title="A", text="t", owner="p1", reviewed_at=NOW - dt.timedelta(days=400))
    asked = [Asked(id=str(n), conversation="c", question="q", article="a", helped=said, at=NOW)
             for n, said in enumerate((True, False, None))]  # fmt: skip
    person = Person(id="p1", username="kim", name="Kim", email="kim@x.example", department="IT", active=False)
    found = standing(article, asked, people={"p1": person}, now=NOW)
    assert (found.shown, found.helped, found.not_helped, found.share, found.stale) == (3, 1, 1, 0.5, True)
    assert found.concerns == ("review overdue", "owner has left")
    fresh = article.model_copy(update={"reviewed_at": NOW, "owner": None})
    none = standing(fresh, [one.model_copy(update={"helped": False}) for one in asked], people={}, now=NOW)
    assert none.concerns == ("no owner", "never helped")


def test_the_articles_of_the_sample_company_are_right() -> None:
    company = make_company()
    files = [ArticleFile(name, text) for name, text in make_articles(company.people, NOW.date())]
    batch = read_batch(files, root="larkmoor")
    assert batch.problems == ()
    assert len(batch.articles) >= 40
    departments = {person.department for person in company.people} | set(company.groups) | {"public"}
    world = World.of(people=company.people, services=company.services)
    for article in batch.articles:
        assert world.person_called(article.owner or ""), article.id
        assert len(article.questions) >= 2, article.id
        assert set(article.audience) <= departments, article.id
        assert article.service is None or article.service in world.services, article.id
