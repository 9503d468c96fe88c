"""Whatever the house says, in whatever card: Slack takes it, and nobody is called by it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tickless.connectors.slack import buttons
from tickless.connectors.slack.buttons import Button
from tickless.connectors.slack.render import render, render_over
from tickless.connectors.slack.words import escape, linked, plain, tidy
from tickless.domain.card import Citation, FormField, read_card
from tickless.sdk.capabilities.chat import Amended, Outgoing
from tickless.sdk.testing.slack import problems_of

HOSTILE = st.sampled_from([
    "<!channel> <!here|x> <@U0ADA> <#C0|x> @channel @here @everyone", "&&&&&" * 900, "<" * 3_000, "a b\n" * 4_000, "", " ",
    "https://evil.example/<!here>|x https://a.example/?a=1&b=2).", "*bold* _it_ `code`", "\u202e\u2066", "🙂" * 2_000, "\n",
    "x" * 39_000,
    "\x00", "|>|<", '"}]', "https://" + "y" * 2_000,
])  # fmt: skip
WORDS = st.text(max_size=60) | HOSTILE
SHORT = st.text(max_size=30) | HOSTILE.map(lambda text: text[:200])
CARDS: st.SearchStrategy[dict[str, Any] | None] = st.one_of(
    st.none(),
    st.fixed_dictionaries({"kind": st.just("choices"), "question": SHORT, "options": st.lists(WORDS, max_size=130)}),
    st.fixed_dictionaries({"kind": st.just("code"), "question": SHORT}),
    st.fixed_dictionaries({
        "kind": st.just("form"), "question": SHORT, "title": WORDS,
        "fields": st.lists(st.builds(FormField, name=SHORT, label=WORDS, options=st.lists(SHORT, max_size=6).map(tuple),
                                     needed=st.booleans()).map(lambda one: one.model_dump()), max_size=60),
    }),
    st.fixed_dictionaries({"kind": st.just("approval"), "approval": SHORT, "title": WORDS, "summary": WORDS}),
    st.fixed_dictionaries({"kind": st.just("secret"), "href": SHORT | st.just("/secret/ots_1")}),
    st.fixed_dictionaries({"kind": st.just("case"), "number": st.integers(1), "state": SHORT, "outcome": st.none() | SHORT}),
    st.fixed_dictionaries({"kind": st.just("solved"), "case": SHORT, "number": st.integers(1, 10**9)}),
    st.fixed_dictionaries({"kind": st.just("rating"), "case": SHORT, "number": st.integers(1, 10**9)}),
    st.fixed_dictionaries({
        "kind": st.just("answer"), "case": SHORT,
        "citations": st.lists(st.builds(Citation, article=SHORT, title=WORDS, section=SHORT,
                                        href=SHORT | st.just("/knowledge/a|b>c&d")).map(Citation.model_dump), max_size=14),
    }),
    st.fixed_dictionaries({"kind": st.just("list"), "title": WORDS, "items": st.lists(st.tuples(WORDS, WORDS), max_size=60)}),
)  # fmt: skip
HOMES = st.sampled_from(["", "https://help.larkmoor.example"])


def strings(value: Any) -> list[str]:
    """Every mrkdwn text in a structure."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for one in value.values() for text in strings(one)]
    return [text for one in value for text in strings(one)] if isinstance(value, list) else []


def calls_nobody(text: str) -> bool:
    """No `<…>` but web addresses, and no shouting."""
    tokens = re.findall(r"<([^>]*)>?", text)
    return all(token.startswith(("http://", "https://")) for token in tokens) and not re.search(
        r"@(channel|here|everyone)\b", text
    )


@given(text=WORDS, card=CARDS, author=SHORT, home=HOMES)
def test_any_message_is_taken_and_calls_nobody(text: str, card: dict[str, Any] | None, author: str, home: str) -> None:
    assert card is None or read_card(card) is not None
    drawn = render(Outgoing(address={}, text=text, card=card, author=author, home=home))
    assert problems_of(drawn.blocks) == []
    assert 0 < len(drawn.text) <= 4_000
    assert all(map(calls_nobody, [drawn.text, *strings(drawn.blocks)]))


@given(text=WORDS, card=CARDS, note=SHORT, home=HOMES)
def test_an_answered_card_has_nothing_left_to_press(
    text: str, card: dict[str, Any] | None, note: str, home: str
) -> None:
    drawn = render_over(Amended(address={}, external="C:1", text=text, card=card, note=note, home=home))
    assert problems_of(drawn.blocks) == []
    assert '"button"' not in json.dumps(drawn.blocks)
    assert {one["type"] for one in drawn.blocks} <= {"section", "context"}


@given(
    deed=st.sampled_from(["answer", "rate"]), ref=SHORT, says=SHORT, gathers=st.booleans(),
    values=st.dictionaries(st.text(max_size=10), WORDS, max_size=12),
)  # fmt: skip
def test_what_a_button_carries_comes_back(
    deed: str, ref: str, says: str, gathers: bool, values: dict[str, str]
) -> None:
    written = buttons.write(Button(deed, ref, values, says, gathers))
    assert len(written) <= buttons.LONGEST_VALUE
    back = buttons.read(written)
    assert back is not None
    assert (back.deed, back.gathers) == (deed, gathers)
    assert ref.startswith(back.ref)
    assert all(values[name].startswith(value) for name, value in back.values.items() if name in values)


@given(text=WORDS)
@example(text="see https://wiki.example/a?b=1&c=2. & <b>")
def test_words_survive_slack(text: str) -> None:
    clean = " ".join(text.split())
    assert plain(linked(clean)).replace("\u2060", "") == tidy(clean)
    assert not set(escape(text)) & set("<>")


def test_a_card_of_each_kind_is_drawn() -> None:
    """A new kind of card without a drawing of its own would break the first message that carries it."""
    from typing import get_args

    from tickless.connectors.slack.render import _DRAWN
    from tickless.domain.card import Card

    assert set(_DRAWN) == set(get_args(get_args(Card)[0]))


@pytest.mark.parametrize(
    ("href", "home", "expected"),
    [
        ("/secret/ots_1", "https://help.example", "https://help.example/secret/ots_1"),
        ("https://vault.example/x", "", "https://vault.example/x"),
        ("/secret/ots_1", "", None),
        ("javascript:alert(1)", "https://help.example", None),
        ("//evil.example", "https://help.example", "https://help.example//evil.example"),
    ],
)
def test_a_secret_is_a_link_home_and_nowhere_else(href: str, home: str, expected: str | None) -> None:
    drawn = render(Outgoing(address={}, text="Your password", card={"kind": "secret", "href": href}, home=home))
    links = [one["url"] for block in drawn.blocks for one in block.get("elements", []) if "url" in one]
    assert links == ([expected] if expected else [])
