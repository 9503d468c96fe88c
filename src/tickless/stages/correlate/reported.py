"""What a person says of impact and urgency, and what that does to the priority. Pure.

The map of services says how critical a service is and who uses it; only people know that a whole floor stands still or that a
client is on the phone. Each of the two makes it one step more urgent, and words alone never make it the most urgent there is:
that takes the map, or a monitor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.domain.case import Impact, Priority
from tickless.domain.finding import CaseKind

_UP_TO: dict[CaseKind, Priority] = {"incident": 2, "risk": 2, "request": 3, "question": 4}
"""The highest priority that words alone can give."""
_MANY = re.compile(
    r"\b(?:every(?:one|body) (?:here|in|on|at|else|is|has|gets|can|sees)"
    r"|(?:all|none|most|both|many|several|lots|dozens|hundreds) of us"
    r"|(?:the |our |my )?(?:whole|entire|complete) (?:team|floor|office|department|site|company|building|store|shop|"
    r"warehouse|branch|shift|group)"
    r"|all (?:the |our |my )?(?:colleagues|users|people|tills|stores|shops|desks|customers|teams)"
    r"|(?:nobody|no one|none) (?:here|can|is able|in (?:the|our)|at (?:the|our)|on (?:the|our))"
    r"|(?:several|many|a lot of|dozens of|hundreds of|[2-9]\d{1,3}) (?:of (?:us|my)|people|colleagues|users|customers))",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"\b(?:production (?:is |has )?(?:down|stopped|stands? still|at a standstill)|(?:line|belt|shift|warehouse|shop|store)s? "
    r"(?:is |are |has |have )?(?:down|stopped|stands? still|standing still|at a standstill)"
    r"|(?:client|customer|patient|auditor)s? (?:is |are )?(?:on the (?:phone|line)|waiting|in front of me|here)"
    r"|(?:can'?t|cannot|can not|unable to) work(?: at all)?\b(?! (?:from|on|with|out))|losing (?:money|orders|sales|customers)|"
    r"(?:meeting|presentation|demo|pitch|deadline|exam|call|interview|boarding|flight|payroll run|go-?live)\b[^.!?\n]{0,20}"
    r"\b(?:in (?:an? )?(?:half an? )?(?:\d{1,2}|five|ten|fifteen|twenty|thirty|hour|minute)|starts? (?:now|soon|in)|right now|"
    r"begins|today at)"
    r"|safety|emergency)",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|isn'?t|no|never|nothing|hardly|only|just) (?:very |really |so |that |an? )?(?:\w+ )?$", re.IGNORECASE
)
_CALM = re.compile(
    r"\b(?:no (?:rush|hurry|urgency)|not urgent|whenever you|take your time|only me|just me|nobody else|no one else)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reported:
    """The person's own words for how many it hits and how urgent it is; empty where nothing was said of it."""

    many: str = ""
    urgent: str = ""

    @property
    def steps(self) -> int:
        return bool(self.many) + bool(self.urgent)

    @property
    def told(self) -> str:
        """One sentence for the evidence; empty where nothing was said."""
        parts = [f"many are hit (“{self.many}”)"] if self.many else []
        parts += [f"it is urgent (“{self.urgent}”)"] if self.urgent else []
        return f"The person says that {' and that '.join(parts)}." if parts else ""


def reported(text: str) -> Reported:
    """What is said of impact and urgency. What is denied (`not the whole floor`, `no rush`) counts for nothing."""
    if _CALM.search(text):
        return Reported()
    return Reported(_said(_MANY, text), _said(_URGENT, text))


def _said(pattern: re.Pattern[str], text: str) -> str:
    for match in pattern.finditer(text):
        if not _NOT.search(text[max(0, match.start() - 30) : match.start()]):
            return " ".join(match.group().split())
    return ""


def raised(impact: Impact, said: Reported, *, kind: CaseKind) -> Impact:
    """The impact with a priority that takes the person's words into account: a step for each, never above what words can do,
    never lower than it was."""
    return raised_by(impact, said.steps, said.told, kind=kind)


def raised_by(impact: Impact, steps: int, told: str, *, kind: CaseKind) -> Impact:
    """The same with what was kept of the words: by how many steps, and what to tell of it."""
    kept = {"steps": steps, "said": told} if steps else {}
    wanted = max(impact.priority - steps, _UP_TO[kind])
    if not steps or wanted >= impact.priority:
        return impact.model_copy(update=kept)
    priorities: tuple[Priority, ...] = (1, 2, 3, 4)
    return impact.model_copy(
        update={**kept, "priority": priorities[wanted - 1], "reason": f"{impact.reason} {told}".strip()}
    )
