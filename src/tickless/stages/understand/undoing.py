"""“Take it back”, “undo that”, “cancel the onboarding”: words that plainly ask for something done to be undone. Pure."""

from __future__ import annotations

import re

_BACK = re.compile(
    r"\b(?:take|roll|turn|put|change|give)\s+(?:(?:it|that|this|them|everything|both)|all(?:\s+of\s+(?:it|that|them))?"
    r"|(?:case|request)\s*#?\s*\d+|(?:the|my|his|her|their|that|this)\s+(?:\S+\s+){1,5}?)\s*back\b"
    r"|\b(?:take|roll|pull)\s+back\s+(?:it|that|this|the|my|case|request|everything|what|her|his|their|#|\d)"
    r"|\b(?:undo|revert|unwind)\s+(?:it|that|this|the|my|case|request|everything|all|what|her|his|their|#|\d)"
    r"|\breverse\s+(?:it|that|this|the|my|case|request|everything|#|\d)"
    r"|\b(?:cancel|withdraw|call\s+off|abort|scrap|stop)\s+(?:the|my|her|his|their|our|that|this)?\s*(?:whole\s+)?"
    r"(?:joiner|onboarding|leaver|off-?boarding|mover|transfer|request|order|case)\b"
    r"|\b(?:isn'?t|is\s+not|won'?t\s+be|will\s+not\s+be|not)\s+(?:coming|starting|joining|leaving|moving)\s+after\s+all\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(r"^\W*(?:how|what|where|when|why|who|which)\b", re.IGNORECASE)


def wants_back(text: str) -> bool:
    """Whether something done is to be undone; a question how one undoes something is not that."""
    return _BACK.search(text) is not None and not _ASKS_HOW.match(text)
