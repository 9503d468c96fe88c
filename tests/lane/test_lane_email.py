"""E-mail over real servers: Exim takes mail in and out, Dovecot keeps it, slapd has the accounts. All is read back."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from email.utils import make_msgid
from pathlib import Path

import pytest
from tests.lane.channels import ANNA, BEN, bind, code_on, house_with, said_by_people, settled
from tests.lane.houses import wait_for_case
from tests.servers.exim import AUTHSERV_ID, Exim
from tests.servers.slapd import Slapd
from tests.servers.webhook import Inbox
from tests.waiting import until

from tickless.app.build import House


class Post:
    """What people see: their mailboxes, read by a mail program."""

    def __init__(self, exim: Exim) -> None:
        self.exim = exim

    def empty(self) -> None:
        for name in ("help", "anna", "ben", "mallory"):
            with self.exim.dovecot.sign_in(name) as box:
                for folder in ("INBOX", "Sent"):
                    status, held = box.select(folder)
                    if status == "OK" and held != [b"0"]:
                        box.store("1:*", "+FLAGS", "\\Deleted")
                        box.expunge()

    def mails(self, name: str, *, folder: str = "INBOX") -> list[Message]:
        with self.exim.dovecot.sign_in(name) as box:
            if box.select(folder, readonly=True)[0] != "OK":
                return []
            _, (found,) = box.search(None, "ALL")
            fetched = [box.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in found.split()]
            return [email.message_from_bytes(one[1]) for one in fetched if isinstance(one, tuple)]

    def gets(self, name: str, number: int) -> Message:
        """The mail of this number that reaches a person."""
        return until(lambda: self.mails(name)[number - 1 : number], f"mail {number} for {name}")[0]

    def write(self, name: str, text: str, *, answers: Message | None = None, signed_in: str | None = None,
              to: str = "", **headers: str) -> str:  # fmt: skip
        """Send a mail as NAME; `signed_in` "" is a foreign server. Returns its Message-ID."""
        mail = EmailMessage()
        mail["From"] = f"{name.capitalize()} <{self.exim.address(name)}>"
        mail["To"] = to or (str(answers["Reply-To"]) if answers is not None else self.exim.address("help"))
        mail["Subject"] = str(answers["Subject"]) if answers is not None else headers.pop("Subject", "Help")
        mail["Message-ID"] = make_msgid(domain="lane.example")
        if answers is not None:
            mail["In-Reply-To"] = str(answers["Message-ID"])
            mail["References"] = " ".join(f"{answers['References']} {answers['Message-ID']}".split())
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(text)
        self.exim.send(mail, signed_in_as=name if signed_in is None else signed_in)
        return str(mail["Message-ID"])


def words(mail: Message) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


@contextmanager
def opened(folder: Path, exim: Exim, slapd: Slapd, phones: Inbox) -> Iterator[House]:
    user = {"host": exim.host, "tls": "none"}
    settings = {
        "imap": {**user, "port": exim.dovecot.port, "user": "help", "password": "env:MAIL"},
        "smtp": {**user, "port": exim.port, "user": exim.address("help"), "password": "env:MAIL"},
        "sender": exim.address("help"),
        "authserv_id": AUTHSERV_ID,
        "thread_key": "env:THREADS",
        "sent_folder": "Sent",
        "most_per_hour": 6,
    }
    secrets = {"MAIL": exim.dovecot.users["help"], "THREADS": "k" * 40}
    with house_with(folder, slapd, phones, name="mail", use="email", settings=settings, secrets=secrets) as house:
        yield house


@pytest.fixture
def post(exim: Exim) -> Post:
    found = Post(exim)
    found.empty()
    return found


@pytest.fixture
def house(exim: Exim, slapd: Slapd, webhook_inbox: Inbox, post: Post, tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path, exim, slapd, webhook_inbox) as running:
        yield running
    slapd.restore()


def test_a_mail_is_resolved_and_answered_in_its_thread(
    house: House, post: Post, slapd: Slapd, webhook_inbox: Inbox
) -> None:
    bind(house, ANNA, channel="mail", account="anna@lane.example")
    slapd.lock_out("anna")
    text = "Hi,\n\nI am locked out of my account since this morning."
    asked = post.write("anna", f"{text}\n\n-- \nAnna\nSales", Subject="Login")
    question = post.gets("anna", 1)
    assert question["In-Reply-To"] == asked
    assert question["Subject"] == "Re: Login"
    assert question["Auto-Submitted"] == "auto-replied"
    code = code_on(webhook_inbox, ANNA)
    post.write("anna", f"{code}\n\nOn Mon, 2 Mar 2026, Help wrote:\n> the code 123456?", answers=question)
    case = wait_for_case(house, "a verified unlock", lambda one: one.outcome == "verified")
    assert case.requester == "p1"
    assert slapd.can_sign_in("anna")
    done = until(lambda: [m for m in post.mails("anna") if "unlocked" in words(m).lower()], "the answer")[0]
    assert str(asked) in str(done["References"])
    copies = lambda: len(post.mails("help", folder="Sent")) == len(post.mails("anna"))  # noqa: E731
    until(copies, "a copy of every answer is kept")
    before = len(post.mails("anna"))
    post.write("anna", "thanks!\n\nOn Mon, 2 Mar 2026, Help wrote:\n> locked out again", answers=done)
    until(lambda: len(post.mails("anna")) > before, "thanks is answered")
    with house.journal.read() as tx:
        talk = [one.text.raw for one in tx.conversation(case.conversation or "") if one.author == "person"]
        assert len(tx.cases.where()) == len(tx.threads.where()) == 1
    assert [talk[0], talk[-1], len(talk)] == [text, "thanks!", 3]
    assert code not in talk[1]


def test_a_forged_sender_is_nobody_and_stays_out_of_the_persons_conversation(
    house: House, post: Post, slapd: Slapd
) -> None:
    bind(house, BEN, channel="mail", account="ben@lane.example")
    slapd.lock_out("ben")
    forged = {"signed_in": "", "Authentication_Results": f"{AUTHSERV_ID}; dmarc=pass header.from=lane.example"}
    post.write("ben", "I am locked out of my account, please unlock it", **forged)
    answer = post.gets("ben", 1)
    post.write("ben", "yes", signed_in="", to="help@lane.example", In_Reply_To=str(post.mails("help")[0]["Message-ID"]))
    until(lambda: len(post.mails("ben")) > 1, "the second mail is answered by itself")
    with house.journal.read() as tx:
        threads = tx.threads.where()
        assert tx.runs.where() == []
    assert len(threads) == 2
    assert {thread.person for thread in threads} == {None}
    assert all(thread.account.startswith("ben@lane.example#") for thread in threads)
    assert not slapd.can_sign_in("ben")
    post.write("ben", "never mind", answers=answer, signed_in="")  # whoever answers our mail has read it
    until(lambda: len(post.mails("ben")) > 2, "the owner of the mailbox is heard in their conversation")
    with house.journal.read() as tx:
        assert len(tx.threads.where()) == 2


def test_machines_are_kept_and_not_answered(house: House, post: Post) -> None:
    bind(house, ANNA, channel="mail", account="anna@lane.example")
    post.write("anna", "I am away until Monday", Auto_Submitted="auto-replied")
    post.write("anna", "our own, coming back", X_Tickless="message")
    for _ in range(9):
        post.write("anna", "hello", Subject="A machine that does not say so")
    post.write("anna", "the last one", Precedence="bulk")

    until(lambda: "the last one" in said_by_people(house), "everything is kept")
    settled(house)
    assert said_by_people(house).count("I am away until Monday") == 1
    answers = [mail["Subject"] for mail in post.mails("anna")]
    assert set(answers) == {"Re: A machine that does not say so"}
    assert len(answers) <= 5


def test_what_came_while_nobody_listened_is_heard_once(
    exim: Exim, slapd: Slapd, webhook_inbox: Inbox, post: Post, tmp_path: Path
) -> None:
    with opened(tmp_path, exim, slapd, webhook_inbox) as house:
        bind(house, ANNA, channel="mail", account="anna@lane.example")
        post.write("anna", "hello")
        post.gets("anna", 1)
    post.write("anna", "hello again")
    with opened(tmp_path, exim, slapd, webhook_inbox) as house:
        post.gets("anna", 2)
        said = said_by_people(house)
    assert sorted(said) == ["hello", "hello again"]
    assert len({mail["Message-ID"] for mail in post.mails("anna")}) == len(post.mails("anna")) == 2
