"""Whether an answer to “does it help?” says yes or no, in whatever words. Pure."""

from __future__ import annotations

import re

_NO = re.compile(
    r"\b(?:no|nope|nah|not|never|neither|nothing|still|cannot|unfortunately|denied)\b|n['’]?t\b", re.IGNORECASE
)
_YES = re.compile(
    r"\b(?:y|yes|yep|yeah|yup|ok|okay|sure|indeed|great|perfect|helps|helped|helpful|works|worked|solved|fixed|"
    r"(?:it|that|this) (?:does|did)|found it|that's it|thanks|thank you)\b",
    re.IGNORECASE,
)
_NO_MATTER = re.compile(r"\b(?:no (?:problem|worries)|not bad)\b", re.IGNORECASE)


def helped(said: str) -> bool | None:
    """True: it does; False: it does not; None: neither is said, or something is asked."""
    plain = _NO_MATTER.sub(" ", said)
    if _NO.search(plain):
        return False
    return True if _YES.search(plain) and "?" not in plain else None
