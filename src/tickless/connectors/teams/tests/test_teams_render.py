"""Adaptive Cards: valid, small enough, with everything to press, and nothing in them that somebody smuggled in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tickless.connectors.teams.render import MOST_BYTES, OURS, render, render_over
from tickless.sdk.capabilities.chat import Amended, Outgoing

SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("adaptive_card_subset.json").read_text()))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
WORDS = TEXT | st.sampled_from(
    ["<at>all</at>", "[x](javascript:y)", "![i](https://e.example/i.png)", "{{DATE(1)}}", " "]
)
CARDS = st.one_of(
    st.none(),
    st.builds(
        lambda options: {"kind": "choices", "question": "q", "options": options},
        st.lists(WORDS, min_size=1, max_size=70),
    ),
    st.just({"kind": "code", "question": "q"}),
    st.builds(
        lambda title, labels: {
            "kind": "form",
            "question": "q",
            "title": title,
            "fields": [
                {"name": f"n{n}", "label": one, "options": [one, "b"] if n % 2 else []} for n, one in enumerate(labels)
            ],
        },
        WORDS,
        st.lists(WORDS, min_size=1, max_size=9),
    ),
    st.builds(lambda title, text: {"kind": "approval", "approval": "a", "title": title, "summary": text}, WORDS, WORDS),
    st.builds(lambda href: {"kind": "secret", "href": href}, WORDS | st.just("/secret/1")),
    st.builds(lambda state: {"kind": "case", "number": 1, "state": state}, WORDS),
    st.just({"kind": "solved", "case": "c", "number": 1}),
    st.just({"kind": "rating", "case": "c", "number": 1}),
    st.builds(
        lambda title, href: {
            "kind": "answer",
            "case": "c",
            "citations": [{"article": "a", "title": title, "href": href}],
        },
        WORDS,
        WORDS | st.just("https://wiki.example/a"),
    ),
    st.builds(
        lambda items: {"kind": "list", "title": "t", "items": items}, st.lists(st.tuples(WORDS, WORDS), max_size=70)
    ),
)


def drawn(text: str = "Hello.", **given: Any) -> dict[str, Any]:
    return render(Outgoing(address={}, text=text, home="https://help.example", **given))


def cards(activity: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["content"] for one in activity.get("attachments", [])]


def actions(activity: dict[str, Any]) -> list[dict[str, Any]]:
    sets = [element for card in cards(activity) for element in card["body"] if element["type"] == "ActionSet"]
    return [action for one in sets for action in one["actions"]]


def check(activity: dict[str, Any]) -> None:
    for card in cards(activity):
        SCHEMA.validate(card)
    assert activity["textFormat"] == "plain"
    assert len(json.dumps(activity, ensure_ascii=False).encode()) < MOST_BYTES
    assert "entities" not in activity


@settings(max_examples=150, deadline=None)
@given(text=WORDS, card=CARDS, author=WORDS)
def test_whatever_is_said_the_card_is_valid(text: str, card: dict[str, Any] | None, author: str) -> None:
    check(drawn(text, card=card, author=author))
    check(
        render_over(Amended(address={}, external="1", text=text, card=card, note=author, home="https://help.example"))
    )


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000, '"' * 39_000])
def test_a_long_text_gives_way_to_what_can_be_pressed(text: str) -> None:
    activity = drawn(text, card={"kind": "solved", "case": "c", "number": 1})
    check(activity)
    assert [one["data"][OURS]["deed"] for one in actions(activity) if OURS in one.get("data", {})] == [
        "solved",
        "unsolved",
    ]


def test_buttons_send_what_they_mean() -> None:
    choices = actions(drawn(card={"kind": "choices", "question": "que_1", "options": ["LM-1", "LM-2"]}))
    assert choices[1]["data"][OURS] == {"deed": "answer", "ref": "que_1", "label": "LM-2", "values": {"answer": "LM-2"}}
    code = actions(drawn(card={"kind": "code", "question": "que_2"}))
    assert [one["data"].get(OURS, {}).get("deed") for one in code] == ["answer", None]
    assert code[1]["data"]["msteams"]["value"] == "cancel"
    assert code[0]["data"][OURS]["gathers"]
    listed = actions(drawn(card={"kind": "list", "title": "t", "items": [["A chair", "i need a chair"]]}))
    assert listed[0]["data"] == {"msteams": {"type": "imBack", "value": "i need a chair"}}


def test_many_choices_become_a_list_to_pick_from() -> None:
    (card,) = cards(drawn(card={"kind": "choices", "question": "q", "options": [f"device {n}" for n in range(20)]}))
    (menu,) = [element for element in card["body"] if element["type"] == "Input.ChoiceSet"]
    assert [choice["value"] for choice in menu["choices"]] == [f"device {n}" for n in range(20)]


def test_what_is_over_has_nothing_to_press() -> None:
    card = {"kind": "approval", "approval": "a", "title": "Grant Figma", "summary": "for Anna"}
    over = render_over(
        Amended(address={}, external="1", text="Please decide", card=card, note="Approved by Bo", home="")
    )
    assert actions(over) == []
    assert "Approved by Bo" in json.dumps(over)


def test_microsofts_own_model_takes_our_cards() -> None:
    sdk = pytest.importorskip("microsoft_teams.cards")
    for card in (
        {"kind": "form", "question": "q", "title": "t", "fields": [{"name": "a", "label": "b", "options": ["c", "d"]}]},
        {"kind": "approval", "approval": "a", "title": "t", "summary": "s"},
        {"kind": "rating", "case": "c", "number": 1},
    ):
        (content,) = cards(drawn(card=card))
        assert sdk.AdaptiveCard.model_validate(content).version == "1.5"
