"""Mail operations over a small mail server; `tests/contract/test_connectors_email_dovecot.py` has the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import ContractCase, World, closed_port, silent_port
from tickless.sdk.testing.mail import Box, MailServer, mail_server

SECRETS = {
    "MAIL_PASSWORD": "mail-password-8Zr3-very-secret",
    "THREAD_KEY": "thread-key-5Lm9-0123456789-0123456789",
}
PASSWORD = SECRETS["MAIL_PASSWORD"]
MAIL = b"From: ida@larkmoor.example\r\nSubject: one\r\n\r\nhello"


def settings(
    imap: int, smtp: int, *, user: str = "help", password: str = "MAIL_PASSWORD", how: str = "own"
) -> dict[str, Any]:
    sign_in = {"host": "127.0.0.1", "tls": "none", "user": user, "password": f"env:{password}"}
    return {
        "imap": {**sign_in, "port": imap}, "smtp": {**sign_in, "port": smtp}, "sender": "help@larkmoor.example",
        "quotas": {"sign_in": how}, "thread_key": "env:THREAD_KEY", "sent_folder": "Sent",
    }  # fmt: skip


@contextmanager
def serving(*, refuse_with: str = "", **how: Any) -> Iterator[World]:
    boxes = {"help": Box([MAIL, MAIL], {2}), "olga": Box(used=2_048, limit=1_024), "admin": Box()}
    server = MailServer(boxes, {"help": PASSWORD, "admin": PASSWORD}, refuse_with=refuse_with)

    def look() -> Any:
        return sorted(boxes["help"].seen), boxes["olga"].limit, len(server.sent)

    with mail_server(server):
        secrets = {**SECRETS, "WRONG_PASSWORD": "wrong-password-1Aa9-also-secret"}
        yield World(settings(server.imap_port, server.smtp_port, **how), secrets, look)


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World(settings(port, port), SECRETS)


@contextmanager
def nobody() -> Iterator[World]:
    yield World(settings(closed_port(), closed_port()), SECRETS)


def as_admin() -> Any:
    return serving(user="admin", how="master")


FAULTS: dict[Any, Any] = {
    "unauthenticated": lambda: serving(password="WRONG_PASSWORD"),
    "hangs": silent,
    "not_listening": nobody,
}
SENDING_FAULTS: dict[Any, Any] = {
    **FAULTS,
    "rate_limited": lambda: serving(refuse_with="452 4.2.2 later"),
    "invalid": lambda: serving(refuse_with="550 5.1.1 no such user"),
    "failing": lambda: serving(refuse_with="451 4.3.0 local trouble"),
    "forbidden": lambda: serving(refuse_with="530 5.7.0 not you"),
}
NEW_MAIL = {"to": "ida@larkmoor.example", "subject": "Done – fertig", "text": "It works.\n.\nBye", "in_reply_to": "a@b"}
ANSWER = {
    "address": {"to": "ida@larkmoor.example", "subject": "VPN", "references": "a1@x a2@x", "place": "a" * 20},
    "text": "Which one?", "card": {"kind": "choices", "question": "que_1", "options": ["LM-1", "LM-2"]},
}  # fmt: skip
OLGA = {"username": "olga"}
CASES = [
    ContractCase("send", serving, NEW_MAIL, changes=True, expect={"sent": True}, refuses_repeat=True, faults=SENDING_FAULTS),
    ContractCase("post", serving, ANSWER, changes=True, faults=SENDING_FAULTS),
    ContractCase("unseen", serving, {"most": 5}, faults=FAULTS),
    ContractCase("mark_seen", serving, {"uids": [1, 2]}, changes=True, expect={"changed": 1}, name="one of two"),
    ContractCase("mark_seen", serving, {"uids": [1]}, changes=True, undo_restores=True, faults=FAULTS),
    ContractCase("mark_unseen", serving, {"uids": [2]}, changes=True, undo_restores=True),
    ContractCase("quota", as_admin, OLGA, expect={"used_mb": 2, "quota_mb": 1, "percent": 200}),
    ContractCase("quota", lambda: serving(user="admin", how="proxy"), OLGA, expect={"quota_mb": 1}, name="proxy"),
    ContractCase("set_quota", as_admin, {**OLGA, "quota_mb": 4}, changes=True, expect={"quota_mb": 4}, undo_restores=True),
    ContractCase("set_quota", as_admin, {**OLGA, "quota_mb": 1}, name="already so"),
]  # fmt: skip
