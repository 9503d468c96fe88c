"""Contradictions between articles, and unanswered questions grouped, ranked and drafted."""

from __future__ import annotations

import datetime as dt

import pytest

from tickless.domain.knowledge import Article, Asked
from tickless.practices.knowledge.contradictions import contradictions
from tickless.practices.knowledge.folder import ArticleFile, read_batch
from tickless.practices.knowledge.unanswered import clusters, draft
from tickless.sample.articles import make_articles
from tickless.sample.company import make_company

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def article(identity: str, text: str, *, days: int = 10, title: str = "") -> Article:
    return Article(id=identity, title=title or identity, text=text, reviewed_at=NOW - dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ("Salaries are paid on the 25th of each month.", "Salaries are paid on the 28th of each month.", "number"),
        ("Monitors take 5 working days, laptops 15.", "Ordered monitors take 9 working days.", "number"),
        ("A password has at least 14 characters.", "Each password has at least twelve characters.", "number"),
        ("Report phishing mails to security@a.example.", "Report phishing mails to abuse@a.example.", "address"),
        (
            "Download the VPN client at https://a.example/x.",
            "Download the VPN client at https://b.example/x.",
            "address",
        ),
        ("Private phones may be used for company mail.", "Private phones may not be used for company mail.", "not"),
        ("Requests for monitors are approved by Dana Holt.", "Requests for monitors are approved by Sam Reed.", "name"),
    ],
)
def test_planted_contradictions_are_found(one: str, other: str, what: str) -> None:
    found = contradictions([article("a", f"Intro here.\n\n## Rule\n\n{one}", days=30), article("b", other, days=5)])
    assert [(pair.what, pair.first, pair.second) for pair in found] == [(what, "b", "a")]
    assert (found[0].first_says, found[0].second_says, found[0].second_section) == (other, one, "rule")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Salaries are paid on the 25th of each month.", "Salaries are paid on the 25th of each month."),
        ("Monitors take 5 working days.", "The check takes about ten working days."),
        ("Salaries are paid on the 25th.", "The canteen is open until 14:00."),
        ("Salaries are paid in three parts.", "Salaries are paid by the bank."),
    ],
)
def test_what_agrees_or_is_about_something_else_is_left_alone(one: str, other: str) -> None:
    assert contradictions([article("a", one), article("b", other)]) == []


def test_one_article_does_not_contradict_itself_nor_what_is_retired() -> None:
    one, other = "Salaries are paid on the 25th of each month.", "Salaries are paid on the 28th of each month."
    assert contradictions([article("a", f"{one}\n\n{other}")]) == []
    retired = article("b", other).model_copy(update={"state": "retired"})
    assert contradictions([article("a", one), retired]) == []


def test_the_sample_companys_articles_agree() -> None:
    files = [ArticleFile(name, text) for name, text in make_articles(make_company().people, NOW.date())]
    assert contradictions(read_batch(files, root="x").articles) == []


def asked(number: int, question: str, *, days: float = 0.0, article: str | None = None) -> Asked:
    return Asked(id=f"ask_{number:02}", conversation="c", person=f"p{number}", question=question, article=article,
                 at=NOW - dt.timedelta(days=days))  # fmt: skip


def test_the_same_question_in_other_words_counts_together_and_newer_ones_weigh_more() -> None:
    found = clusters(
        [
            asked(1, "how do I book a pool car", days=1),
            asked(2, "booking a pool car?", days=2),
            asked(3, "how can I book the pool car please"),
            *(asked(10 + n, "where is the bicycle cellar", days=60) for n in range(4)),
            asked(30, "who waters the plants", days=1),
            asked(40, "answered already", article="x"),
        ],
        now=NOW,
    )
    assert [len(one.asked) for one in found] == [3, 1, 4]
    assert "pool car" in found[0].question
    assert (found[0].people, found[0].id) == (3, "ask_02")


def test_a_draft_is_only_a_draft_and_names_nobody() -> None:
    cluster = clusters(
        [asked(1, "Hi, how do I book a pool car? call +44 7700 900123"), asked(2, "book a pool car")], now=NOW
    )[0]
    made = draft(
        cluster, answers=["Write to kim@a.example, then take the key."], taken={"book-pool-car"}, owner="p1", now=NOW
    )
    assert made.state == "draft"
    assert made.id not in {"book-pool-car"}
    assert "take the key" in made.text
    assert "kim@a.example" not in made.text
    assert not any("900123" in text for text in (made.title, *made.questions))
    assert not made.title.lower().startswith("hi")
