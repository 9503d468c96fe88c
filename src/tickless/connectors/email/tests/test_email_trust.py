"""Who is believed to have written a mail, and which conversation it may join."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import PROVEN, RECEIVER
from tickless.connectors.email.threads import make_token, place_of, proven_place
from tickless.connectors.email.verdicts import vouched
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
OURS = "mx.larkmoor.example"
SENDER = "help@larkmoor.example"
IDA = "ida@larkmoor.example"
KEY = "k" * 40


def believed(*results: str, sender: str = f"Ida <{IDA}>") -> bool:
    headers = "".join(f"Authentication-Results: {one}\n" for one in results)
    return vouched(message_from_string(f"{headers}From: {sender}\n\nhi"), IDA, OURS)


@pytest.mark.parametrize(
    "results",
    [
        f"{OURS}; dmarc=pass header.from=larkmoor.example",
        f"{OURS}; dkim=fail header.d=list.example; dmarc=pass (p=reject) header.from=larkmoor.example",
        f"{OURS}; dkim=pass header.d=larkmoor.example header.s=k1",
        f"{OURS}; auth=pass (PLAIN) smtp.auth={IDA}",
        f"{OURS}; dmarc=none; dkim=pass header.d=larkmoor.example",
    ],
)
def test_our_own_server_vouches(results: str) -> None:
    assert believed(results)


@pytest.mark.parametrize(
    "results",
    [
        "mx.evil.example; dmarc=pass header.from=larkmoor.example",
        f"{OURS}.evil.example; dmarc=pass header.from=larkmoor.example",
        f"{OURS}; dmarc=fail header.from=larkmoor.example; dkim=pass header.d=larkmoor.example",
        f"{OURS}; dmarc=bestguesspass header.from=larkmoor.example",
        f"{OURS}; dmarc=pass header.from=evil.example",
        f"{OURS}; dkim=pass header.d=evil.example",
        f"{OURS}; dkim=pass header.d=example",
        f"{OURS}; dkim=pass",
        f"{OURS}; spf=pass smtp.mailfrom={IDA}",
        f"{OURS}; auth=pass smtp.auth=mallory@larkmoor.example",
        f"{OURS}; x=y (dmarc=pass header.from=larkmoor.example)",
        "",
    ],
)
def test_nothing_else_vouches(results: str) -> None:
    assert not believed(results)


def test_a_header_that_a_forger_brought_along_takes_nothing_away_from_ours() -> None:
    forged = f"{OURS}; dmarc=pass header.from=larkmoor.example"
    assert not believed(f"{OURS}; dmarc=fail header.from=larkmoor.example", forged)


@pytest.mark.parametrize("sender", [f"{IDA}, mallory@evil.example", f"{IDA}\nFrom: mallory@evil.example"])
def test_a_mail_of_several_senders_is_nobodys(sender: str) -> None:
    assert not believed(f"{OURS}; dmarc=pass header.from=larkmoor.example", sender=sender)


def read(raw: str, *, proven: str = "") -> Item:
    settings = Settings(sender=SENDER, authserv_id=OURS)
    headers = {PROVEN: proven} if proven else {}
    payload = Payload(source="mail", received_at=NOW, headers=headers, body=raw.encode())
    return RECEIVER.read(raw.encode(), payload, settings)


def test_an_unproven_sender_has_an_account_of_that_conversation_only() -> None:
    first = read(f"From: {IDA}\nMessage-ID: <1@x>\n\nhelp").said
    second = read(f"From: {IDA}\nMessage-ID: <2@x>\nReferences: <1@x>\nIn-Reply-To: <1@x>\n\nyes").said
    assert first is not None
    assert second is not None
    assert first.account == f"{IDA}#{place_of('1@x')}"
    assert first.account != second.account
    assert first.conversation != second.conversation
    assert first.email == ""


def test_a_token_of_ours_leads_back_and_nothing_like_it_does() -> None:
    place = place_of("1@x")
    token = make_token(KEY, place, IDA)
    by_address = message_from_string(f"From: {IDA}\nTo: help+{token}@larkmoor.example\n\nyes")
    by_id = message_from_string(f"From: {IDA}\nIn-Reply-To: <{token}.0f@larkmoor.example>\n\nyes")
    for mail in (by_address, by_id):
        assert proven_place(mail, sender=SENDER, address=IDA, key=KEY) == place
        assert proven_place(mail, sender=SENDER, address="mallory@larkmoor.example", key=KEY) is None
        assert proven_place(mail, sender=SENDER, address=IDA, key="another" * 6) is None
    said = read(f"From: {IDA}\nMessage-ID: <9@x>\n\nyes", proven=place).said
    assert said is not None
    assert (said.conversation, said.account) == (place, f"{IDA}#{place}")


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=36, max_size=36))
def test_no_token_can_be_guessed(token: str) -> None:
    mail = message_from_bytes(f"From: {IDA}\nTo: help+{token}@larkmoor.example\n\nyes".encode())
    assert proven_place(mail, sender=SENDER, address=IDA, key=KEY) is None


def test_answers_go_to_the_sender_whatever_reply_to_says() -> None:
    said = read(f"From: {IDA}\nReply-To: mallory@evil.example\nMessage-ID: <1@x>\n\nhelp").said
    assert said is not None
    assert said.address["to"] == IDA
