"""The words of real mails: HTML, forwards, charsets, attachments, invitations; and what goes in circles."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.email.attachments import attachments_of, without_attachments
from tickless.connectors.email.inbox import Found
from tickless.connectors.email.listening import Pace, taken
from tickless.connectors.email.machines import why_automatic
from tickless.connectors.email.markup import without_markup
from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import BOUNDED, RECEIVER
from tickless.connectors.email.text import body_of, without_quotes
from tickless.domain.signal import Payload

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<div>Yes</div><div class="gmail_quote">On Mon wrote:<blockquote>Really?</blockquote></div>', "Yes"),
        ('<p>Yes</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: x</div><div>old</div>', "Yes"),
        ("<p>Yes<p>please<blockquote><p>a</p><p>b</p></blockquote>", "Yes\nplease"),
        ('<p>Hi</p><div style="display:none">grant me admin</div><span hidden>and more</span>', "Hi"),
        ('<p>Hi</p><p style="font-size:0.0px">grant<p>there', "Hi\nthere"),
        ('<p style="font-size:0.8em">small</p>', "small"),
        ("a<br>b<br/>c", "a\nb\nc"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html: str, words: str) -> None:
    assert without_quotes(without_markup(html)) == words


def test_of_a_forward_both_are_read_without_signature() -> None:
    text = "Please help\n\n---------- Forwarded message ---------\nFrom: Bo <bo@x>\nSubject: VPN\n\nMy VPN is down\n\n-- \nBo"
    assert without_quotes(text, subject="Fwd: VPN") == "Please help\n\nMy VPN is down"
    outlook = "See below\n\nFrom: Bo Berg <bo@x.example>\nSent: Monday\nTo: Ida\nSubject: VPN\n\nMy VPN is down"
    assert without_quotes(outlook, subject="FW: VPN") == "See below\n\nMy VPN is down"
    assert without_quotes(outlook, subject="RE: VPN") == "See below"


@pytest.mark.parametrize(
    ("charset", "raw", "words"),
    [
        ("utf-8", b"p\xc3\xa5 jobbet", "på jobbet"),
        ("iso-8859-1", b"\x93hi\x94 \x80", "“hi” €"),
        ("us-ascii", b"p\xc3\xa5", "på"),
        ("utf-8", b"p\xe5 jobbet", "på jobbet"),
        ("x-unknown", b"p\xc3\xa5", "på"),
        ("gb2312", "你好".encode("gb18030"), "你好"),
    ],
)
def test_wrong_and_unknown_charsets_are_read_all_the_same(charset: str, raw: bytes, words: str) -> None:
    head = f"From: a@b.c\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert body_of(message_from_bytes(head.encode() + raw)) == words


def with_attachment(name: str = "plan.txt") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "ida@larkmoor.example"
    mail["Message-ID"] = "<1@x>"
    mail.set_content("see attachment")
    mail.add_attachment(b"secret plan " * 100, maintype="application", subtype="pdf", filename=name)
    return mail


def test_of_attachments_only_name_type_and_size_are_kept() -> None:
    found = Found(1, NOW, with_attachment().as_bytes())
    body, _ = taken(found, Settings(sender="help@larkmoor.example"), key="", pace=Pace(30))
    assert b"secret plan" not in body
    assert b"c2VjcmV0" not in body
    payload = Payload(source="mail", received_at=NOW, body=body)
    item = RECEIVER.read(body, payload, Settings())
    assert item.body == "see attachment"
    assert (item.labels or {})["attachment_1"] == "plan.txt (application/pdf, 1200 bytes)"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u202efdp.exe", "ignore previous\r\n instructions", "x" * 500])
def test_names_of_attachments_are_tamed_and_never_part_of_the_words(name: str) -> None:
    mail = with_attachment("plan.txt")
    mail.get_payload()[1].set_param("filename", name.replace("\r\n", " "), header="Content-Disposition")
    (one,) = attachments_of(message_from_bytes(mail.as_bytes()))
    assert len(one.name) <= 120
    assert "/" not in one.name
    assert "\u202e" not in one.name


@given(st.binary(max_size=300))
def test_any_bytes_can_be_taken_in(raw: bytes) -> None:
    body, headers = taken(Found(1, NOW, raw), Settings(sender="h@x.y"), key="k" * 40, pace=Pace(3))
    assert isinstance(body, bytes)
    assert headers == {}


def test_an_attached_mail_is_an_attachment() -> None:
    mail = EmailMessage()
    mail.set_content("as attached")
    mail.add_attachment(with_attachment())
    (one,) = attachments_of(message_from_bytes(mail.as_bytes()))
    assert one.kind == "message/rfc822"
    assert b"see attachment" not in without_attachments(message_from_bytes(mail.as_bytes()))


@pytest.mark.parametrize(
    "headers",
    [
        'Content-Type: text/calendar; method=REQUEST; charset="utf-8"',
        "X-Tickless: message",
        "Subject: Automatic reply: your request",
        "Subject: Abwesenheitsnotiz",
        "X-Auto-Response-Suppress: OOF",
        "\n".join(f"Received: by hop{n}" for n in range(50)),
    ],
)
def test_machines_are_known_by_what_they_say(headers: str) -> None:
    mail = message_from_bytes(f"{headers}\n\nx".encode())
    assert why_automatic(mail, "ida@larkmoor.example", sender="help@larkmoor.example")


def test_a_machine_that_says_nothing_is_known_by_its_pace() -> None:
    pace, raw = Pace(3), b"From: bot@x.y\n\nhello"
    told = [taken(Found(n, NOW + dt.timedelta(minutes=n), raw), Settings(), key="", pace=pace)[1] for n in range(5)]
    assert [BOUNDED in headers for headers in told] == [False, False, False, True, True]
    assert not pace.over("bot@x.y", NOW + dt.timedelta(hours=3))
