"""OTLP in JSON: what its protobuf says, with 64-bit numbers as text, ids in hexadecimal, names in lower camel case."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.stages.sense.telemetry.batch import Batch, Rows
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import NAME, Kind, labels_of
from tickless.stages.sense.telemetry.otlp_values import label_names, resource_labels, service_of
from tickless.stages.sense.telemetry.records import LogLine, Span, peer_of

_LONGEST: Final = 4_000
_DEEPEST: Final = 4
_NANO: Final = 1e-9
_DELTAS: Final = (1, "AGGREGATION_TEMPORALITY_DELTA")
"""A tuple: whatever a document holds there can be looked up in it, maps and lists too."""
_FAILED: Final = frozenset({2, "STATUS_CODE_ERROR"})
_KINDS: Final = {"SPAN_KIND_CLIENT": 3, "SPAN_KIND_PRODUCER": 4}
_Map = dict[str, Any]
_T = TypeVar("_T")


def read_logs(body: bytes) -> list[LogLine]:
    """`ExportLogsServiceRequest`. Raises `PayloadRejected`."""
    return _records(body, "Logs", "logRecords", _log_line)


def read_traces(body: bytes) -> list[Span]:
    """`ExportTraceServiceRequest`. Raises `PayloadRejected`."""
    return _records(body, "Spans", "spans", _span)


def read_metrics(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`ExportMetricsServiceRequest`. Raises `PayloadRejected`."""
    batch, rows = Batch(), Rows()

    def add(pairs: list[tuple[str, str]], kind: Kind, time: float, value: float) -> None:
        rows.add(index.place(book, b"", labels_of(pairs), kind), time, value)

    for attributes, metric in _inside(body, "Metrics", "metrics"):
        of_resource, name = resource_labels(attributes), _text(metric.get("name"))
        for form in ("gauge", "sum", "histogram", "exponentialHistogram", "summary"):
            data = _map(metric.get(form))
            kind = _kind(form, data)
            for point in _maps(data.get("dataPoints")):
                time = _whole(point.get("timeUnixNano")) * _NANO
                pairs = [*of_resource, *label_names(_attributes(point).items())]
                if form in ("gauge", "sum"):
                    if _whole(point.get("flags")) & 1 == 0:
                        add([*pairs, (NAME, name)], kind, time, _number(point.get("asDouble", point.get("asInt"))))
                    continue
                batch.histograms += 1
                add([*pairs, (NAME, f"{name}_count")], kind, time, _number(point.get("count")))
                if "sum" in point:
                    add([*pairs, (NAME, f"{name}_sum")], kind, time, _number(point["sum"]))
                for one in _maps(point.get("quantileValues")):
                    named = [*pairs, (NAME, name), ("quantile", repr(_number(one.get("quantile"))))]
                    add(named, Kind.GAUGE, time, _number(one.get("value")))
    rows.into(batch)
    return batch


def _kind(form: str, data: _Map) -> Kind:
    if form == "gauge" or (form == "sum" and data.get("isMonotonic") is not True
                           and data.get("aggregationTemporality") not in _DELTAS):  # fmt: skip
        return Kind.GAUGE
    return Kind.DELTA if data.get("aggregationTemporality") in _DELTAS else Kind.COUNTER


def _log_line(one: _Map, service: str) -> LogLine:
    return LogLine(service, _whole(one.get("severityNumber")), _value(one.get("body")) or _text(one.get("eventName")))


def _span(one: _Map, service: str) -> Span:
    trace, parent = _identity(one.get("traceId")), _identity(one.get("parentSpanId"))
    begun, ended = _whole(one.get("startTimeUnixNano")), _whole(one.get("endTimeUnixNano"))
    said = one.get("kind")
    kind = _KINDS.get(said, 0) if isinstance(said, str) else _whole(said)
    return Span(
        service=service,
        identity=trace + _identity(one.get("spanId")),
        parent=trace + parent if parent else b"",
        name=_text(one.get("name"))[:200],
        kind=kind,
        seconds=max(0, ended - begun) * _NANO,
        failed=_hashable(_map(one.get("status")).get("code")) in _FAILED,
        peer=peer_of(_attributes(one), kind),
        at=ended * _NANO,
    )


def _records(body: bytes, what: str, inner: str, read: Callable[[_Map, str], _T]) -> list[_T]:
    return [read(one, service_of(attributes)) for attributes, one in _inside(body, what, inner)]


def _inside(body: bytes, what: str, inner: str) -> Iterator[tuple[dict[str, str], _Map]]:
    """(attributes of the resource, record) for everything in a request."""
    try:
        read = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("this is not JSON", mend="send OTLP as JSON, or as protobuf") from error
    if not isinstance(read, dict):
        raise PayloadRejected("this is not an OTLP request", mend="send an object with resource" + what)
    for outer in _maps(read.get("resource" + what)):
        attributes = _attributes(_map(outer.get("resource")))
        for scope in _maps(outer.get("scope" + what)):
            for one in _maps(scope.get(inner)):
                yield attributes, one


def _attributes(one: _Map) -> dict[str, str]:
    return {_text(pair.get("key")): _value(pair.get("value")) for pair in _maps(one.get("attributes"))}


def _value(value: Any, depth: int = 0) -> str:
    """An `AnyValue` as text."""
    for kind, said in _map(value).items():
        if kind == "boolValue":
            return "true" if said else "false"
        if kind == "arrayValue" and depth < _DEEPEST:
            parts = [_value(one, depth + 1) for one in _maps(_map(said).get("values"))[:50]]
            return ("[" + ", ".join(parts) + "]")[:_LONGEST]
        if kind == "kvlistValue" and depth < _DEEPEST:
            pairs = _maps(_map(said).get("values"))[:50]
            parts = [f"{_text(one.get('key'))}={_value(one.get('value'), depth + 1)}" for one in pairs]
            return ("[" + ", ".join(parts) + "]")[:_LONGEST]
        if kind in ("stringValue", "intValue", "doubleValue", "bytesValue"):
            return _text(said)[:_LONGEST]
    return ""


def _map(value: Any) -> _Map:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[_Map]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)[:_LONGEST]


def _hashable(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else None


def _whole(value: Any) -> int:
    try:
        return min(max(int(value), -(2**63)), 2**64) if isinstance(value, (int, str, float)) else 0
    except (ValueError, OverflowError):
        return 0


def _number(value: Any) -> float:
    """As a float; not a number for what is none."""
    try:
        return float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return math.nan


def _identity(value: Any) -> bytes:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""
