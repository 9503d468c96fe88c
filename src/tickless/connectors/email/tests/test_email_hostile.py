"""Mails that were made to break whoever reads them: each is read or refused, and the next one is read."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.email import listening, markup, parts, tags
from tickless.connectors.email.inbox import Found, Inbox
from tickless.connectors.email.listening import Pace, taken
from tickless.connectors.email.markup import without_markup
from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import RECEIVER, UNREADABLE
from tickless.connectors.email.threads import tokens_in
from tickless.connectors.email.verdicts import verdicts_of, vouched
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Ear, Item
from tickless.sdk.connector import Instance
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SETTINGS = Settings(sender="help@larkmoor.example", authserv_id="mx.larkmoor.example")
FROM = b"From: ida@larkmoor.example\n"


def read(raw: bytes, headers: Mapping[str, str] = {}) -> Item | None:
    """What the listener hands in, as the receiver reads it; None when it is refused."""
    body, _ = taken(Found(1, NOW, raw), SETTINGS, key="k" * 40, pace=Pace(30))
    for one in (raw, body):
        payload = Payload(source="mail", received_at=NOW, headers=dict(headers), body=one)
        try:
            item = RECEIVER.read(one, payload, SETTINGS)
        except PayloadRejected:
            return None
    return item


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Type: text/plain; name*" + b"7" * 5_000 + b"*=utf-8''x",
        b"Content-Type: text/plain; charset=idna",
        b"Content-Type: text/plain; charset=punycode",
        b"Content-Type: text/plain; charset=undefined",
        b"Content-Type: text/plain; charset*=idna''idna",
        b"Content-Type: text/plain; charset*=utf-8''utf-8",
        b"Content-Type: text/plain; charset=u\x00tf-8",
        b"Content-Type: text/plain; name*=undefined''%41",
        b"Content-Disposition: attachment; filename*=idna''%ff",
        b"Content-Type: text/calendar; method*=undefined''%41",
        b"To: " + b"(" * 500_000,
        b"To: " + b"a:" * 5_000,
        b"Subject: =?undefined?q?a?= =?idna?q?=ff?= =?punycode?b?/w==?=",
        b"Date: Mon, 2 Mar 99999999999999999999 10:00:00 +9999999999",
    ],
)
def test_headers_of_any_kind_are_survived_and_the_words_are_read(lines: bytes) -> None:
    item = read(FROM + lines + b"\nContent-Transfer-Encoding: 8bit\n\nhelp me p\xc3\xa5 jobbet\n")
    assert item is not None
    if not any(word in lines for word in (b"attachment", b"calendar", b"name*=")):  # a file, not the words
        assert item.body == "help me på jobbet"


@pytest.mark.parametrize("sender", [b"(" * 500_000 + b"ida@x.y", b"a:" * 250_000, b'"' * 90_000, b"<" * 90_000])
def test_a_sender_that_nobody_can_read_is_refused(sender: bytes) -> None:
    assert read(b"From: " + sender + b"\n\nhi") is None


_PIECE = st.sampled_from(
    ["name", "charset", "filename", "*", "*0", "*0*", "*1*", "=", "''", '"', ";", "utf-8", "idna", "undefined", "punycode",
     "%41", "%ff", "\\", "(", ")", "<", ">", "@", "text/plain", "multipart/mixed", "boundary=x", "=?utf-8?q?=41?=",
     "=?idna?b?/w==?=", "\x00", "\x80", " ", "\n ", ",", ":", "9" * 40, "attachment", "pass", "dmarc"]
)  # fmt: skip
_NAME = st.sampled_from(
    ["From", "To", "Cc", "Subject", "Date", "References", "In-Reply-To", "Message-ID", "Content-Type",
     "Content-Disposition", "Content-Transfer-Encoding", "Authentication-Results", "Auto-Submitted", "Received"]
)  # fmt: skip


@given(
    st.lists(st.tuples(_NAME, st.lists(_PIECE, max_size=12).map("".join)), max_size=6),
    st.binary(max_size=60),
)
def test_structured_headers_in_any_disorder_are_read_or_refused(headers: list[tuple[str, str]], body: bytes) -> None:
    lines = "".join(f"{name}: {value}\n" for name, value in headers).encode("latin-1", "replace")
    for first in (b"", FROM):
        item = read(first + lines + b"\n" + body)
        assert item is None or item.kind in {"message", "alert"}, "read as something, or refused; never an error"


def test_what_is_built_without_end_is_refused_or_cut_before_it_is_understood() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(300))
    with pytest.raises(PayloadRejected):
        parts.parsed(FROM + nested)
    with pytest.raises(PayloadRejected):
        parts.parsed(FROM + b"a: b\n" * 2_000 + b"\nhi")
    long = parts.parsed(FROM + b"\n" + b"\n" * 200_000 + b"hi")
    assert str(long.get_payload()).count("\n") <= parts.MOST_LINES
    cut = parts.parsed(
        FROM + b'Content-Type: text/plain; x="' + b";" * 100_000 + b"\nSubject: " + b"=?a?q?" * 90_000 + b"\n\nhi"
    )
    assert len(str(cut["Content-Type"])) <= parts.LONGEST_STRUCTURED
    assert len(str(cut["Subject"])) <= parts.LONGEST_HEADER
    talk = FROM + b"\n" + b"where the boundary is, " * 500
    assert "boundary" in str(parts.parsed(talk).get_payload())
    many = FROM + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 5_000
    assert len(list(parts.leaves(parts.parsed(many)))) == parts.MOST_PARTS
    attached = (
        b"--b\nContent-Type: text/plain\n\nx\n" * 200 + b"--b\nContent-Type: text/plain; x=" + b"y" * 9_000 + b"\n\nx\n"
    )
    last = list(parts.parsed(FROM + b"Content-Type: multipart/mixed; boundary=b\n\n" + attached).walk())[-1]
    assert len(str(last["Content-Type"])) <= parts.LONGEST_STRUCTURED


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Hi</p>" + "<!--" * 50_000, "Hi"),
        ("<p>Hi</p>" + "</" * 400_000 + "b", None),
        ("<" * 2_000_000, None),
        ("<p>Hi</p>" + "<!" * 100_000, "Hi"),
        ("<p>Hi</p>" + "<?" * 100_000, "Hi"),
        ("<p>Hi</p>" + "<a b='" * 60_000, "Hi"),
        ("<p>Hi</p>" + "<script>" * 60_000, "Hi"),
        ("<b>x</b>" * 40_000, "x" * (markup.LONGEST // 8)),
        ("<p>Hi &#" + "9" * 5_000 + ";</p>", "Hi \ufffd"),
        ("<p>Hi <!-- a > b --> there<!x> you</p>", "Hi there you"),
        ("a < b and <3 and </3", "a < b and <3 and </3"),
        ("<p title='a > b'>Hi</p><p title=\">\" hidden>no</p>", "Hi"),
        ("<b>one</b> <i>two</i>", "one two"),
    ],
)
def test_markup_without_end_is_read_in_one_pass(html: str, words: str | None) -> None:
    told = without_markup(html)
    assert len(told) <= markup.LONGEST
    if words is not None:
        assert told == words


@given(st.text(alphabet="<>!/-[]&;#abp \"'=", max_size=200))
def test_every_sign_of_markup_is_looked_at_once(html: str) -> None:
    """What comes out cannot be more than what went in: nothing is read again after a mark that is not closed."""
    found = list(tags.tags_of(html))
    assert len(found) <= len(html)
    assert sum(len(one.words) for one in found if isinstance(one, tags.Text)) <= len(html)
    assert "html.parser" not in Path(markup.__file__).read_text() + Path(tags.__file__).read_text()


def test_an_encoded_word_cannot_say_who_the_sender_is() -> None:
    forged = b"From: =?utf-8?q?ceo=40corp.example_=28?= <attacker@evil.example>\n\nhi"
    item = read(forged)
    assert item is not None
    assert item.said is not None
    assert item.said.account.startswith("attacker@evil.example#")
    results = b"Authentication-Results: mx.larkmoor.example; dmarc=pass header.from=corp.example\n"
    assert not vouched(message_from_bytes(results + forged), "ceo@corp.example", "mx.larkmoor.example")
    assert item.said.name.startswith("ceo@corp.example")


def test_an_encoded_word_cannot_make_a_recipient_of_ours() -> None:
    token = "a" * 36
    mail = message_from_bytes(FROM + f"To: =?utf-8?q?help+{token}=40larkmoor.example=2C?= <x@y.z>\n\nhi".encode())
    assert tokens_in(mail, "help@larkmoor.example") == []


class Paper:
    """A mailbox in memory."""

    def __init__(self, *mails: bytes) -> None:
        self.mails = [Found(uid, NOW, raw) for uid, raw in enumerate(mails, start=1)]
        self.seen: list[int] = []

    def open(self) -> int:
        return 7

    def tells(self) -> bool:
        return False

    def newest(self) -> int:
        return 0

    def after(self, uid: int | None) -> list[Found]:
        found = [mail for mail in self.mails if mail.uid > (uid or 0) and mail.uid not in self.seen]
        if not found:
            raise EOFError
        return found

    def done(self, uid: int, *, move_to: str) -> None:
        self.seen.append(uid)


class Listener:
    """A house that keeps what it hears, with the connector's own receiver."""

    def __init__(self, instance: Instance, breaks_on: bytes) -> None:
        self.instance = instance
        self.noted = "7:0"
        self.read: list[str] = []
        self.aside = 0
        self._breaks_on = breaks_on

    async def hand_in(self, body: bytes, *, content_type: str = "", headers: Mapping[str, str] = {}) -> bool:
        if self._breaks_on in body and UNREADABLE not in headers:
            raise ValueError("nobody thought of this one")
        payload = Payload(source="mail", received_at=NOW, headers=dict(headers), body=body)
        try:
            self.read.append(RECEIVER.read(body, payload, SETTINGS).body)
        except PayloadRejected:
            self.aside += 1
            return False
        return True

    async def mark(self) -> str | None:
        return self.noted

    async def note(self, mark: str) -> None:
        self.noted = mark


