"""Sending and reading over a small mail server."""

import base64
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing.mail import Box, MailServer, mail_server

CONNECTOR = load_connector(Path(__file__).parents[1])
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
RAW = b"From: ida@larkmoor.example\r\nSubject: one\r\n\r\nhello\r\n"


def run(server: MailServer, operation: str, params: dict[str, Any]) -> Result:
    sign_in = {"host": "127.0.0.1", "tls": "none", "user": "help", "password": "env:P"}
    settings = {
        "imap": {**sign_in, "port": server.imap_port},
        "smtp": {**sign_in, "port": server.smtp_port},
        "sender": "help@larkmoor.example",
    }
    instance = make_instance("mail", CONNECTOR, settings, Secrets({"P": "the-password"}))
    found = CONNECTOR.operations[operation]
    return found.run(Call(instance, "run:step", NOW, 5.0), found.params.model_validate(params))


def server_with(*mails: bytes) -> MailServer:
    return MailServer({"help": Box(list(mails), used=10, limit=100), "olga": Box()}, {"help": "the-password"})


def test_reading_leaves_a_mail_unseen_until_it_is_marked() -> None:
    with mail_server(server_with(RAW, RAW)) as server:
        for _ in range(2):
            mails = run(server, "unseen", {}).output.model_dump()["mails"]
            assert [base64.b64decode(mail["raw_base64"]) for mail in mails] == [RAW, RAW]
        run(server, "mark_seen", {"uids": [1]})
        assert [mail["uid"] for mail in run(server, "unseen", {}).output.model_dump()["mails"]] == [2]


def test_a_sent_mail_answers_and_asks_for_no_answer_from_machines() -> None:
    with mail_server(server_with()) as server:
        params = {"to": "ida@larkmoor.example", "subject": "Erledigt ✓", "text": "Bitte prüfen", "in_reply_to": "a1@x"}
        run(server, "send", params)
    (sent,) = server.sent
    assert b"Auto-Submitted: auto-generated" in sent
    assert b"In-Reply-To: <a1@x>" in sent


@pytest.mark.parametrize(
    "wrong", [{"subject": "x\r\nBcc: all@larkmoor.example"}, {"to": "a@b.c, d@e.f"}, {"to": "nobody"}]
)
def test_no_header_can_be_smuggled_in(wrong: dict[str, str]) -> None:
    right = {"to": "a@b.c", "subject": "s", "text": "t"}
    params = CONNECTOR.operations["send"].params
    assert params.model_validate(right)
    with pytest.raises(ValidationError):
        params.model_validate({**right, **wrong})


def test_the_quota_of_somebody_else_needs_an_administrator() -> None:
    with mail_server(server_with()) as server:
        assert run(server, "quota", {"username": "help"}).output.model_dump()["percent"] == 10
        with pytest.raises(Rejected, match="own mailbox"):
            run(server, "quota", {"username": "olga"})
        with pytest.raises(Rejected, match="no mailbox name"):
            run(server, "quota", {"username": "olga*admin"})
