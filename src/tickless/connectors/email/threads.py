"""Which conversation a mail belongs to: by what it answers, and by tokens of ours that nobody can make up. Pure.

A token is a place (what the conversation began with, hashed) and a signature over the place and the address that we wrote
to. It stands in our Reply-To (`help+TOKEN@…`) and in every Message-ID of ours, so that it comes back even from programs that
keep only one of them. Whoever sends it has read our mail; a mail with a forged sender lacks it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from email.message import Message
from email.policy import SMTP

from tickless.connectors.email.parts import addresses_of, header, raw_header

IDS = re.compile(r"<([^<>\s]{1,300})>")
_TOKEN = re.compile(r"(?<![a-z2-7])([a-z2-7]{36})(?![a-z2-7])")
_PLACE = 20
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
MOST_REFERENCES = 20
WIRE = SMTP.clone(max_line_length=990)
"""How our mails are written. Shorter lines would have the library fold ids into encoded words, which nobody reads as ids."""


def place_of(root: str) -> str:
    """The place that begins with this Message-ID: 20 letters and digits, safe in an address."""
    return _letters(hashlib.sha256(root.encode("utf-8", "replace")).digest())[:_PLACE]


def make_token(key: str, place: str, address: str) -> str:
    """The place with our signature for this address: 36 letters and digits (80 bits of HMAC-SHA-256)."""
    text = f"tickless mail thread\n{place}\n{address.lower()}"
    return place + _letters(hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).digest())[:16]


def _letters(digest: bytes) -> str:
    return base64.b32encode(digest).decode().lower().rstrip("=")


def tokens_in(message: Message, sender: str) -> list[str]:
    """What looks like a token of ours in the recipients and in the ids that a mail answers. Not checked."""
    user, _, domain = sender.lower().partition("@")
    found: list[str] = []
    for _, address in (one for name in _RECIPIENTS for one in addresses_of(raw_header(message, name))):
        local, _, at = address.lower().rpartition("@")
        if at == domain and local.startswith(f"{user}+"):
            found += _TOKEN.findall(local.removeprefix(f"{user}+"))
    for name in ("In-Reply-To", "References"):
        ids = [one.lower() for one in IDS.findall(header(message, name))]
        found += [token for one in ids if one.endswith(f"@{domain}") for token in _TOKEN.findall(one.split(".")[0])]
    return list(dict.fromkeys(found))[:MOST_REFERENCES]


def proven_place(message: Message, *, sender: str, address: str, key: str) -> str | None:
    """The place of the first token that is truly ours for this address; None without one."""
    for token in tokens_in(message, sender):
        if hmac.compare_digest(token, make_token(key, token[:_PLACE], address)):
            return token[:_PLACE]
    return None


def claimed_place(message: Message, *, sender: str, own_id: str) -> str:
    """Where a mail says it belongs. Good enough for a sender who is vouched for: conversations are kept apart by account."""
    tokens = tokens_in(message, sender)
    if tokens:
        return tokens[0][:_PLACE]
    named = IDS.search(header(message, "References")) or IDS.search(header(message, "In-Reply-To"))
    return place_of(named[1] if named else own_id)


def own_message_id(token: str, *, key: str, domain: str) -> str:
    """Our Message-ID without brackets; the same key has the same one, so that a mail sent twice can be recognised."""
    return f"{token}.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}"
