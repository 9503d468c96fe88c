"""“What can I ask for?”, “can I have X?”: words that look round in the catalogue instead of stating a need. Pure."""

from __future__ import annotations

import re

_WHAT = re.compile(
    r"^\W*(?:hi|hello|hey|please|so|ok(?:ay)?|and|well)?\W*(?:"
    r"(?:what|which)(?:\s+(?:things?|services?|apps?|else|all|kind\s+of\s+things))?\s+(?:can|could|may)\s+"
    r"(?:(?:i|we)\s+(?:ask(?:\s+you)?(?:\s+for)?|order|request|get|have)|you\s+(?:do|offer|help(?:\s+(?:me|us))?(?:\s+with)?))"
    r"|what\s+(?:do\s+you\s+(?:do|offer)|are\s+you\s+able\s+to\s+(?:do|help\s+with)|is\s+there\s+to\s+ask\s+for)"
    r"|(?:show|open|list|see)\s+(?:me\s+)?(?:the\s+)?(?:catalogu?e|menu|options|offers|everything\s+(?:i|we)\s+can\s+\w+)"
    r"|(?:the\s+)?(?:help|menu|catalogu?e|options|commands)"
    r")(?:\s+(?:here|from\s+you|for\s+me|me|please|today))*"
    r"(?:\s+(?:in|from|under|about)\s+(?P<group>[\w &/'’-]{2,60}?))?(?:,?\s+page\s+(?P<page>\d{1,2}))?\W*$",
    re.IGNORECASE,
)
_MAY_I = re.compile(
    r"^\W*(?:hi|hello|hey|please|and)?\W*(?:(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?(?:have|get|order|request)|"
    r"do\s+you\s+(?:have|offer|support)|who\s+(?:supports|looks\s+after|is\s+responsible\s+for|answers\s+for))\s+"
    r"(?:an?\s+|some\s+|the\s+|my\s+|our\s+)?(?P<thing>[\w][\w .&/'’-]{1,80}?)(?:\s+(?:please|too|as\s+well))?\W*$",
    re.IGNORECASE,
)


def looks_round(text: str) -> tuple[str, int] | None:
    """The group of the catalogue that is asked for (empty: all) and the page of it; None for any other message."""
    found = _WHAT.match(text)
    return None if found is None else ((found["group"] or "").strip(), max(1, int(found["page"] or 1)))


def asks_whether(text: str) -> str | None:
    """The thing in “can I have X?” or “who supports X?”; None for any other message."""
    found = _MAY_I.match(text)
    return None if found is None else found["thing"].strip()
