"""OTLP's attributes and resources, from protobuf. Formats: open-telemetry/opentelemetry-proto, `common/v1`, `resource/v1`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tickless.stages.sense.telemetry.wire import BYTES, Field, double_at, fields, signed, text_at

RESOURCE_LABELS: Final[Mapping[str, str]] = {
    "service.name": "service",
    "service.namespace": "namespace",
    "service.instance.id": "instance",
    "host.name": "host",
    "deployment.environment": "environment",
    "deployment.environment.name": "environment",
    "k8s.cluster.name": "cluster",
    "k8s.namespace.name": "namespace",
    "k8s.deployment.name": "deployment",
    "k8s.pod.name": "pod",
    "k8s.node.name": "node",
    "k8s.container.name": "container",
    "cloud.region": "region",
}
"""What of a resource names its series; the rest (versions, process ids) would only multiply them."""

_DEEPEST: Final = 4
_LONGEST: Final = 4_000


def attribute(body: bytes, start: int, end: int) -> tuple[str, str]:
    """A `KeyValue`: (name, value as text)."""
    name, value = "", ""
    for found in fields(body, start, end):
        if found.number == 1:
            name = text_at(body, found)
        elif found.number == 2 and found.kind == BYTES:
            value = any_value(body, found)
    return name, value


def any_value(body: bytes, outer: Field, depth: int = 0) -> str:
    """An `AnyValue` as text: a scalar as it is, a list or map in brackets, not deeper than four levels."""
    for found in fields(body, outer.start, outer.stop):
        if found.number == 1:
            return text_at(body, found)[:_LONGEST]
        if found.number == 2:
            return "true" if found.value else "false"
        if found.number == 3:
            return str(signed(found.value))
        if found.number == 4:
            return repr(double_at(body, found))
        if found.number in (5, 6) and depth < _DEEPEST:
            return _several(body, found, depth)[:_LONGEST]
        if found.number == 7 and found.kind == BYTES:
            return body[found.start : found.stop].hex()[:_LONGEST]
    return ""


def _several(body: bytes, outer: Field, depth: int) -> str:
    parts: list[str] = []
    for found in fields(body, outer.start, outer.stop):
        if found.number != 1 or found.kind != BYTES or len(parts) > 50:
            continue
        if outer.number == 5:
            parts.append(any_value(body, found, depth + 1))
            continue
        name, value = "", ""
        for part in fields(body, found.start, found.stop):
            if part.number == 1:
                name = text_at(body, part)
            elif part.number == 2 and part.kind == BYTES:
                value = any_value(body, part, depth + 1)
        parts.append(f"{name}={value}")
    return "[" + ", ".join(parts) + "]"


def resource(body: bytes, start: int, end: int) -> dict[str, str]:
    """The attributes of a `Resource`."""
    return dict(
        attribute(body, found.start, found.stop)
        for found in fields(body, start, end)
        if found.number == 1 and found.kind == BYTES
    )


def resource_labels(attributes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The labels that a resource gives to its series."""
    return [(label, attributes[name]) for name, label in RESOURCE_LABELS.items() if attributes.get(name)]


def service_of(attributes: Mapping[str, str]) -> str:
    """What a resource calls its service; `unknown` when it does not."""
    return (attributes.get("service.name") or "unknown")[:200]


def label_names(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Attributes as labels: dots become underscores, as Prometheus writes them."""
    return [(name.replace(".", "_"), value) for name, value in pairs]
