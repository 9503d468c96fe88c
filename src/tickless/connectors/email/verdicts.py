"""Is the sender who they say they are? Only our own server's word counts (RFC 8601), and only for the address itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from tickless.connectors.email.parts import addresses_of, raw_header

_ADDRESS = re.compile(r"[^@\s<>,;:\"()\\#]{1,64}@[A-Za-z0-9.-]{1,253}")
_METHOD = re.compile(r"([a-z][a-z0-9-]{0,30})(?:/[0-9]{1,4})?", re.IGNORECASE)
_WORD = re.compile(r"[^\s;()\"=]+")
_LONGEST = 8_000
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verdict:
    """One method's result: `dkim`, `pass`, {"header.d": "larkmoor.example"}. What cannot be read is `unreadable`."""

    method: str
    result: str
    properties: dict[str, str]


def verdicts_of(message: Message, authserv_id: str) -> list[Verdict]:
    """What our own server found: its topmost header, which it put above whatever the mail brought along.

    Empty without its name, and when that header cannot be read as a whole.
    """
    for value in message.get_all("Authentication-Results") or [] if authserv_id else []:
        sentences = _sentences(str(value))
        server = sentences[0][0].text if sentences and sentences[0] else ""
        if server.lower() == authserv_id.lower():
            return [_verdict(sentence) for sentence in sentences[1:] if sentence and not _says_none(sentence)]
    return []


@dataclass(frozen=True)
class _Token:
    text: str
    quoted: bool = False

    @property
    def equals(self) -> bool:
        return self.text == "=" and not self.quoted


def _sentences(text: str) -> list[list[_Token]]:
    """Words, quoted strings and equals signs between semicolons, comments left out. Empty when one of them has no end."""
    found: list[list[_Token]] = [[]]
    at = 0
    while at < len(text) <= _LONGEST:
        sign = text[at]
        if sign == "(":
            at = _after_comment(text, at)
        elif sign == '"':
            at, token = _quoted(text, at)
            found[-1].append(token)
        elif sign == ";":
            found.append([])
            at += 1
        elif sign == "=" and not (found[-1] and found[-1][-1].equals):
            found[-1].append(_Token("="))
            at += 1
        elif (word := _WORD.match(text, at)) is not None:
            at = word.end()
            while found[-1] and found[-1][-1].equals and at < len(text) and text[at] == "=":
                at += 1  # base64 ends with them, and has more of it in some servers' words
                more = _WORD.match(text, at)
                at = more.end() if more is not None else at
            found[-1].append(_Token(text[word.start() : at]))
        elif sign == ")":
            return []
        else:
            at += 1
        if at < 0:
            return []
    return found if len(text) <= _LONGEST else []


def _after_comment(text: str, at: int) -> int:
    """Where the comment that begins here ends, comments within it included; -1 if it does not."""
    depth = 0
    while at < len(text):
        sign = text[at]
        at += 2 if sign == "\\" else 1
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return at
    return -1


def _quoted(text: str, at: int) -> tuple[int, _Token]:
    """Where the quoted string ends (-1 if it does not), and what it says."""
    said: list[str] = []
    at += 1
    while at < len(text):
        sign = text[at]
        if sign == '"':
            return at + 1, _Token("".join(said), quoted=True)
        at += sign == "\\"
        said.append(text[at : at + 1])
        at += 1
    return -1, _Token("", quoted=True)


def _says_none(sentence: list[_Token]) -> bool:
    return [token.text.lower() for token in sentence] == ["none"]


def _verdict(sentence: list[_Token]) -> Verdict:
    """`method=result`, then pairs of the same kind; the same property said twice is as good as none at all."""
    named = _METHOD.fullmatch(sentence[0].text)
    method = named[1].lower() if named and not sentence[0].quoted else ""
    pairs = [sentence[at : at + 3] for at in range(0, len(sentence), 3)]
    if any(len(pair) != 3 or pair[0].quoted or not pair[1].equals or pair[2].equals for pair in pairs):
        return Verdict(method, UNREADABLE, {})
    properties = {name.text.lower(): value.text for name, _, value in pairs[1:]}
    if len(properties) != len(pairs) - 1:
        return Verdict(method, UNREADABLE, {})
    return Verdict(method, pairs[0][2].text.lower(), properties)


def vouched(message: Message, address: str, authserv_id: str) -> bool:
    """Whether our own server says that this mail is from `address`.

    All of it must stand in the one header that our server wrote last. DMARC decides where it was checked: a pass, for the
    address's own domain, which it must name. Otherwise a DKIM signature of exactly that domain counts (which domains above it
    belong to the same owner cannot be told from the name), or that the address's owner signed in to send it. A verdict that
    stands there twice counts only when both are a pass; one that cannot be read is none. A mail with several senders, or an
    address of odd signs, is nobody's.
    """
    domain = address.rpartition("@")[2].lower()
    if not _ADDRESS.fullmatch(address) or not _is_only_sender(address, message):
        return False
    verdicts = verdicts_of(message, authserv_id)
    if any(not one.method for one in verdicts):
        return False
    dmarc = [one for one in verdicts if one.method == "dmarc" and one.result != "none"]
    if dmarc:
        return all(one.result == "pass" and one.properties.get("header.from", "").lower() == domain for one in dmarc)
    signed_in = [
        one
        for one in verdicts
        if one.method == "auth" and (one.result == UNREADABLE or one.properties.get("smtp.auth"))
    ]
    if signed_in:
        return all(one.result == "pass" and one.properties["smtp.auth"].lower() == address for one in signed_in)
    dkim = [one for one in verdicts if one.method == "dkim"]
    return any(
        one.result == "pass" and one.properties.get("header.d", "").lower().rstrip(".") == domain for one in dkim
    )


def _is_only_sender(address: str, message: Message) -> bool:
    senders = [one.lower() for _, one in addresses_of(raw_header(message, "From"))]
    return len(message.get_all("From") or []) == 1 and senders == [address]
