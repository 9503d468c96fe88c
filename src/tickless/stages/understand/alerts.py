"""What a machine's signal is about: alert class, kind, and the records it names. Pure; the rules are data."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from tickless.domain.finding import CaseKind, Entity, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.kit.yaml_text import read_yaml
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.text import clean

BRAIN = "rules 1"
_SERVICE_LABELS = (
    "service",
    "app",
    "application",
    "app_kubernetes_io_name",
    "component",
    "job",
    "deployment",
    "host",
    "instance",
    "node",
    "target",
)
_CI_LABELS = ("ci", "instance", "host", "node", "hostname", "device", "pod", "target", "name")
_CLASS_LABELS = ("class", "alert_class")
_NAME_LABELS = ("alertname", "alert", "rule", "check", "alarm")
_UNNAMED = {
    "change": "change",
    "deploy": "deploy",
    "heartbeat": "heartbeat_missed",
    "anomaly": "anomaly",
    "forecast": "forecast",
}


@dataclass(frozen=True)
class _Rule:
    alert_class: str
    kind: CaseKind
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    listed = read_yaml(files("tickless.stages.understand").joinpath("alert_classes.yaml").read_text("utf-8"))
    return tuple(
        _Rule(one["class"], one.get("kind", "incident"), re.compile(one["pattern"], re.IGNORECASE)) for one in listed
    )


def slug(text: str) -> str:
    """`KubePodNotReady`, `kube pod not ready` → `kube_pod_not_ready`; never empty, at most 60 long."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")[:60].strip("_") or "unknown"


def alert_class(signal: Signal) -> tuple[str, CaseKind, Evidence]:
    """The class that runbooks know, the kind of case, and how we know."""
    named = signal.label(*_CLASS_LABELS, limit=80)
    name = signal.label(*_NAME_LABELS, limit=120)
    if named:
        known = slug(named)
        kind: CaseKind = next((rule.kind for rule in _rules() if rule.alert_class == known), "incident")
        return known, _kind(signal, kind), Evidence(text="the source names the class", source="label")
    for said, source in ((name, "alert name"), (signal.title.tame(200), "title")):
        rule = next((rule for rule in _rules() if said and rule.pattern.search(said)), None)
        if rule:
            return (
                rule.alert_class,
                _kind(signal, rule.kind),
                Evidence(text=f"the {source} matches a known class", source="rules"),
            )
    unnamed = name or _UNNAMED.get(signal.kind) or signal.title.tame(60)
    return (
        slug(unnamed),
        _kind(signal, "incident"),
        Evidence(text="no known class: named after the alert", source="rules"),
    )


def _kind(signal: Signal, kind: CaseKind) -> CaseKind:
    return "risk" if signal.kind == "forecast" else kind


def read_event(signal: Signal, *, gazetteer: Gazetteer, now: dt.datetime) -> Finding:
    """One finding for one machine signal. Labels link records; free text does so only where no label does."""
    need, kind, why = alert_class(signal)
    entities = _entities(signal, gazetteer)
    service = next((one for one in entities if one.kind == "service" and one.ref), None)
    slots = {"service": service.ref} if service and service.ref else {}
    evidence = [why, *(_linked(one) for one in entities if one.ref and one.kind != "ci")]
    plain = signal.kind in ("change", "deploy")
    return Finding(
        id=f"find_{signal.id}_1",
        signal=signal.id,
        act="event",
        kind=None if plain else kind,
        need=need if not plain else _UNNAMED[signal.kind],
        entities=entities,
        slots=slots,
        confidence=0.95 if why.source == "label" else 0.85 if "matches" in why.text else 0.5,
        evidence=tuple(evidence),
        brain=BRAIN,
        made_at=now,
    )


def _linked(entity: Entity) -> Evidence:
    return Evidence(
        text=f"a label names a {entity.kind} on record", source="gazetteer", ref=f"{entity.kind}:{entity.ref}"
    )


def _entities(signal: Signal, gazetteer: Gazetteer) -> tuple[Entity, ...]:
    found: list[Entity] = []
    service = _service(signal, gazetteer)
    if service:
        found.append(service)
    ci = signal.label(*_CI_LABELS)
    if ci:
        mount = signal.label("mountpoint", "volume", "filesystem")
        whole = f"{_host(ci)}:{mount}" if mount else _host(ci)
        found.append(Entity(kind="ci", text=Untrusted(whole), ref=whole, confidence=0.9))
    person = signal.label("user", "username", "account", "mailbox", "email")
    if person and (known := gazetteer.people.handles.get(fold(person))):
        found.append(Entity(kind="person", text=Untrusted(person), ref=known, confidence=0.95))
    return tuple(found)


def _service(signal: Signal, gazetteer: Gazetteer) -> Entity | None:
    """By label, exactly (name, alias or id, also without port or domain); else by an exact name in the title."""
    for label in _SERVICE_LABELS:
        value = signal.label(label)
        for said in (value, _host(value), _host(value).split(".")[0]) if value else ():
            refs = gazetteer.services.named(said)
            if len(refs) == 1:
                return Entity(kind="service", text=Untrusted(said), ref=refs[0], confidence=0.95)
            if len(refs) > 1:
                return Entity(kind="service", text=Untrusted(said), confidence=0.4, alternatives=refs)
    title = gazetteer.link(clean(signal.title.raw), writer=None)
    return next((one.entity() for one in title if one.kind == "service" and one.confidence >= 0.9), None)


def _host(value: str | None) -> str:
    """Without scheme, path and port."""
    bare = re.sub(r"^[a-z]+://", "", value or "").split("/")[0]
    return re.sub(r":\d+$", "", bare)
