"""OTLP as JSON: whatever stands where a value is expected, it is read or refused, never a defect of ours."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import PayloadRejected
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.service import TelemetryRoom

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
AT = str(int(NOW.timestamp() * 1e9))
POINT = {"timeUnixNano": AT, "asDouble": 4.5, "attributes": [{"key": "route", "value": {"stringValue": "cart"}}]}
RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
METRICS = {
    "resourceMetrics": [{
        "resource": RESOURCE,
        "scopeMetrics": [{
            "metrics": [
                {"name": "memory", "gauge": {"dataPoints": [POINT]}},
                {"name": "orders", "sum": {"isMonotonic": True, "aggregationTemporality": 2, "dataPoints": [POINT]}},
                {"name": "latency", "histogram": {
                    "aggregationTemporality": 1,
                    "dataPoints": [{"timeUnixNano": AT, "count": "4", "sum": 2.5, "bucketCounts": ["1"]}]}},
            ],
        }],
    }],
}  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def places(document: Any) -> list[tuple[Any, Any]]:
    if not isinstance(document, (dict, list)):
        return []
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    return [(document, key) for key in keys] + [place for key in keys for place in places(document[key])]


WHOLE = TelemetryRoom(TelemetrySettings()).metrics(json.dumps(METRICS).encode(), form="otlp_json", source="y", now=NOW)


def taken(document: Any) -> None:
    """It is read or rejected, and what comes after it is read as ever."""
    room = TelemetryRoom(TelemetrySettings())
    with suppress(PayloadRejected):
        room.metrics(json.dumps(document).encode(), form="otlp_json", source="x", now=NOW)
    after = room.metrics(json.dumps(METRICS).encode(), form="otlp_json", source="y", now=NOW)
    assert (after.taken, after.rejected) == (WHOLE.taken, 0)
    assert after.taken > 0


@given(data=st.data())
def test_anything_anywhere(data: st.DataObject) -> None:
    document = json.loads(json.dumps(METRICS))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(document)))
        holder[key] = data.draw(ODD)
    taken(document)


@pytest.mark.parametrize("value", [{}, [], {"a": []}, None, True, 2.5, "delta"])
def test_a_temporality_of_any_kind(value: object) -> None:
    document = json.loads(json.dumps(METRICS))
    for metric in document["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][1:]:
        (metric.get("sum") or metric["histogram"])["aggregationTemporality"] = value
    taken(document)
