"""Channels are equal: whatever card and words a message has, each shows the question, the choices and the links, gives the same
meaning to what is pressed, and lets nothing out of the words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from html import unescape
from html.parser import HTMLParser
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.connectors.email.render import NOT_BY_MAIL, Letterhead, write
from tickless.connectors.matrix.events import BUTTONS
from tickless.connectors.matrix.render import render as matrix_render
from tickless.connectors.slack import buttons as slack_buttons
from tickless.connectors.slack.render import render as slack_render
from tickless.connectors.teams.render import render as teams_render
from tickless.domain.card import Card
from tickless.sdk.capabilities.chat import Outgoing
from tickless.sdk.registry import connector_folders, load_connector

HOME = "https://help.larkmoor.example"
ADDRESS = {"to": "ida@larkmoor.example", "subject": "Help", "room": "!r:x", "channel": "D1", "place": "a" * 20}
SAFE_TAGS = {"html", "body", "p", "br", "ol", "ul", "li", "a"}


@dataclass
class Shown:
    """What a person gets of a message. `words`: all that can be read; `deeds`: what can be pressed, as (deed, ref, value)."""

    words: str
    deeds: set[tuple[str, str, str]] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in SAFE_TAGS or given.keys() - {"href", "lang", "style"}:
            self.shown.trouble.append(f"<{tag} {given}>")
        if "href" in given:
            self.shown.links.add(str(given["href"]))

    def handle_data(self, data: str) -> None:
        self.shown.words += data


def email(out: Outgoing) -> Shown:
    mail = message_from_bytes(
        write(out, Letterhead("help@larkmoor.example", "Tickless", "k" * 40, True), key="k").as_bytes()
    )
    shown = Shown("")
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(payload, bytes):
            _Page(shown).feed(payload.decode())
        elif isinstance(payload, bytes):
            shown.words += payload.decode() + "\n"
    return shown


def matrix(out: Outgoing) -> Shown:
    content = matrix_render(out).content
    shown = Shown(content["body"] + "\n")
    _Page(shown).feed(content["formatted_body"])
    for one in content.get(BUTTONS, {}).values():
        shown.deeds |= _deeds(one)
    if content["m.mentions"]:
        shown.trouble.append("it calls people")
    return shown


def teams(out: Outgoing) -> Shown:
    activity = teams_render(out)
    shown = Shown(activity.get("text", ""))
    for card in [one["content"] for one in activity.get("attachments", [])]:
        for element in card["body"]:
            _element(element, shown)
    if activity.get("entities") or activity["textFormat"] != "plain":
        shown.trouble.append("words are more than words")
    return shown


def _element(element: dict[str, Any], shown: Shown) -> None:
    if element["type"] == "RichTextBlock":
        shown.words += "".join(run["text"] for run in element["inlines"]) + "\n"
    elif element["type"] == "ActionSet":
        for action in element["actions"]:
            shown.words += action["title"] + "\n"
            data = action.get("data", {})
            shown.deeds |= _deeds(data.get("tickless", {"says": data.get("msteams", {}).get("value", "")}))
            shown.links |= {action["url"]} if "url" in action else set()
    elif element["type"].startswith("Input."):
        shown.words += element["label"] + "\n"
        for choice in element.get("choices", []):
            shown.words += choice["title"] + "\n"
            if element["id"] == "entry:answer":
                shown.deeds.add(("answer", "que_1", choice["value"]))
    else:
        shown.trouble.append(element["type"])


def slack(out: Outgoing) -> Shown:
    shown = Shown("")
    _walk(slack_render(out).blocks, shown)
    return shown


def _walk(block: Any, shown: Shown) -> None:
    """Every text, button, menu and link, wherever it stands."""
    for one in block if isinstance(block, list) else []:
        _walk(one, shown)
    if not isinstance(block, dict):
        return
    if isinstance(block.get("text"), str):
        _mrkdwn(block["text"], shown) if block.get("type") == "mrkdwn" else _plain(block["text"], shown)
    if "url" in block:
        shown.links.add(block["url"])
    if block.get("type") == "button" and (button := slack_buttons.read(block.get("value", ""))) is not None:
        shown.deeds |= _deeds({"deed": button.deed, "ref": button.ref, "values": button.values, "says": button.says})
    for option in block.get("options", []) if str(block.get("action_id", "")).endswith("answer:que_1") else []:
        shown.deeds.add(("answer", "que_1", option["value"]))
    for value in block.values():
        if isinstance(value, dict | list):
            _walk(value, shown)


def _plain(text: str, shown: Shown) -> None:
    shown.words += text + "\n"


def _mrkdwn(text: str, shown: Shown) -> None:
    """Slack's own markup: only links of ours may be in it."""
    for found in re.findall(r"<([^<>]*)>", text):
        if not found.startswith(("http://", "https://")):
            shown.trouble.append(f"<{found}>")
        shown.links |= {unescape(found.partition("|")[0])} if "|" in found else set()  # a bare address is what it says
    shown.words += unescape(re.sub(r"<(?:[^<>|]*\|)?([^<>]*)>", r"\1", text)) + "\n"


