"""Mail as people and machines really write it."""

import datetime as dt
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import RECEIVER
from tickless.connectors.email.smtp import compose
from tickless.connectors.email.text import body_of, without_markup, without_quotes
from tickless.connectors.email.threads import place_of
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
OURS = Settings(sender="help@larkmoor.example", authserv_id="mx.larkmoor.example")

KNOWN = {"Authentication_Results": "mx.larkmoor.example; dmarc=pass header.from=larkmoor.example"}


def arrive(raw: bytes) -> Item:
    payload = Payload(source="mail", received_at=NOW, content_type="message/rfc822", body=raw)
    (one,) = RECEIVER.split(payload, OURS)
    return RECEIVER.read(one, payload, OURS)


def mail(text: str = "hello", **headers: str) -> Item:
    message = EmailMessage()
    message["From"] = headers.pop("From", "ida@larkmoor.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return arrive(message.as_bytes())


def label(item: Item, name: str) -> str | None:
    return (item.labels or {}).get(name)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.larkmoor.example>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@mx.larkmoor.example"},
        {"From": "help@larkmoor.example"},
    ],
)
def test_mail_from_machines_is_marked(headers: dict[str, str]) -> None:
    assert label(mail(**headers), "automatic")


def test_mail_from_people_is_not() -> None:
    assert label(mail(Auto_Submitted="no"), "automatic") is None


def test_our_own_mail_never_starts_a_loop() -> None:
    sent = compose(sender="help@larkmoor.example", to="a@b.c", subject="s", text="t", in_reply_to="", key="run:step")
    assert label(arrive(sent.as_bytes()), "automatic")


def test_a_verdict_on_the_sender_is_believed_from_our_own_server_only() -> None:
    assert label(mail(Authentication_Results="mx.larkmoor.example; dkim=fail; dmarc=pass"), "dkim") == "fail"
    assert label(mail(Authentication_Results="mx.evil.example; dkim=pass"), "dkim") is None


def test_a_reply_belongs_to_the_conversation_that_it_answers() -> None:
    first = mail(Message_ID="<1@x>", **KNOWN)
    reply = mail(Message_ID="<2@x>", In_Reply_To="<1@x>", **KNOWN)
    third = mail(Message_ID="<3@x>", In_Reply_To="<2@x>", References="<1@x> <2@x>", **KNOWN)
    assert {label(item, "conversation") for item in (first, reply, third)} == {place_of("1@x")}
    assert len({item.event_key for item in (first, reply, third)}) == 3


@pytest.mark.parametrize(
    "tail",
    [
        "On Mon, 2 Mar 2026, Help wrote:\n> old",
        "Am Mo., 2. März 2026 um 10:30 Uhr schrieb Help <help@x.de>:\n> alt",
        "-----Original Message-----\nFrom: help\nold",
        "________________________________\nFrom: Help <help@x>\nold",
        "From: Help <help@x.example>\nSent: Monday\nold",
        "-- \nIda Holm",
        "> old",
    ],
)
def test_what_was_quoted_is_left_out(tail: str) -> None:
    assert without_quotes(f"It works.\nThanks\n\n{tail}") == "It works.\nThanks"


def test_ordinary_lines_are_not_taken_for_quotes() -> None:
    text = "On Monday I could not sign in.\nFrom home it works: strange!\nI wrote: nothing"
    assert without_quotes(text) == text


@given(st.text(max_size=300))
def test_a_mail_with_words_never_becomes_empty(text: str) -> None:
    assert bool(without_quotes(text)) == bool(text.strip())


@given(st.text(alphabet="<>!/-[]&;#abp \"'=", max_size=80))
def test_broken_markup_is_survived(html: str) -> None:
    assert isinstance(without_markup(html), str)


def test_scripts_are_no_words() -> None:
    assert without_markup("<p>Hi</p><script>alert(1)</script><style>x{}</style>there") == "Hi\nthere"


def test_an_attachment_is_not_the_text() -> None:
    message = EmailMessage()
    message["From"] = "a@b.c"
    message.set_content("see attachment")
    message.add_attachment("secret plan", filename="plan.txt")
    assert body_of(message).strip() == "see attachment"


def test_no_sender_is_refused() -> None:
    with pytest.raises(PayloadRejected):
        arrive(b"Subject: hello\r\n\r\nwho am I")


def test_the_same_key_makes_the_same_mail() -> None:
    first, second = (
        compose(sender="h@x.y", to="a@b.c", subject="s", text="t", in_reply_to="", key=key) for key in ("k", "k")
    )
    assert first["Message-ID"] == second["Message-ID"]
    assert (
        first["Message-ID"]
        != compose(sender="h@x.y", to="a@b.c", subject="s", text="t", in_reply_to="", key="other")["Message-ID"]
    )