def test_a_mail_that_breaks_its_reader_is_put_aside_and_the_next_one_is_read() -> None:
    instance = make_instance("mail", load_connector(Path(listening.__file__).parent), {}, Secrets())
    ear = Listener(instance, b"nobody thought")
    box = Paper(FROM + b"\none", FROM + b"\nnobody thought of this", b"no mail", FROM + b"\nfour")
    with pytest.raises(EOFError):
        asyncio.run(listening._attend(cast("Ear", ear), cast("Inbox", box), SETTINGS, key=""))
    assert ear.read == ["one", "four"]
    assert ear.aside == 2
    assert box.seen == [1, 2, 3, 4]
    assert ear.noted == "7:4"


OURS = "mx.larkmoor.example"


def results(*values: str) -> str:
    return "".join(f"Authentication-Results: {one}\n" for one in values)


def believed(*values: str, address: str = "ida@larkmoor.example") -> bool:
    return vouched(message_from_bytes(f"{results(*values)}From: {address}\n\nhi".encode()), address, OURS)


@pytest.mark.parametrize(
    "values",
    [
        [f"{OURS}; spf=pass", f"{OURS}; dmarc=pass header.from=larkmoor.example"],
        [f"{OURS}; none", f"{OURS}; dkim=pass header.d=larkmoor.example"],
        [f'{OURS}; spf=fail smtp.mailfrom="a; dmarc=pass header.from=larkmoor.example"'],
        [f'{OURS}; spf=fail reason="x" smtp.mailfrom="a\\"; dmarc=pass header.from=larkmoor.example; b"'],
        [f"{OURS}; spf=fail (a (b) ; dmarc=pass header.from=larkmoor.example)"],
        [f"{OURS}; spf=fail (a \\) ; dmarc=pass header.from=larkmoor.example; )"],
        [f"{OURS}; spf=fail (a ; dmarc=pass header.from=larkmoor.example"],
        [f"{OURS}; dmarc=pass"],
        [f"{OURS}; dmarc=pass (header.from=larkmoor.example)"],
        [f"{OURS}; dmarc=pass header.from=evil.example header.from=larkmoor.example"],
        [f"{OURS}; dmarc=fail extra words; dkim=pass header.d=larkmoor.example"],
        [f"{OURS}; x=y dkim=pass header.d=larkmoor.example"],
        [f'evil.example; a="; {OURS}; dmarc=pass header.from=larkmoor.example"'],
        [f"{OURS}; {'x=y;' * 3_000} dmarc=pass header.from=larkmoor.example"],
    ],
)
def test_what_a_forger_slips_into_the_results_counts_for_nothing(values: list[str]) -> None:
    assert not believed(*values)