def _deeds(given: dict[str, Any]) -> set[tuple[str, str, str]]:
    values = given.get("values") or {}
    deed = given.get("deed") or ("says" if given.get("says") else "")
    value = given.get("says", "") if deed == "says" else next(iter(values.values()), "")
    return {(deed, given.get("ref", ""), value)} if deed else set()


CHANNELS: dict[str, Callable[[Outgoing], Shown]] = {"email": email, "matrix": matrix, "slack": slack, "teams": teams}
PRESSES = {"matrix", "slack", "teams"}
HOSTILE = (
    "<script>alert(1)</script>", "<!channel> <@U1>", "@room @everyone", "[x](javascript:alert(1))", "<at>all</at>",
    "![i](https://evil.example/p.png)", "a\u202efdp.exe", "*_`~|", "<img src=x onerror=y>", "&lt;b&gt;", "https://evil.example",
    "<https://evil.example|click>", "x" * 3_000, "\r\nBcc: all@larkmoor.example", "${{ 1 }} {{ 1 }} {DATE(1)}", "ünï😀",
)  # fmt: skip
LINK = "https://wiki.larkmoor.example/a"
CITED = {"article": "a", "title": "t", "href": LINK}
HOSTS = {"help.larkmoor.example", "wiki.larkmoor.example"}


def card_of(kind: str, words: str = "Laptop") -> dict[str, Any]:
    """A card of every kind, with somebody's words wherever words may stand."""
    cards: dict[str, dict[str, Any]] = {
        "choices": {"kind": kind, "question": "que_1", "options": ["LM-0042", f"the other {words}"[:70]]},
        "code": {"kind": kind, "question": "que_1"},
        "form": {
            "kind": kind,
            "question": "que_1",
            "title": f"About it {words}"[:140],
            "fields": [{"name": "when", "label": "When"}, {"name": "size", "label": "Size", "options": ["small", "large"]}],
        },
        "approval": {"kind": kind, "approval": "apr_1", "title": f"Grant {words}"[:140], "summary": f"For Ida {words}"[:900]},
        "page": {"kind": kind, "page": "page-17-0", "number": 17, "title": f"Orders {words}"[:140]},
        "secret": {"kind": kind, "href": "/secret/once_1"},
        "case": {"kind": kind, "number": 17, "state": "resolved", "outcome": "verified"},
        "solved": {"kind": kind, "case": "case_1", "number": 17},
        "rating": {"kind": kind, "case": "case_1", "number": 17},
        "answer": {"kind": kind, "case": "case_1", "citations": [{**CITED, "title": f"The wiki {words}"[:120]}]},
        "list": {"kind": kind, "title": "Catalogue", "items": [[f"A monitor {words}"[:70], "i need a monitor"]]},
    }  # fmt: skip
    return cards[kind]


