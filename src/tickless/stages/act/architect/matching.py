"""A clause → the operation or the state of things that it speaks of. Pure and total."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.stages.act.architect.lexicon import Doing, Fact, denied, lexicon
from tickless.stages.act.architect.words import bound, days

_TOPICS = {
    "app": r"applications?|apps?\b",
    "package": r"packages?|software|programs?",
    "account": r"accounts?|locked out|sign in|log in",
    "password": r"passwords?",
    "profile": r"profiles?",
    "gateway": r"gateway",
    "vpn": r"vpn",
    "tunnel": r"tunnel",
    "certificate": r"certificates?|\btls\b",
    "disk": r"disks?|file ?systems?|volumes?",
    "pool": r"pools?\b",
    "process": r"process(?:es)?|daemon",
    "deployment": r"deployments?|workloads?",
    "node": r"\bnodes?\b",
    "server": r"\bservers?\b",
    "record": r"\brecords?\b",
    "table": r"\btables?\b",
    "run": r"workflow|pipeline",
    "mailbox": r"mailbox(?:es)?|quota",
    "service": r"\bservices?\b|web ?shop|application",
    "device": r"devices?|laptops?|computers?",
    "sessions": r"sessions?",
}
_TOPIC = {name: re.compile(pattern) for name, pattern in _TOPICS.items()}
_DENIED_AFTER = re.compile(r"\W*(?:\w+ ){0,3}?(?:not|cannot|never|no longer|fails?)\b")
_OF = re.compile(
    r"\b(of|for|from|in|on) (a|an|the|its|their|each|every|some|our) (service|cluster|"
    r"host|server|person|user|app|application|node|group)s?\b"
)
_IT = re.compile(r"\b(it|its|them|this one|the same)\b")
_OF_PROBE = {
    "directory.account": {"account", "password", "sessions"},
    "directory.member": {"app"},
    "endpoint.software": {"package"},
    "endpoint.device": {"device"},
    "vpn.profile": {"profile", "vpn"},
    "vpn.gateway": {"gateway"},
    "vpn.tunnel": {"tunnel", "vpn"},
    "process.state": {"process"},
    "health.check": {"service"},
    "disk.usage": {"disk"},
    "certificate.state": {"certificate"},
    "pool.state": {"pool"},
    "mailbox.quota": {"mailbox"},
    "kubernetes.workload": {"deployment"},
    "kubernetes.node": {"node"},
    "haproxy.server": {"server"},
    "dns.record": {"record"},
    "github.run": {"run"},
}


@dataclass(frozen=True)
class Stated:
    """A state of things: what is asked, and what it has to say (an expression over `result`)."""

    fact: Fact
    says: str
    true: bool


def topic_of(text: str, before: str = "") -> str:
    """What it speaks of: the noun that stands last; what was spoken of before where it names none."""
    head = _OF.sub(" ", text)
    if head != text and (found_in_head := topic_of(head)):
        return found_in_head
    best, at = before, -1
    for name, pattern in _TOPIC.items():
        for found in pattern.finditer(text):
            if found.end() > at:
                best, at = name, found.end()
    return best


def resolved(text: str, topic: str) -> str:
    """With what `it` stands for in its place, if the clause names nothing itself."""
    return _IT.sub(topic, text, count=1) if topic and not topic_of(text) else text


def doing_in(text: str, topic: str = "") -> Doing | None:
    """The operation that a clause asks for: the longest match, and what was spoken of before where two are as long."""
    clause = resolved(text, topic)
    best: tuple[int, int, Doing] | None = None
    for doing in lexicon().doings:
        for pattern in doing.says:
            found = pattern.search(clause)
            if found is None or denied(clause, found.start()):
                continue
            near = topic in _OF_PROBE.get(doing.reads, set()) or bool(doing.about & set(re.findall(r"[a-z]+", clause)))
            score = (2 * near, found.end() - found.start())
            if best is None or score > best[:2]:
                best = (*score, doing)
    return best[2] if best else None


def stated_in(text: str, topic: str = "", *, prefer: str = "") -> Stated | None:
    """The state of things that a few words speak of. `prefer`: the probe that fits where several do."""
    counted = _counted(text, topic, prefer)
    if counted is not None:
        return counted
    best: tuple[int, int, Stated] | None = None
    for fact in lexicon().facts:
        own = 20 * (fact.probe == prefer) + 12 * (topic in _OF_PROBE.get(fact.probe, set()))
        for patterns, true in ((fact.no, False), (fact.yes, True)):
            for pattern in patterns:
                found = pattern.search(text)
                if found is None:
                    continue
                after = true and _DENIED_AFTER.match(text[found.end() :]) is not None
                truth = true != (denied(text, found.start()) or after)
                score = own + (found.end() - found.start()) + (0 if true else 12)
                if best is None or score > best[0]:
                    best = (score, found.start(), Stated(fact, fact.when(true=truth), truth))
    return best[2] if best else None


def _counted(text: str, topic: str, prefer: str) -> Stated | None:
    """`more than 90 percent full`, `fewer than 20 days left`, `fourteen days before it expires`."""
    limit = bound(text)
    percent = re.search(r"\d\s*(%|percent|per cent)|percent", text) is not None
    length = days(text)
    for fact in lexicon().facts:
        near = fact.nouns is not None and fact.nouns.search(text) is not None
        fits = near or fact.probe == prefer or topic in _OF_PROBE.get(fact.probe, set())
        if not fits or not fact.number:
            continue
        if fact.number == "percent" and percent and limit is not None:
            sign, value = str(limit[0]), limit[1]
            if re.search(r"\bfree\b", text):
                sign, value = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[sign], 100 - value
            return Stated(fact, f"result.{fact.field} {sign} {value:.1f}", sign[0] == ">")
        if fact.number == "days" and length is not None and topic != "account":
            before = re.search(r"\bbefore\b", text) is not None
            sign = "<=" if before else (limit[0] if limit is not None else "")
            if sign and re.search(r"certificate|cert\b|tls|expir|left|good for|valid", text):
                return Stated(fact, f"result.{fact.field} {sign} {length:.1f}", sign[0] == ">")
    return None


def condition_parts(text: str) -> list[tuple[str, str]]:
    """(`and` or `or`, words) of a condition, in order."""
    parts = re.split(r"\s+(and|or|but)\s+|,\s+(?=and |or )", text)
    found, join = [], "and"
    for part in parts:
        if part in {"and", "or", "but"}:
            join = "or" if part == "or" else "and"
        elif part and part.strip():
            found.append((join, part.strip()))
    return found


PASSIVE = re.compile(
    r"^(.{3,60}?) (?:must|has to|have to|should|shall|is to|are to|needs to) (?:\w+ )?be "
    r"(\w+ed|taken|set|put|given|shut|reset)\b(.*)$"
)


def active(text: str) -> str:
    """`the account must be suspended` → `suspended the account`."""
    found = PASSIVE.match(text)
    return f"{found[2]} {found[1]}{found[3]}" if found is not None else text
