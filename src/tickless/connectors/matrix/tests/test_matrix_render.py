"""Matrix messages: reactions that mean something, words that stay words, and their size."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.connectors.matrix.events import BUTTONS, names_us, words_of
from tickless.connectors.matrix.render import NO, NUMBERS, YES, render, render_over
from tickless.connectors.matrix.settings import Settings
from tickless.sdk.capabilities.chat import Amended, Outgoing

OURS = Settings(homeserver="https://m.example", user_id="@tickless:m.example")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
MOST_BYTES = 60_000


def drawn(text: str = "Hello.", **given: Any) -> Any:
    address = given.pop("address", {"room": "!r:x"})
    return render(Outgoing(address=address, text=text, home="https://help.example", **given))


def test_choices_are_reactions_that_say_what_they_mean() -> None:
    found = drawn(card={"kind": "choices", "question": "que_1", "options": ["LM-1", "LM-2"]})
    meant = found.content[BUTTONS][NUMBERS[1]]
    assert meant == {"deed": "answer", "ref": "que_1", "values": {"answer": "LM-2"}, "label": "LM-2"}
    assert found.reactions == NUMBERS[:2]
    assert f"{NUMBERS[0]} LM-1" in found.content["body"]


def test_approvals_have_a_yes_and_a_no() -> None:
    found = drawn(card={"kind": "approval", "approval": "apr_1", "title": "t", "summary": "s"})
    assert {key: one["deed"] for key, one in found.content[BUTTONS].items()} == {YES: "approve", NO: "deny"}


def test_two_questions_have_signs_of_their_own() -> None:
    found = drawn(card={"kind": "rating", "case": "c", "number": 1})
    assert len(found.content[BUTTONS]) == 8
    assert [one["values"] for one in found.content[BUTTONS].values()][5:] == [
        {"expected": "worse"},
        {"expected": "as_expected"},
        {"expected": "better"},
    ]


def test_an_answer_in_a_thread_stays_in_it() -> None:
    found = drawn(address={"room": "!r:x", "thread": "$root"})
    assert found.content["m.relates_to"]["event_id"] == "$root"


def test_what_is_over_has_nothing_left_to_press() -> None:
    card = {"kind": "solved", "case": "c", "number": 1}
    over = render_over(Amended(address={"room": "!r:x"}, external="$e", text="Done", card=card, note="Thank you"))
    assert over["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$e"}
    assert over["m.new_content"][BUTTONS] == {}
    assert "Thank you" in over["m.new_content"]["body"]
    assert YES not in over["m.new_content"]["body"]


@settings(max_examples=60, deadline=None)
@given(text=TEXT, option=TEXT, author=TEXT)
def test_hostile_words_stay_words_and_fit(text: str, option: str, author: str) -> None:
    card = {"kind": "choices", "question": "q", "options": [option, "<script>x</script>"]}
    content = drawn(text, card=card, author=author).content
    found: list[str] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.append(tag)  # type: ignore[method-assign]
    reader.feed(content["formatted_body"])
    assert set(found) <= {"p", "br", "ol", "ul", "li"}
    assert content["m.mentions"] == {}


@pytest.mark.parametrize("text", ["x" * 40_000, "x\n\n" * 13_000, "<" * 39_000, "😀" * 9_000])
def test_an_event_is_never_too_big(text: str) -> None:
    card = {"kind": "choices", "question": "q", "options": ["yes", "no"]}
    content = drawn(text, card=card).content
    assert len(json.dumps(content, ensure_ascii=False).encode()) < MOST_BYTES
    assert f"{NUMBERS[1]} no" in content["body"]


@pytest.mark.parametrize(
    "content",
    [
        {"body": "tickless: help"},
        {"body": "@Tickless help"},
        {"body": "help", "m.mentions": {"user_ids": ["@tickless:m.example"]}},
        {"body": "help", "formatted_body": '<a href="https://matrix.to/#/@tickless:m.example">T</a> help'},
    ],
)
def test_it_knows_when_it_is_named(content: dict[str, Any]) -> None:
    assert names_us({"content": content}, OURS)
    assert words_of({"content": content}, OURS, direct=False) == "help"


def test_it_does_not_feel_named_by_others() -> None:
    assert not names_us({"content": {"body": "ticklessness is bliss"}}, OURS)
    assert not names_us({"content": {"body": "ask @tickless"}}, OURS)
