"""Articles that list several questions: what was learnt of them says which comes first, and never how likely it is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.knowledge import Article
from tickless.practices.knowledge.library import Library
from tickless.practices.knowledge.scoring import Signs

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LATE = (
    "my salary has not come yet",
    "salary still not on my account",
    "when does the money come, it is late",
    "no money from the company this month",
    "pay is late again",
    "still waiting for my pay",
)
WRONG = (
    "my salary is too small",
    "they paid me less than last month",
    "hours are missing in my pay",
    "wrong sum on the payslip",
    "the payslip does not add up",
    "too much tax was taken off",
)


def article(name: str, title: str, *questions: str) -> Article:
    return Article(
        id=name, title=title, text=f"{title} is dealt with by Payroll.", questions=questions, reviewed_at=NOW
    )


ARTICLES = (
    article("late", "Payments that are late", *LATE),
    article("wrong", "Payments that are wrong", *WRONG),
    article("parking", "Parking for visitors", "where do guests park"),
    article("garage", "Keys of the garage", "who has the key of the garage"),
)


def signs(*articles: Article) -> Signs:
    return Signs.of(articles, {}, None)


LEARNT = signs(*ARTICLES)
NOT_A_KEY = "none?0"
"""Left out, it leaves out no question, but switches off what was learnt."""


def first(likely: dict[str, float]) -> str:
    return max(likely, key=lambda one: likely[one])


def test_what_was_learnt_says_which_of_them_comes_first() -> None:
    asked = "my pay came late and too small"
    by_signs, by_all = LEARNT.score(asked, without=NOT_A_KEY), LEARNT.score(asked)
    assert (first(by_signs.articles()), first(by_all.articles())) == ("late", "wrong")


@given(st.lists(st.sampled_from(" ".join((*LATE, *WRONG, "guests key garage vpn")).split()), max_size=8))
def test_it_never_says_how_likely_they_are(words: list[str]) -> None:
    asked = " ".join(words)
    by_signs, by_all = LEARNT.score(asked, without=NOT_A_KEY), LEARNT.score(asked)
    assert sorted(by_all.likely.values()) == sorted(by_signs.likely.values())
    for other in ("parking", "garage"):
        assert by_all.likely.get(other) == by_signs.likely.get(other)


@pytest.mark.parametrize("asked", ["where do guests park", "who has the key"])
def test_what_is_more_like_other_articles_stays_with_them(asked: str) -> None:
    assert LEARNT.score(asked).likely == LEARNT.score(asked, without=NOT_A_KEY).likely


def test_one_article_with_several_questions_is_not_told_apart_from_anything() -> None:
    assert signs(*ARTICLES[1:]).learnt is None
    assert signs().learnt is None


def test_a_library_learns_before_it_is_asked() -> None:
    library = Library.of(ARTICLES)
    library.learn()
    assert "learnt" in vars(library._signs)
    assert library.search(WRONG[0], reader=None)[0].article.id == "wrong"
