"""Mail from machines (RFC 3834, RFC 2919, RFC 3464): kept, and never answered, or two machines would write for ever. Pure."""

from __future__ import annotations

import re
from email.message import Message
from itertools import islice

from tickless.connectors.email.parts import MOST_PARTS, header, is_invitation

OWN_HEADER = "X-Tickless"
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_NOBODY = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|.*[-_.]noreply|.*-bounces?)(?=[+@])", re.IGNORECASE
)
_AWAY = re.compile(
    r"^\s*(auto(matic)? ?(re(ply|sponse)|antwort)\b|automatische antwort\b|out of (the )?office\b|abwesenheits|"
    r"réponse automatique\b|respuesta automática\b|risposta automatica\b|automatisch antwoord\b|autosvar\b)",
    re.IGNORECASE,
)
_MOST_HOPS = 40


def why_automatic(message: Message, address: str, *, sender: str) -> str:
    """Why this mail comes from a machine; empty for mail from a person."""
    if message.get(OWN_HEADER) is not None or (sender and address == sender.lower()):
        return "our own mail"
    submitted = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return submitted[:60]
    if header(message, "Precedence").lower() in _BULK:
        return "bulk"
    if message.get("List-Id") is not None or message.get("List-Unsubscribe") is not None:
        return "mailing list"
    if message.get_content_type() == "multipart/report" or header(message, "Return-Path") == "<>":
        return "delivery report"
    if message.get("X-Auto-Response-Suppress") is not None or message.get("X-Autoreply") is not None:
        return "auto-replied"
    if message.get("X-Autorespond") is not None or _AWAY.match(header(message, "Subject")):
        return "auto-replied"
    if any(is_invitation(part) for part in islice(message.walk(), MOST_PARTS)):
        return "calendar"
    if len(message.get_all("Received") or []) > _MOST_HOPS:
        return "it goes in circles"
    return "no reply wanted" if _NOBODY.match(address) else ""
