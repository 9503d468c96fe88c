"""What properties of described procedures mean on the table top: set before, read after.

Written apart from the architect's lexicon, so that the one cannot hide what the other gets wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tickless.stages.act.architect.playing import Played
from tickless.stages.act.architect.tabletop import Tabletop

Setting = tuple[str, str, object]
"""(probe, field, value)"""

_WORDS: tuple[tuple[str, str, tuple[Setting, ...]], ...] = (
    (r"account|login|user", r"lock(ed)?( out)?", (("directory.account", "locked", True),)),
    (
        r"account|login|user",
        r"disabled|off|suspended|inactive|deactivated|switched off",
        (("directory.account", "enabled", False),),
    ),
    (
        r"password|account",
        r"(password[ _])?expired|forgotten|forgot|unknown|lost",
        (("directory.account", "password_expired", True),),
    ),
    (
        r"account|login|user",
        r"ok|active|enabled|unlocked|on|open|normal|exists|switched on",
        (
            ("directory.account", "locked", False),
            ("directory.account", "enabled", True),
            ("directory.account", "password_expired", False),
        ),
    ),
    (
        r"password",
        r"ok|new|temporary|reset|changed|set|must[ _]change|valid",
        (("directory.account", "password_expired", False), ("directory.account", "must_change_password", True)),
    ),
    (r"lock(ed|out)?", r"no|false|gone|none|unlocked", (("directory.account", "locked", False),)),
    (r"lock(ed|out)?", r"yes|true|locked", (("directory.account", "locked", True),)),
    (r"enabled", r"no|false", (("directory.account", "enabled", False),)),
    (r"enabled", r"yes|true", (("directory.account", "enabled", True),)),
    (
        r"access|member|group|entitlement|licen[cs]e|permission",
        r"none|no|false|removed|revoked|missing|absent|gone|not? .*",
        (("directory.member", "member", False),),
    ),
    (
        r"access|member|group|entitlement|licen[cs]e|permission",
        r"granted|yes|true|member|present|has.*|in.*|ok|read|full|assigned",
        (("directory.member", "member", True),),
    ),
    (
        r"software|package|installed|installation|program|client|\{app[a-z.]*\}|app",
        r"not.*|no|false|none|missing|absent|uninstalled|removed|gone",
        (("endpoint.software", "installed", False),),
    ),
    (
        r"software|package|installed|installation|program|client|\{app[a-z.]*\}|app",
        r"installed|yes|true|present|ok|current|there",
        (("endpoint.software", "installed", True),),
    ),
    (
        r"device|online|laptop|state|status|computer|power",
        r"offline|no|false|off|unreachable",
        (("endpoint.device", "online", False),),
    ),
    (r"device|online|laptop|computer", r"online|yes|true|on|ok|reachable", (("endpoint.device", "online", True),)),
    (r"vpn|profile|tunnel", r"(profile[ _])?(expired|invalid|old|run out)", (("vpn.profile", "valid", False),)),
    (r"vpn|gateway", r"(gateway[ _])?down", (("vpn.gateway", "up", False),)),
    (r"vpn|client", r"(client[ _])?old", (("vpn.tunnel", "client_old", True),)),
    (r"vpn|tunnel", r"ok|up|connects|works|yes|connected", (("vpn.tunnel", "connects", True),)),
    (r"profile", r"ok|valid|renewed|new", (("vpn.profile", "valid", True),)),
    (r"gateway", r"up|ok", (("vpn.gateway", "up", True),)),
    (
        r"mailbox|mail|quota",
        r"full|over.*|exceeded",
        (("mailbox.quota", "percent", 101.0), ("mailbox.quota", "used_mb", 1010.0)),
    ),
    (
        r"health|service|status|state|answers|healthy|site",
        r"down|unhealthy|errors?|slow|no|false|failing|not.*|degraded|outage|unavailable",
        (("health.check", "healthy", False),),
    ),
    (
        r"health|service|status|state|answers|healthy|site",
        r"up|ok|healthy|yes|true|answers|running|available|normal",
        (("health.check", "healthy", True),),
    ),
    (
        r"process|running|daemon",
        r"stopped|dead|down|no|false|crashed|not.*|failed|hung|hangs",
        (("process.state", "running", False),),
    ),
    (r"process|running|daemon", r"running|up|yes|true|started|ok", (("process.state", "running", True),)),
    (
        r"pool|connections",
        r"exhausted|full|taken|used up|stuck",
        (("pool.state", "in_use", 10), ("pool.state", "waiting", 4)),
    ),
    (r"certificate|cert|tls", r"expiring|expires.*|expired|old|about.*", (("certificate.state", "days_left", 6.0),)),
    (
        r"disk|filesystem|file system|volume|space",
        r"full|filling|filled|almost full",
        (("disk.usage", "percent", 95.0),),
    ),
    (
        r"ready|pods|rollout|deployment|workload",
        r"no|false|not.*|failing|crash.*|stuck|broken",
        (("kubernetes.workload", "ready", 1), ("kubernetes.workload", "settled", False)),
    ),
    (r"schedulable", r"no|false|cordoned", (("kubernetes.node", "schedulable", False),)),
    (r"schedulable", r"yes|true", (("kubernetes.node", "schedulable", True),)),
    (r"cordoned", r"yes|true", (("kubernetes.node", "schedulable", False),)),
    (r"cordoned", r"no|false", (("kubernetes.node", "schedulable", True),)),
    (
        r"succeeded|run|workflow|jobs?|pipeline|build|state",
        r"no|false|failed|red",
        (("github.run", "succeeded", False),),
    ),
    (
        r"succeeded|run|workflow|jobs?|pipeline|build",
        r"yes|true|succeeded|green|passed|ok",
        (("github.run", "succeeded", True),),
    ),
    (r"dead rows", r"many|high", (("postgresql.tables", "tables", ({"table": "table", "dead_rows": 90_000},)),)),
)
_NUMBERS: tuple[tuple[str, str, str], ...] = (
    (r"disk|filesystem|file system|volume|used|usage", "disk.usage", "percent"),
    (r"certificate.*|cert.*|days.*left|tls.*|days", "certificate.state", "days_left"),
    (r"replicas|pods|wanted", "kubernetes.workload", "wanted"),
    (r"ready.*", "kubernetes.workload", "ready"),
    (r"revision", "kubernetes.workload", "revision"),
    (r"sessions", "haproxy.server", "sessions"),
    (r"mailbox|percent", "mailbox.quota", "percent"),
    (r"quota.*", "mailbox.quota", "quota_mb"),
    (r"waiting", "pool.state", "waiting"),
    (r"in.use|connections", "pool.state", "in_use"),
)
_ANSWERS = re.compile(r"answers?|approv\w*|says?|reply|decision|consent")
_TOLD = re.compile(r"told|notified|informed|message\w*|warned|knows")
_CASE = re.compile(r"case|outcome|request|ticket|hand.?off|owner.*")


@dataclass
class Scene:
    """A table top, or the running company, that `given` was made true on.

    `unknown`: properties that mean nothing here; they stay as they are.
    """

    table: Tabletop
    answers: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def answer(self, subject: str, name: str, value: str) -> bool:
        """Put down what somebody says; False where the property is none of these."""
        if not _ANSWERS.fullmatch(name.lower()):
            return False
        self.answers[_role(subject)] = value.lower()
        return True


def prepare(table: Tabletop, given: Mapping[str, Mapping[str, str]]) -> Scene:
    """Make it true."""
    scene = Scene(table)
    for subject, properties in given.items():
        for name, value in properties.items():
            if scene.answer(subject, name, value):
                continue
            settings = settings_of(subject, name, value)
            if not settings:
                scene.unknown.append(f"{subject} {name}: {value}")
            for probe, field_, held in settings:
                table.set(probe, field_, list(held) if isinstance(held, tuple) else held)
                if (probe, field_) == ("kubernetes.workload", "wanted"):
                    table.set(probe, "ready", held)
    return scene


def _role(subject: str) -> str:
    bare = subject.strip("{}").lower()
    if bare in {"me", "requester", "user", "person"}:
        return "requester"
    if "owner" in bare:
        return "app_owner" if "app" in bare else "service_owner"
    return "manager" if "manager" in bare else bare


def settings_of(subject: str, name: str, value: str) -> tuple[Setting, ...]:
    """What a property means: each probe, its field, and the value; none: it means nothing here."""
    property_, held = name.lower().strip(), value.lower().strip()
    if property_ == "ready" and "node" in subject.lower():
        return (("kubernetes.node", "ready", held in {"yes", "true"}),)
    number = re.search(r"-?\d+(?:\.\d+)?", held)
    for about in (property_, f"{_bare(subject)} {property_}", _bare(subject)):
        if number is not None:
            for pattern, probe, field_ in _NUMBERS:
                if re.fullmatch(pattern, about):
                    return ((probe, field_, _number(number[0])),)
        for pattern, wanted, settings in _WORDS:
            if re.search(rf"(?:^|\b)(?:{pattern})(?:\b|$|(?<=\}}))", about) and re.fullmatch(wanted, held):
                return settings
    if property_ == "values":
        return (("dns.record", "values", ("before",)),)
    if property_ == "state" and held in {"ready", "drain", "maint", "maintenance"}:
        return (("haproxy.server", "state", held.replace("maintenance", "maint")),)
    return ()


def _bare(subject: str) -> str:
    return subject.strip("{}").lower().replace(".free", "").replace(".have", "")


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def ended(
    scene: Scene,
    before: Mapping[tuple[str, str], object],
    played: Played,
    ends: Mapping[str, Mapping[str, str]],
    given: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """What is not as it had to be, in words; none: the end state is right."""
    wrong = []
    for subject, properties in ends.items():
        for name, value in properties.items():
            fault = _fault(scene, before, played, subject, name, value, given.get(subject, {}).get(name))
            if fault:
                wrong.append(f"{subject} {name}: {fault}")
    return wrong


def _fault(  # noqa: PLR0917 - one row of the judgement
    scene: Scene,
    before: Mapping[tuple[str, str], object],
    played: Played,
    subject: str,
    name: str,
    value: str,
    given: str | None,
) -> str:
    held = value.lower().strip()
    if _TOLD.fullmatch(name.lower()):
        return (
            ""
            if (bool(played.told) or played.end in {"verified", "undone"}) == (held not in {"no", "false"})
            else "nobody was told"
        )
    if held in {"as given", "unchanged", "same"}:
        return _unchanged(scene, subject, name, given, before)
    if _CASE.fullmatch(name.lower()) and ("hand" in held or "ticket" in held):
        return "" if played.end == "handed_off" else f"ended {played.end}"
    compared = _compared(scene, name, subject, held, before)
    if compared is not None:
        return compared
    settings = settings_of(subject, name, value)
    if not settings:
        return "" if given is not None and given.lower() == held else "this property means nothing here"
    for probe, field_, wanted in settings:
        states = scene.table.state(probe)
        if field_ in {"percent", "days_left"}:
            continue
        bad = [one.get(field_) for one in states if one.get(field_) != wanted]
        if bad:
            return f"{probe} {field_} is {bad[0]}, not {wanted}"
    return ""


def _unchanged(
    scene: Scene, subject: str, name: str, given: str | None, before: Mapping[tuple[str, str], object]
) -> str:
    settings = settings_of(subject, name, given) if given is not None else ()
    probes = {probe for probe, _, _ in settings}
    if not probes:
        return "" if not scene.table.effects else "something was changed"
    touched = [probe for probe, _ in scene.table.own if probe in probes]
    for probe in touched:
        for field_, held in scene.table.state(probe)[-1].items():
            if before.get((probe, field_), held) != held:
                return f"{probe} {field_} was changed"
    return ""


def _compared(scene: Scene, name: str, subject: str, held: str, before: Mapping[tuple[str, str], object]) -> str | None:
    """Ends that are numbers, bounds, or only different from before; None: it is none of these."""
    property_ = name.lower()
    if re.search(r"\b(new|new address|new value|changed|different)\b", held) and property_ in {
        "values",
        "value",
        "address",
        "record",
        "points to",
    }:
        return (
            ""
            if any(one.get("values") != before.get(("dns.record", "values")) for one in scene.table.state("dns.record"))
            else "it was not changed"
        )
    if property_ == "dead rows":
        left = scene.table.state("postgresql.tables")[-1].get("tables")
        return "" if (not left) == (held in {"few", "none", "low", "0"}) else "dead rows are left"
    if held in {"ok", "free", "has room", "room", "below full"} and property_ in {
        "mailbox",
        "pool",
        "disk",
        "quota",
        "mail",
    }:
        probe, field_, most = {"pool": ("pool.state", "in_use", 9.0), "disk": ("disk.usage", "percent", 85.0)}.get(
            property_, ("mailbox.quota", "percent", 100.0)
        )
        return _all(scene, probe, field_, lambda found: found <= most, "too much")
    if held in {"ok", "renewed", "valid", "new"} and property_ in {"certificate", "cert", "tls"}:
        return _all(scene, "certificate.state", "days_left", lambda found: found >= 30, "too old")
    number = re.search(r"\d+(?:\.\d+)?", held)
    if property_ in {"ready", "rollout", "pods"} and held in {"yes", "true", "all", "ready", "ok"}:
        states = scene.table.state("kubernetes.workload" if "node" not in subject else "kubernetes.node")
        return (
            ""
            if all(
                one["ready"] is True or (one["ready"] is not False and one["ready"] >= one.get("wanted", 0))
                for one in states
            )
            else "not ready"
        )
    if number is None:
        return None
    for pattern, probe, field_ in _NUMBERS:
        if re.fullmatch(pattern, property_):
            return _bounded(scene, probe, field_, held, float(number[0]) * (1024.0 if "gb" in held else 1.0))
    return None


def _bounded(scene: Scene, probe: str, field_: str, held: str, wanted: float) -> str:
    if re.search(r"below|less|under|fewer|<", held):
        return _all(scene, probe, field_, lambda found: found < wanted, "too much")
    if re.search(r"at most|up to", held):
        return _all(scene, probe, field_, lambda found: found <= wanted, "too much")
    if re.search(r"more|above|over|at least|>|minimum", held):
        return _all(scene, probe, field_, lambda found: found >= wanted, "too little")
    return _all(scene, probe, field_, lambda found: found == wanted, f"not {wanted:g}")


def _all(scene: Scene, probe: str, field_: str, holds: Callable[[float], bool], fault: str) -> str:
    for one in scene.table.state(probe):
        if not holds(float(one[field_])):
            return f"{probe} {field_} is {one[field_]}: {fault}"
    return ""
