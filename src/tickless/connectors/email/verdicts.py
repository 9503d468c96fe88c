"""Is the sender who they say they are? Only our own server's word counts (RFC 8601), and only for the address itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from tickless.connectors.email.text import header

_ADDRESS = re.compile(r"[^@\s<>,;:\"()\\#]{1,64}@[A-Za-z0-9.-]{1,253}")
_COMMENT = re.compile(r"\([^()]{0,300}\)")
_RESULT = re.compile(r"^\s*([a-z-]{2,20})\s*=\s*([a-z]{2,20})\b(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"\b([a-z]{2,10}\.[a-z-]{1,20})\s*=\s*\"?([^\s;\"]{1,320})\"?", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """One method's result: `dkim`, `pass`, {"header.d": "larkmoor.example"}."""

    method: str
    result: str
    properties: dict[str, str]


def verdicts_of(message: Message, authserv_id: str) -> list[Verdict]:
    """What our own server found, over all of its headers. Without its name nothing is believed."""
    found: list[Verdict] = []
    for value in message.get_all("Authentication-Results") or [] if authserv_id else []:
        text = _COMMENT.sub(" ", " ".join(str(value).split())[:4_000])
        server, *results = text.split(";")
        if server.strip().lower().split(" ")[0] != authserv_id.lower():
            continue
        for result in results:
            if read := _RESULT.match(result):
                properties = {name.lower(): said for name, said in _PROPERTY.findall(read[3])}
                found.append(Verdict(read[1].lower(), read[2].lower(), properties))
    return found


def vouched(message: Message, address: str, authserv_id: str) -> bool:
    """Whether our own server says that this mail is from `address`.

    DMARC decides where it was checked, and every verdict must be a pass: a forged header that our server left in place can
    add a claim but not take ours away. Otherwise a DKIM signature of the address's own domain counts, or that its owner
    signed in to send it. A mail with several senders, or an address of odd signs, is nobody's.
    """
    domain = address.rpartition("@")[2].lower()
    if not _ADDRESS.fullmatch(address) or not _one_sender(message):
        return False
    verdicts = verdicts_of(message, authserv_id)
    dmarc = [one for one in verdicts if one.method == "dmarc" and one.result != "none"]
    if dmarc:
        return all(
            one.result == "pass" and one.properties.get("header.from", domain).lower() == domain for one in dmarc
        )
    signed_in = [one for one in verdicts if one.method == "auth" and one.properties.get("smtp.auth")]
    if signed_in:
        return all(one.result == "pass" and one.properties["smtp.auth"].lower() == address for one in signed_in)
    dkim = [one for one in verdicts if one.method == "dkim"]
    return any(one.result == "pass" and _aligned(one.properties.get("header.d", ""), domain) for one in dkim)


def _one_sender(message: Message) -> bool:
    return len(message.get_all("From") or []) == 1 and len(getaddresses([header(message, "From")])) == 1


def _aligned(signer: str, domain: str) -> bool:
    """The signing domain is the sender's, or one above it (RFC 7489, relaxed)."""
    signer = signer.lower().rstrip(".")
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
