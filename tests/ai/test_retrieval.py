"""The right article is found: by its words, and by its meaning where there is an encoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.ai.bm25 import Bm25, stem, terms
from tickless.ai.encoder import OnnxEncoder
from tickless.ai.retrieval import Document, Index

LIBRARY = (
    Document("expenses", "Claim travel expenses", "Send receipts to finance.\n\n# Deadline\n\nWithin thirty days.",
             questions=("who pays for my train ticket",)),
    Document("vpn", "Repair the VPN profile", "# Steps\n\nOpen the client, remove the profile, add it again."),
    Document("badge", "Door badges", "A badge opens every door.\n\n## Lost badges\n\nReport it to reception at once."),
    Document("empty", "Nothing here"),
)  # fmt: skip


LOCKED = (
    "i am locked out",
    "unlock my account",
    "too many wrong passwords",
    "the sign-in says that i am blocked",
    "my user is locked",
)
HOLIDAYS = (
    "how do i book a holiday",
    "days off next week",
    "who approves my vacation",
    "how many holidays are left",
    "take a day off",
)
DESK = (
    Document("locked", "Accounts that are locked", questions=LOCKED),
    Document("vacation", "Days off", questions=HOLIDAYS),
    Document("other", "How the company began", "It began in a garage, with a locked door and a holiday."),
    Document("stock", "Where the spare parts are kept"),
    Document("parking", "Parking for visitors"),
)


@pytest.fixture(scope="module")
def by_words() -> Index:
    return Index.of(LIBRARY)


@pytest.fixture(scope="module")
def by_meaning(encoder: OnnxEncoder) -> Index:
    return Index.of(LIBRARY, encoder)


@pytest.mark.parametrize(("text", "found"), [("profile of the vpn client", "vpn"), ("expense claims", "expenses")])
def test_words_find_their_article(by_words: Index, text: str, found: str) -> None:
    hit = by_words.search(text)[0]
    assert (hit.id, hit.cosine, by_words.brain) == (found, None, "lexical")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how do I get my money back for a business trip", "expenses"),
        ("tunnel into the company network is broken", "vpn"),
        ("I cannot find the card that lets me into the building", "badge"),
    ],
)
def test_meaning_finds_what_is_said_in_other_words(by_meaning: Index, text: str, found: str) -> None:
    assert by_meaning.search(text)[0].id == found


def test_the_section_that_fits_is_named(by_meaning: Index) -> None:
    hit = by_meaning.search("what to do when I lost my badge, report it to whom")[0]
    assert (hit.id, hit.section) == ("badge", "Lost badges")


def test_a_question_that_an_article_lists_finds_it(by_meaning: Index, by_words: Index) -> None:
    for index in (by_meaning, by_words):
        hit = index.search("who pays for my train ticket")[0]
        assert hit.id == "expenses"
        assert hit.confidence > 0.8


def test_what_nobody_wrote_about_is_found_with_little_confidence(by_meaning: Index, by_words: Index) -> None:
    for index in (by_meaning, by_words):
        assert all(hit.confidence < 0.5 for hit in index.search("the weather on the moon"))


@pytest.fixture(scope="module")
def desk() -> Index:
    return Index.of(DESK)


@pytest.mark.parametrize(
    ("text", "found"),
    [("my acount is lokced", "locked"), ("aprove holidays", "vacation"), ("company began where", "other")],
)
def test_documents_that_list_many_questions_are_learnt(desk: Index, text: str, found: str) -> None:
    assert desk.search(text)[0].id == found


@given(text=st.one_of(st.text(max_size=100), st.sampled_from(DESK).map(lambda one: one.title)), limit=st.integers(1, 4))
def test_what_was_learnt_puts_no_document_twice(desk: Index, text: str, limit: int) -> None:
    hits = desk.search(text, limit=limit)
    assert len({hit.id for hit in hits}) == len(hits) <= limit
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_many_others_that_share_the_words_do_not_push_out_what_was_learnt() -> None:
    rooms = (Document(f"room{number}", f"Holiday room {number}, locked at night") for number in range(40))
    found = [hit.id for hit in Index.of((*DESK, *rooms)).search("how do i book a holiday, at night", limit=3)]
    assert found == ["vacation", "locked", "room0"]


def test_no_documents_and_no_words_find_nothing(by_words: Index) -> None:
    assert Index.of([]).search("anything") == ()
    assert by_words.search("") == ()


def test_another_library_is_another_version(by_words: Index) -> None:
    assert Index.of(LIBRARY).version == by_words.version
    assert Index.of(LIBRARY[:-1]).version != by_words.version


@given(text=st.text(max_size=300))
def test_hits_are_ordered_and_bounded_for_any_text(by_words: Index, text: str) -> None:
    hits = by_words.search(text, limit=3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.confidence <= 1 and 0 <= hit.words <= 1 for hit in hits)


def test_joined_names_count_as_their_parts() -> None:
    assert {"diskfull", "disk", "full"} <= set(terms("DiskFull"))
    assert terms("The printers are printing") == [stem("printer"), stem("print")]


def test_bm25_is_the_published_formula() -> None:
    index = Bm25.of(["apple apple pear", "pear plum"])
    idf = 0.6931471805599453  # ln(1 + (2 − 1 + 0.5) / (1 + 0.5))
    length = 1 - 0.75 + 0.75 * 3 / 2.5
    assert index.scores("apple")[0] == pytest.approx(idf * 2 * 2.2 / (2 + 1.2 * length))
    assert index.scores("apple")[1] == 0
