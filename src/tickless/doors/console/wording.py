"""How the product says things: one label and one tone for each state, and times and figures as people read them. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from tickless.domain.case import Case
from tickless.domain.record import Untrusted

Tone = Literal["calm", "info", "warn", "bad", "good", "plum"]


@dataclass(frozen=True)
class Tag:
    """A word and the tone it is said in."""

    label: str
    tone: Tone
    meaning: str = ""


STATES: dict[str, Tag] = {
    "open": Tag("open", "info", "being understood and decided"),
    "awaiting_person": Tag("waiting for an answer", "warn", "a person was asked something"),
    "awaiting_approval": Tag("awaiting approval", "warn", "somebody has to say yes first"),
    "acting": Tag("acting", "info", "a runbook is at work"),
    "verifying": Tag("verifying", "info", "probes read back whether it worked"),
    "resolved": Tag("resolved", "good", "an outcome was reached"),
    "handed_off": Tag("handed off", "plum", "people have it now"),
    "muted": Tag("muted", "calm", "noise, with the reason"),
    "merged": Tag("merged", "calm", "part of another case now"),
}
OUTCOMES: dict[str, Tag] = {
    "verified": Tag("verified", "good", "read back from the system of record"),
    "confirmed": Tag("confirmed", "good", "a person said yes"),
    "assumed": Tag("assumed", "calm", "nobody objected"),
    "regressed": Tag("regressed", "bad", "came back in the hold window"),
    "handed_off": Tag("handed off", "plum", "given to people as a ticket"),
    "prevented": Tag("prevented", "good", "a forecast risk removed in time"),
    "muted": Tag("muted", "calm", "noise, with the reason"),
    "refused": Tag("refused", "warn", "policy said no"),
    "withdrawn": Tag("withdrawn", "calm", "not wanted any more"),
}
FIVE = ("verified", "confirmed", "assumed", "regressed", "handed_off")
"""Always shown side by side."""
RUNS: dict[str, Tag] = {
    "pending": Tag("about to start", "info"),
    "running": Tag("running", "info"),
    "done": Tag("done", "good"),
    "failed": Tag("failed", "bad"),
    "undone": Tag("undone", "warn"),
    "stopped": Tag("stopped", "warn"),
}
RECEIPTS: dict[str, Tag] = {
    "started": Tag("running", "info"),
    "done": Tag("done", "good"),
    "skipped": Tag("skipped", "calm"),
    "failed": Tag("failed", "bad"),
    "undone": Tag("undone", "warn"),
}
VERDICTS: dict[str, Tag] = {
    "held": Tag("held", "good", "every check held"),
    "failed": Tag("failed", "bad", "a check did not hold"),
    "unknown": Tag("unknown", "warn", "a probe could not tell"),
}
APPROVALS: dict[str, Tag] = {
    "pending": Tag("waiting", "warn"),
    "approved": Tag("approved", "good"),
    "denied": Tag("denied", "bad"),
    "expired": Tag("expired", "calm"),
    "withdrawn": Tag("withdrawn", "calm"),
}
SEVERITIES: dict[str, Tag] = {
    "critical": Tag("critical", "bad"),
    "error": Tag("error", "bad"),
    "warning": Tag("warning", "warn"),
    "info": Tag("info", "calm"),
}
HOLDS: dict[str, Tag] = {
    "silenced": Tag("silenced", "calm", "Somebody silenced it, with a reason and an end"),
    "maintenance": Tag("planned work", "calm", "The service, or what it needs, is worked on"),
    "inhibited": Tag("explained", "info", "What it needs, or runs on, is known to be down"),
    "flapping": Tag("flapping", "warn", "It comes and goes; it is held back until it is quiet"),
    "transient": Tag("waiting", "info", "Such alerts usually heal alone; it gets a moment"),
}
HOLD_ENDS: dict[str | None, str] = {
    "resolved": "was over meanwhile",
    "handed_back": "was handed back",
    "another": "was held back for another reason",
}
DECISIONS: dict[str, Tag] = {
    "act": Tag("act", "good"),
    "ask_approval": Tag("ask for approval", "warn"),
    "suggest": Tag("suggest", "info"),
    "ask_person": Tag("ask the person", "info"),
    "hand_off": Tag("hand off", "plum"),
    "wait": Tag("wait", "calm"),
    "mute": Tag("mute", "calm"),
    "answer": Tag("answer", "good"),
    "refuse": Tag("refuse", "bad"),
}
RUNGS: dict[str, str] = {
    "observe": "Watch only: nothing is proposed or done.",
    "suggest": "Propose it to people, who do it themselves.",
    "approve": "Do it after somebody says yes.",
    "auto": "Do it at once where policy allows, and verify.",
}
NOT_MOVED = "Nobody moved it: it stands where the settings of the house begin."
_SHORT = {"vpn": "VPN", "tls": "TLS", "dns": "DNS", "cpu": "CPU", "api": "API", "sso": "SSO"}
KINDS: dict[str, str] = {"incident": "Incident", "request": "Request", "question": "Question", "risk": "Risk"}
CRITICALITY: dict[int | None, str] = {
    1: "mission critical", 2: "important", 3: "normal", 4: "low", None: "criticality not known",
}  # fmt: skip
ASSURANCE: dict[str, str] = {
    "none": "nothing is known about the sender",
    "channel": "an account bound to a person",
    "signed_in": "signed in",
    "step_up": "confirmed by a one-time code",
}


def standing(case: Case) -> Tag:
    """How a case stands: its outcome once it has one, its state before."""
    if case.live or case.outcome is None:
        return STATES[case.state]
    return OUTCOMES[case.outcome]


def intent(label: str) -> str:
    """A label of the language brain as one reads it: `need.account_unlock` → account unlock."""
    return plain(label.partition(".")[2] or label)


def plain(word: str | None) -> str:
    """`account_unlock` → `Account unlock`; nothing → `Not known yet`."""
    if not word:
        return "Not known yet"
    said = word.replace("_", " ").replace(".", ": ").strip().capitalize()
    return " ".join(_SHORT.get(part.lower(), part) for part in said.split(" "))


def sentence(text: str) -> str:
    """With a capital letter at its beginning and nothing else changed; names of accounts and systems stay as they are."""
    return text if re.match(r"[a-z0-9]+[._-]\w", text) else text[:1].upper() + text[1:]


def bare(value: object) -> str:
    """An expression or binding without its `${{ }}`, for reading."""
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", r"\1", str(value))


def span(seconds: float | None) -> str:
    """A length of time in at most two units: `0.4 s`, `38 s`, `4 min`, `2 h 10 min`, `3 d`. None: a dash."""
    return "–" if seconds is None else _span(seconds).replace(" ", "\u00a0")


def _span(seconds: float) -> str:
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 3 else f"{days} d"


def minutes(value: float) -> str:
    """Minutes as people say them: `14 min`, `5.2 h`, `1,130 h`."""
    if value < 120:
        return f"{value:.0f} min"
    hours = value / 60
    return f"{hours:.1f} h" if hours < 100 else f"{hours:,.0f} h"


def day_time(at: dt.datetime, now: dt.datetime) -> str:
    """`14:02:11` on the same day, `20 Nov 14:02` in the same year, else with the year. UTC."""
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at.day} {at:%b %H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y %H:%M}"


def percent(part: float, whole: float) -> str:
    """`87 %`; a dash when there is nothing to divide by."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def size(count: int) -> str:
    """Bytes: `812 B`, `3.4 kB`, `2.1 MB`."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def pretty(value: Any) -> str:
    """JSON for reading, untrusted text tamed."""
    return json.dumps(_readable(value), indent=2, ensure_ascii=False, default=str)


def _readable(value: Any) -> Any:
    if isinstance(value, Untrusted):
        return value.tame(2_000)
    if isinstance(value, BaseModel):
        return _readable(value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True))
    if isinstance(value, dict):
        return {str(key): _readable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_readable(inner) for inner in value]
    return Untrusted(value).tame(2_000) if isinstance(value, str) else value
