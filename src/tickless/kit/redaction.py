"""Takes secrets and personal data out of text before it leaves the house (logs, errors, models, exports)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "[redacted]"
SHORTEST = 6
"""No shorter text can name a secret and say it."""

_NAMED = (
    r"(?i)\b(authorization|x-api-key|(?:api|access|private|secret)[ _-]?key|token|passw(?:or)?d|passwort|kennwort|passphrase|"
    r"passcode|pwd|pin|secret|client[_-]?secret)\b"
)
_WRITTEN = re.compile(_NAMED + r"([\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic)\s+)?[^\s\"',;&]+")
_SAID = re.compile(
    _NAMED + r"(\s+(?:is|was|ist|war|now|=)\s+[\"']?)(?=\S*(?:[0-9!@#$%^&*_+]|(?-i:[a-z][A-Z])))[^\s\"',;&]+"
)
"""In a sentence only what looks like one: "my password is expired" says none."""
_NO_WORD = re.compile(r"[0-9!@#$%^&*_+]|[a-z][A-Z]")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}")
_SECRETS = [
    (
        "-----BEGIN ",
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL),
    ),
    ("-", re.compile(r"\b(?:xox[abprs]-|glpat-|sk-)[A-Za-z0-9_-]{8,}")),
    ("_", re.compile(r"\b(?:gh[pousr]_|tkl_)[A-Za-z0-9_-]{8,}")),
    ("AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("eyJ", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("://", re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")),
]
"""What each holds in any case, and how it looks: to look for a word costs a hundredth of looking for a form."""
_HINT = re.compile(
    r"auth|api|key|token|pass|kenn|pwd|pin|secret|bearer|basic|begin|xox|gh[pousr]_|glpat|sk-|tkl_|akia|eyj|://",
    re.IGNORECASE,
)
"""Without any of these there is nothing to mask: most texts are looked through once."""
_ADDRESS = re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b")
_TELEPHONE = re.compile(r"(?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)")
_DIGITS = re.compile(r"\d[\d ()/-]{7}")
"""Every telephone number holds this; without a place to begin at it is found ten times as quickly."""


def redact_secrets(text: str, known: Iterable[str] = ()) -> str:
    """Mask everything that looks like a credential, and every value in `known`."""
    for value in known:
        if value:
            text = text.replace(value, MASK)
    if not _HINT.search(text):
        return text
    if ":" in text or "=" in text:
        text = _WRITTEN.sub(rf"\1\2{MASK}", text)
    if _NO_WORD.search(text):
        text = _SAID.sub(rf"\1\2{MASK}", text)
    low = text.lower()
    if "bearer" in low or "basic" in low or not text.isascii():
        text = _BEARER.sub(MASK, text)
    for mark, pattern in _SECRETS:
        if mark in text:
            text = pattern.sub(MASK, text)
    return text


def redact_within(value: Any) -> Any:
    """Plain data with every text in it masked, as `redact_secrets` does; names of fields stay."""
    if isinstance(value, str):
        return redact_secrets(value) if len(value) >= SHORTEST else value
    if isinstance(value, Mapping):
        return {name: redact_within(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [redact_within(one) for one in value]
    return value


def redact_personal(text: str) -> str:
    """Mask credentials, e-mail addresses and telephone numbers: for text that a model outside the house will see."""
    text = redact_secrets(text)
    if "@" in text:
        text = _ADDRESS.sub(MASK, text)
    return _TELEPHONE.sub(MASK, text) if _DIGITS.search(text) else text
