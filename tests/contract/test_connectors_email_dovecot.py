"""The e-mail connector against a real Dovecot: reading, flags and a mailbox that is over its quota."""

import base64
import datetime as dt
import uuid
from typing import Any

import pytest
from tests.servers.dovecot import Dovecot

from tickless.domain.errors import AuthFailed
from tickless.sdk import Call, Result
from tickless.sdk.registry import connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets

CONNECTOR = load_connector(next(folder for folder in connector_folders() if folder.name == "email"))
MAIL = b"From: ida@larkmoor.example\r\nSubject: VPN\r\n\r\nIt does not connect.\r\n"


def run(server: Dovecot, user: str, operation: str, params: dict[str, Any], password: str | None = None) -> Result:
    imap = {"host": server.host, "port": server.port, "tls": "none", "user": user, "password": "env:P"}
    secrets = Secrets({"P": password or server.users[user]})
    instance = make_instance("mail", CONNECTOR, {"imap": imap}, secrets)
    found = CONNECTOR.operations[operation]
    call = Call(instance, "run:step", dt.datetime(2026, 3, 2, tzinfo=dt.UTC), 10.0)
    return found.run(call, found.params.model_validate(params))


@pytest.mark.server("dovecot")
def test_a_full_mailbox_is_seen_as_full_and_a_raised_quota_as_raised(dovecot: Dovecot) -> None:
    olga = dovecot.over_quota
    full = run(dovecot, olga, "quota", {"username": olga}).output.model_dump()
    assert full["quota_mb"] == 1
    assert full["percent"] > 100
    dovecot.set_quota(olga, 8)
    try:
        raised = run(dovecot, olga, "quota", {"username": olga}).output.model_dump()
    finally:
        dovecot.set_quota(olga, 1)
    assert raised["quota_mb"] == 8
    assert raised["percent"] < 50


@pytest.mark.server("dovecot")
def test_a_mail_is_unseen_until_it_is_marked(dovecot: Dovecot) -> None:
    sent = MAIL.replace(b"VPN", f"VPN {uuid.uuid4()}".encode())  # the mailbox is shared with other tests of the session

    def unseen() -> list[dict[str, Any]]:
        mails = run(dovecot, "pia", "unseen", {}).output.model_dump()["mails"]
        return [mail for mail in mails if base64.b64decode(mail["raw_base64"]) == sent]

    with dovecot.sign_in("pia") as connection:
        connection.append("INBOX", "", "", sent)
    for _ in range(2):
        (mail,) = unseen()
    uids = {"uids": [mail["uid"]]}
    assert run(dovecot, "pia", "mark_seen", uids).changed
    assert not run(dovecot, "pia", "mark_seen", uids).changed
    assert unseen() == []
    assert run(dovecot, "pia", "mark_unseen", uids).changed
    run(dovecot, "pia", "mark_seen", uids)


@pytest.mark.server("dovecot")
def test_a_wrong_password_is_told_as_such_and_not_repeated(dovecot: Dovecot) -> None:
    with pytest.raises(AuthFailed) as refused:
        run(dovecot, "pia", "unseen", {}, password="wrong-password-3Hh1")
    assert "3Hh1" not in f"{refused.value.public} {refused.value.detail}"
