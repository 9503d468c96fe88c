"""Mails of the house: threads, words for what is pressed elsewhere, and nothing smuggled in."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.connectors.email.render import NOT_BY_MAIL, Letterhead, write
from tickless.connectors.email.threads import make_token
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.chat import Outgoing

HEAD = Letterhead(sender="help@larkmoor.example", name="Tickless", thread_key="k" * 40, plus_addressing=True)
PLACE = "a" * 20
ADDRESS = {"to": "ida@larkmoor.example", "subject": "VPN", "references": "1@x 2@x", "place": PLACE}
HOME = "https://help.larkmoor.example"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def sent(text: str = "Hello.", *, key: str = "k1", address: dict[str, str] | None = None, **given: Any) -> Message:
    out = Outgoing(address={**ADDRESS, **(address or {})}, text=text, home=HOME, **given)
    return message_from_bytes(write(out, HEAD, key=key).as_bytes())


def part(mail: Message, kind: str) -> str:
    payload = next(one for one in mail.walk() if one.get_content_type() == kind).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(mail: Message) -> list[tuple[str, dict[str, str | None]]]:
    reader = Tags()
    reader.feed(part(mail, "text/html"))
    return reader.found


def test_it_answers_in_the_thread_and_brings_a_token() -> None:
    mail = sent()
    token = make_token(HEAD.thread_key, PLACE, ADDRESS["to"])
    assert mail["Subject"] == "Re: VPN"
    assert mail["In-Reply-To"] == "<2@x>"
    assert mail["References"] == "<1@x> <2@x>"
    assert f"help+{token}@larkmoor.example" in str(mail["Reply-To"])
    assert str(mail["Message-ID"]).startswith(f"<{token}.")
    assert mail["X-Tickless"]


def test_a_repeat_has_the_same_message_id_and_another_message_has_not() -> None:
    assert sent(key="a")["Message-ID"] == sent(key="a")["Message-ID"] != sent(key="b")["Message-ID"]


def test_choices_are_numbered_and_a_yes_is_asked_for_in_words() -> None:
    choices = sent(card={"kind": "choices", "question": "q", "options": ["LM-1", "LM-2"]})
    assert "1. LM-1\n2. LM-2" in part(choices, "text/plain")
    solved = sent(card={"kind": "solved", "case": "c", "number": 7})
    assert "Does it work now?" in part(solved, "text/plain")
    assert "YES or NO" in part(solved, "text/plain")


def test_an_approval_is_a_link_and_no_question() -> None:
    mail = sent(card={"kind": "approval", "approval": "apr_1", "title": "Grant", "summary": "Anna wants Figma"})
    text = part(mail, "text/plain")
    assert NOT_BY_MAIL in text
    assert f"{HOME}/approvals" in text
    assert "YES" not in text


def test_a_secret_is_a_link_to_this_house() -> None:
    mail = sent(card={"kind": "secret", "href": "/secret/once_1"})
    assert ("a", {"href": f"{HOME}/secret/once_1"}) in tags(mail)


@pytest.mark.parametrize("to", ["", "nobody", "a@b.c, d@e.f", "a@b.c\r\nBcc: x@y.z", "ü@b.c"])
def test_it_is_sent_to_one_plain_address_or_not_at_all(to: str) -> None:
    with pytest.raises(Rejected):
        sent(address={"to": to})


@settings(max_examples=60, deadline=None)
@given(text=TEXT, subject=TEXT, title=TEXT, option=TEXT)
def test_hostile_words_stay_words(text: str, subject: str, title: str, option: str) -> None:
    card = {"kind": "choices", "question": "q", "options": [option, "<img src=x onerror=y>"]}
    mail = sent(text, address={"subject": subject}, title=title, card=card)
    assert len(mail.get_all("Subject") or []) == len(mail.get_all("To") or []) == 1
    assert mail["To"] == ADDRESS["to"]
    assert mail["Bcc"] is None
    assert {tag for tag, _ in tags(mail)} <= {"html", "body", "p", "br", "ol", "li"}
    assert {name for _, attributes in tags(mail) for name in attributes} <= {"lang", "style"}
