"""Access that is asked for by the example of somebody else: `the same as Anna has`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickless.stages.understand.mention import Mention

_THINGS = (
    r"(?:access|rights?|permissions?|apps?|applications?|set ?up|profile|roles?|groups?|licen[cs]es?|tools?|software|"
    r"things?|programs?)"
)
_BEFORE = re.compile(
    rf"(?:\b(?:same|similar|identical|equivalent)\b(?P<between>[^.!?\n]{{0,60}}?)\b(?:as|like|to|than|that|which|what)"
    rf"|\b{_THINGS}(?: \w+){{0,3}} like"
    rf"|\b(?:set (?:me |him |her |them )?up|onboard(?: \w+){{0,2}}|me) (?:just |exactly )?like"
    rf"|\b(?:copy|mirror|clone|match|replicate)(?: (?:the )?{_THINGS})?(?: (?:of|from))?"
    rf"|\b(?:everything|whatever|what)(?: that)?)\s*(?:what |that )?"
    rf"(?:my |our |the )?(?:colleague |co-?worker |team ?mate |boss )?$",
    re.IGNORECASE,
)
_HAS = re.compile(
    rf"^(?:'s|s')?(?: already)?(?: (?:has|have|had|got|uses|can (?:open|use|access|see)|{_THINGS}))\b", re.IGNORECASE
)
_TROUBLE = re.compile(
    r"\b(?:problem|issue|error|trouble|message|mistake|way|thing happened|time|room|question)s?\b", re.IGNORECASE
)
NEEDS = frozenset({"access_request", "software_install", "joiner", "mover"})
"""Needs that can be modelled on somebody."""


def find_model(text: str, mentions: Sequence[Mention]) -> Mention | None:
    """The person whose access is the example, or None."""
    for one in mentions:
        if one.kind != "person":
            continue
        before = _BEFORE.search(text[: one.start])
        if before is None or _TROUBLE.search(before["between"] or ""):
            continue
        compared = before["between"] is not None or before.group().strip().lower().split()[0] not in {
            "everything",
            "whatever",
            "what",
        }
        if compared or _HAS.match(text[one.end - 2 * text[: one.end].endswith("'s") :]):
            return one
    return None
