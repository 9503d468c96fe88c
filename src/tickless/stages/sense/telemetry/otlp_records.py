"""OTLP logs and traces, protobuf → records. Formats: open-telemetry/opentelemetry-proto, `logs/v1`, `trace/v1`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from tickless.stages.sense.telemetry.otlp_values import any_value, attribute, resource, service_of
from tickless.stages.sense.telemetry.records import PEER_ATTRIBUTES, LogLine, Span, peer_of
from tickless.stages.sense.telemetry.wire import BYTES, Field, fields, fixed_at, text_at

_FAILED: Final = 2
_NANO: Final = 1e-9
_T = TypeVar("_T")


def read_logs(body: bytes) -> list[LogLine]:
    """`ExportLogsServiceRequest`. Raises `PayloadRejected`."""
    return _read(body, _log_line)


def read_traces(body: bytes) -> list[Span]:
    """`ExportTraceServiceRequest`. Raises `PayloadRejected`."""
    return _read(body, _span)


def _read(body: bytes, read: Callable[[bytes, Field, str], _T]) -> list[_T]:
    found: list[_T] = []
    for outer in fields(body, 0, len(body)):
        if outer.number != 1 or outer.kind != BYTES:
            continue
        inside = [one for one in fields(body, outer.start, outer.stop) if one.kind == BYTES]
        attributes: dict[str, str] = {}
        for one in inside:
            if one.number == 1:
                attributes |= resource(body, one.start, one.stop)
        service = service_of(attributes)
        for scope in inside:
            if scope.number == 2:
                found += [
                    read(body, one, service)
                    for one in fields(body, scope.start, scope.stop)
                    if one.number == 2 and one.kind == BYTES
                ]
    return found


def _log_line(body: bytes, outer: Field, service: str) -> LogLine:
    severity, text, event = 0, "", ""
    for found in fields(body, outer.start, outer.stop):
        if found.number == 2:
            severity = found.value
        elif found.number == 5 and found.kind == BYTES:
            text = any_value(body, found)
        elif found.number == 12 and found.kind == BYTES:
            event = text_at(body, found)
    return LogLine(service, severity, text or event)


def _span(body: bytes, outer: Field, service: str) -> Span:
    trace = span = parent = b""
    name, kind, failed = "", 0, False
    begun = ended = 0
    attributes: dict[str, str] = {}
    for found in fields(body, outer.start, outer.stop):
        match found.number:
            case 1:
                trace = body[found.start : found.stop]
            case 2:
                span = body[found.start : found.stop]
            case 4:
                parent = body[found.start : found.stop]
            case 5:
                name = text_at(body, found)[:200]
            case 6:
                kind = found.value
            case 7:
                begun = fixed_at(body, found)
            case 8:
                ended = fixed_at(body, found)
            case 9 if found.kind == BYTES:
                key, value = attribute(body, found.start, found.stop)
                if key in PEER_ATTRIBUTES:
                    attributes[key] = value
            case 15 if found.kind == BYTES:
                failed = any(one.number == 3 and one.value == _FAILED for one in fields(body, found.start, found.stop))
    return Span(
        service=service, identity=trace + span, parent=trace + parent if parent else b"", name=name, kind=kind,
        seconds=max(0, ended - begun) * _NANO, failed=failed, peer=peer_of(attributes, kind), at=ended * _NANO,
    )  # fmt: skip