@pytest.mark.parametrize(
    "values",
    [
        [f"{OURS}; dmarc=pass header.from=larkmoor.example", f"{OURS}; dmarc=fail header.from=larkmoor.example"],
        [f"(a (nested) comment) {OURS} 1;\n dkim/1=pass (ok; really) header.d=larkmoor.example header.b=Ab/+c=="],
        [f'"{OURS}"; dmarc = pass policy.published="a;b" header.from="larkmoor.example"'],
        ["relay.example; dmarc=fail header.from=larkmoor.example", f"{OURS}; dmarc=pass header.from=larkmoor.example"],
    ],
)
def test_what_our_server_wrote_last_is_read_as_the_standard_has_it(values: list[str]) -> None:
    assert believed(*values)


@pytest.mark.parametrize("signer", ["co.example", "example", "mail.corp.co.example", "xcorp.co.example"])
def test_a_signature_counts_for_its_own_domain_only(signer: str) -> None:
    assert not believed(f"{OURS}; dkim=pass header.d={signer}", address="ida@corp.co.example")
    assert believed(f"{OURS}; dkim=pass header.d=corp.co.example", address="ida@corp.co.example")


@given(st.text(alphabet='a=;"()\\ \n.@/', max_size=60))
def test_a_quoted_or_commented_claim_is_never_a_claim(text: str) -> None:
    quoted = text.replace("\\", "").replace('"', "")
    commented = text.replace("\\", "").replace("(", "").replace(")", "")
    claim = "; dmarc=pass header.from=larkmoor.example ;"
    assert not believed(f'{OURS}; spf=fail reason="{quoted}{claim}"')
    assert not believed(f"{OURS}; spf=fail ({commented}{claim})")
    verdicts_of(message_from_bytes(results(f"{OURS}{text}").encode()), OURS)
