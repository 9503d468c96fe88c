"""Takes secrets and personal data out of text before it leaves the house (logs, errors, models, exports)."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "[redacted]"

_SECRETS = [
    re.compile(
        r"(?i)\b(authorization|x-api-key|api[_-]?key|token|passw(?:or)?d|secret|client[_-]?secret)\b"
        r"(\"?\s*[:=]\s*\"?)(?:(?:bearer|basic)\s+)?[^\s\"',;&]+"
    ),
    re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL),
    re.compile(r"\b(?:xox[abprs]-|gh[pousr]_|glpat-|sk-|tkl_)[A-Za-z0-9_-]{8,}"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
]
_PERSONAL = [
    re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b"),
    re.compile(r"(?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)"),
]


def redact_secrets(text: str, known: Iterable[str] = ()) -> str:
    """Mask everything that looks like a credential, and every value in `known`."""
    for value in known:
        if value:
            text = text.replace(value, MASK)
    for index, pattern in enumerate(_SECRETS):
        text = pattern.sub(rf"\1\2{MASK}" if index == 0 else MASK, text)
    return text


def redact_personal(text: str) -> str:
    """Mask credentials, e-mail addresses and telephone numbers: for text that a model outside the house will see."""
    text = redact_secrets(text)
    for pattern in _PERSONAL:
        text = pattern.sub(MASK, text)
    return text