KINDS = sorted(str(one.model_fields["kind"].default) for one in get_args(get_args(Card)[0]))
ASKED: dict[str, set[tuple[str, str, str]]] = {
    "choices": {("answer", "que_1", "LM-0042")},
    "approval": {("approve", "apr_1", ""), ("deny", "apr_1", "")},
    "page": {("have_it", "page-17-0", ""), ("pass_on", "page-17-0", "")},
    "solved": {("solved", "case_1", ""), ("unsolved", "case_1", "")},
    "rating": {*(("rate", "case_1", str(n)) for n in range(1, 6)), ("rate", "case_1", "as_expected")},
    "answer": {("helped", "case_1", ""), ("not_helped", "case_1", "")},
    "list": {("says", "", "i need a monitor")},
    "code": {("answer", "que_1", ""), ("says", "", "cancel")},
    "form": {("answer", "que_1", ""), ("says", "", "cancel")},
}
SAID: dict[str, tuple[str, ...]] = {
    "choices": ("LM-0042", "the other"), "code": ("code",), "form": ("About it", "When", "Size", "small", "large"),
    "approval": ("Grant", "For Ida"), "case": ("17", "solved and checked"), "answer": ("The wiki",), "list": ("A monitor",),
    "secret": (), "solved": (), "rating": (), "page": (),
}  # fmt: skip
LINKED = {
    "secret": {f"{HOME}/secret/once_1"}, "answer": {LINK}, "page": {f"{HOME}/on-call/pages/page-17-0"},
}  # fmt: skip


def shown(channel: str, kind: str, words: str = "Laptop", text: str = "What is it about?") -> Shown:
    out = Outgoing(address=ADDRESS, text=text, card=card_of(kind, words), home=HOME)
    return CHANNELS[channel](out)


def test_every_connector_that_posts_is_tried_here() -> None:
    posting = {
        folder.name
        for folder in connector_folders()
        for promise in load_connector(folder).manifest.actions.values()
        if promise.capability == "chat.post"
    }
    assert posting == set(CHANNELS)


def test_every_kind_of_card_is_tried_here() -> None:
    assert {kind for kind in KINDS if card_of(kind)} == SAID.keys()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_matters_is_lost(channel: str, kind: str) -> None:
    found = shown(channel, kind)
    for words in ("What is it about?", *SAID[kind]):
        assert words.casefold() in found.words.casefold(), f"{channel} does not say {words!r}"
    assert LINKED.get(kind, set()) <= found.links
    assert found.trouble == []


@pytest.mark.parametrize("channel", sorted(PRESSES))
@pytest.mark.parametrize("kind", sorted(ASKED))
def test_what_is_pressed_means_the_same_everywhere(channel: str, kind: str) -> None:
    wanted = ASKED[kind]
    if channel == "matrix" and kind in {"code", "form"}:
        wanted = {("says", "", "cancel")}  # what is filled in elsewhere is written there
    assert wanted <= shown(channel, kind).deeds


@pytest.mark.parametrize("kind", sorted(ASKED))
def test_what_is_pressed_elsewhere_is_asked_for_in_words_by_mail(kind: str) -> None:
    found = shown("email", kind)
    if kind == "page":
        assert f"{HOME}/on-call/pages/page-17-0" in found.links
        return
    if kind == "approval":
        assert NOT_BY_MAIL in found.words
        assert f"{HOME}/approvals" in found.links
        return
    assert re.search(r"answer", found.words, re.IGNORECASE) or kind == "rating"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(channel: str, hostile: str) -> None:
    for kind in KINDS:
        found = shown(channel, kind, hostile, text=hostile)
        assert found.trouble == [], f"{channel} {kind}"
        assert {urlsplit(link).hostname for link in found.links} <= HOSTS


@settings(max_examples=80, deadline=None)
@given(
    words=st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    kind=st.sampled_from(KINDS),
    channel=st.sampled_from(sorted(CHANNELS)),
)
def test_any_words_can_be_said(words: str, text: str, kind: str, channel: str) -> None:
    found = shown(channel, kind, words, text=text)
    assert found.trouble == []
    json.dumps(sorted(found.links))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example/x", "data:text/html,x", "file:///etc", "\\\\evil"]
)
def test_only_links_that_a_browser_may_follow_are_drawn(channel: str, href: str) -> None:
    for card in ({"kind": "secret", "href": href}, card_of("answer") | {"citations": [{**CITED, "href": href}]}):
        found = CHANNELS[channel](Outgoing(address=ADDRESS, text="Here", card=card, home=HOME))
        assert {urlsplit(link).hostname for link in found.links} <= HOSTS
