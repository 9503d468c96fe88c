"""What clients of telemetry send is read to the last value, in every form; whatever else arrives is rejected."""

from __future__ import annotations

import base64
import contextlib
import json
import math
from collections.abc import Sequence
from typing import Any

import pytest
from bench.prometheus_messages import WriteRequest, write_v1, write_v2
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tickless.domain.errors import PayloadRejected
from tickless.stages.sense.telemetry import otlp_json, otlp_metrics, otlp_records, remote_write_1, remote_write_2
from tickless.stages.sense.telemetry.index import PASSED, REFUSED, SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind, Labels, labels_of

MS = 1_770_000_000_000
Sent = Sequence[tuple[Sequence[tuple[str, str]], Sequence[tuple[int, float]]]]
Value = tuple[Labels, float, float]


def new_index(most: int = 1_000) -> SeriesIndex:
    return SeriesIndex(most=most, most_of_source=most, grown=lambda room: None)


def values(read: Any, body: bytes, index: SeriesIndex, form: str = "test") -> list[Value]:
    """(labels, time, value) of everything that was read and has a place."""
    slots, times, numbers = read(body, index, index.book("one", form)).joined()
    found = []
    for slot, time, number in zip(slots.tolist(), times.tolist(), numbers.tolist(), strict=True):
        series = index.series[slot] if slot >= 0 else None
        if series is not None:
            found.append((series.labels, round(time, 3), number))
    return found


def expected(sent: Sent) -> list[Value]:
    return [(labels_of(labels), time / 1_000, value) for labels, samples in sent for time, value in samples]


names = st.sampled_from(["up", "load", "requests_total", "latency_sum", "größe"])
labels = st.dictionaries(
    st.sampled_from(["job", "instance", "zone", "pod"]), st.text(min_size=1, max_size=300), max_size=4
)
samples = st.lists(
    st.tuples(st.integers(-(2**40), 2**50), st.floats(allow_nan=False))
    | st.tuples(st.integers(MS, MS + 10**9), st.floats(allow_nan=False) | st.just(0.0)),
    max_size=3,
)
sendings = st.lists(st.tuples(names, labels, samples), max_size=12).map(
    lambda rows: [((("__name__", name), *found.items()), taken) for name, found, taken in rows]
)


@given(sendings, st.booleans())
def test_remote_write_of_both_versions_says_what_was_sent(sent: Sent, again: bool) -> None:
    for write, read in ((write_v1, remote_write_1.read), (write_v2, remote_write_2.read)):
        index = new_index()
        for _ in range(1 + 2 * again):  # the second time, series are known by their bytes, the third by their order
            assert sorted(values(read, write(sent), index)) == sorted(expected(sent))


def test_what_is_known_by_its_bytes_is_read_as_what_is_not() -> None:
    sent = [
        ((("__name__", "up"), ("instance", f"host-{number}")), [(MS + number, float(number))]) for number in range(300)
    ]
    for write, read in ((write_v1, remote_write_1.read), (write_v2, remote_write_2.read)):
        index = new_index()
        first = values(read, write(sent), index)
        known = dict(index.book("one", "test").places)
        assert first == expected(sent)
        assert values(read, write(sent), index) == first
        assert index.book("one", "test").places == known
        assert len(known) == len(index) == 300


def test_series_with_more_than_one_sample_or_with_exemplars_have_no_short_way() -> None:
    request = WriteRequest()
    for value in (1.0, 2.0):
        one = request.timeseries.add()
        one.labels.add(name="__name__", value="up")
        one.samples.add(value=value, timestamp=MS)
        one.exemplars.add(value=7.0, timestamp=MS)
        one.histograms.add(count_int=3, timestamp=MS)
    request.metadata.add(metric_family_name="up", help="is it up")
    index = new_index()
    batch = remote_write_1.read(request.SerializeToString(), index, index.book("one", "v1"))
    assert (batch.exemplars, batch.histograms) == (2, 2)
    assert values(remote_write_1.read, request.SerializeToString(), index)[0] == (
        (("__name__", "up"),),
        MS / 1_000,
        1.0,
    )


def test_a_counter_is_known_by_its_type_or_its_name() -> None:
    index = new_index()
    remote_write_2.read(write_v2([((("__name__", "jobs"),), [(MS, 1.0)])], kind=1), index, index.book("one", "v2"))
    remote_write_2.read(write_v2([((("__name__", "x_total"),), [(MS, 1.0)])]), index, index.book("one", "v2"))
    remote_write_2.read(write_v2([((("__name__", "load"),), [(MS, 1.0)])], kind=2), index, index.book("one", "v2"))
    assert [one.kind for one in index.series if one] == [Kind.COUNTER, Kind.COUNTER, Kind.GAUGE]


def test_buckets_are_passed_and_what_has_no_room_is_refused() -> None:
    index = new_index(most=1)
    sent = [((("__name__", name),), [(MS, 1.0)]) for name in ("a", "b", "b_bucket")]
    for _ in range(2):
        slots, _, _ = remote_write_1.read(write_v1(sent), index, index.book("one", "v1")).joined()
        assert sorted(slots.tolist()) == sorted([0, REFUSED, PASSED])
    index.seen[0] = 5.0
    assert index.evict(before=10.0).tolist() == [0]
    slots, _, _ = remote_write_1.read(write_v1(sent[1:]), index, index.book("one", "v1")).joined()
    assert sorted(slots.tolist()) == [PASSED, 0]


def metrics_request() -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    outer = request.resource_metrics.add()
    for key, value in (("service.name", "shop"), ("service.version", "1.2"), ("service.instance.id", "i-1")):
        outer.resource.attributes.add(key=key).value.string_value = value
    scope = outer.scope_metrics.add()
    for name, kind in (("queue.length", "gauge"), ("orders", "sum")):
        metric = scope.metrics.add(name=name, unit="1", description="how many")
        points = getattr(metric, kind)
        if kind == "sum":
            points.is_monotonic, points.aggregation_temporality = True, 2
        for region in ("north", "south"):
            point = points.data_points.add(time_unix_nano=MS * 10**6, start_time_unix_nano=(MS - 5_000) * 10**6)
            point.attributes.add(key="net.region").value.string_value = region
            point.attributes.add(key="shard").value.int_value = 7
            if kind == "sum":
                point.as_int = -12
            else:
                point.as_double = 0.25
    histogram = scope.metrics.add(name="latency").histogram
    histogram.aggregation_temporality = 1
    one = histogram.data_points.add(
        time_unix_nano=MS * 10**6, count=4, sum=2.5, bucket_counts=[1, 3], explicit_bounds=[1.0]
    )
    one.attributes.add(key="route").value.string_value = "/"
    summary = scope.metrics.add(name="size").summary.data_points.add(time_unix_nano=MS * 10**6, count=2, sum=9.0)
    summary.quantile_values.add(quantile=0.5, value=4.0)
    return request


OF_RESOURCE = (("instance", "i-1"), ("service", "shop"))


def named(name: str, **more: str) -> Labels:
    return tuple(sorted([*OF_RESOURCE, ("__name__", name), *more.items()]))


EXPECTED = [
    (named("queue.length", net_region="north", shard="7"), MS / 1_000, 0.25),
    (named("queue.length", net_region="south", shard="7"), MS / 1_000, 0.25),
    (named("orders", net_region="north", shard="7"), MS / 1_000, -12.0),
    (named("orders", net_region="south", shard="7"), MS / 1_000, -12.0),
    (named("latency_count", route="/"), MS / 1_000, 4.0),
    (named("latency_sum", route="/"), MS / 1_000, 2.5),
    (named("size_count"), MS / 1_000, 2.0),
    (named("size_sum"), MS / 1_000, 9.0),
    (named("size", quantile="0.5"), MS / 1_000, 4.0),
]


def as_json(request: Any) -> bytes:
    """As OTLP's JSON has it: ids in hexadecimal, enumerations as numbers."""
    said = MessageToDict(request, use_integers_for_enums=True)

    def mend(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: _hex(one) if key in ("traceId", "spanId", "parentSpanId") else mend(one)
                for key, one in value.items()
            }
        return [mend(one) for one in value] if isinstance(value, list) else value

    return json.dumps(mend(said)).encode()


def _hex(said: str) -> str:
    return base64.b64decode(said).hex()


def test_otlp_metrics_say_the_same_in_protobuf_and_in_json() -> None:
    request = metrics_request()
    kinds = {Kind.GAUGE: 3, Kind.COUNTER: 4, Kind.DELTA: 2}
    for read, body in (
        (otlp_metrics.read_metrics, request.SerializeToString()),
        (otlp_json.read_metrics, as_json(request)),
    ):
        index = new_index()
        for _ in range(3):
            assert sorted(values(read, body, index)) == sorted(EXPECTED)
        assert {kind: sum(one is not None and one.kind == kind for one in index.series) for kind in kinds} == kinds


def test_a_request_known_as_a_whole_is_read_with_its_new_values() -> None:
    request = metrics_request()
    del request.resource_metrics[0].scope_metrics[0].metrics[2:]
    index = new_index()
    for turn in range(4):
        wanted = []
        for metric in request.resource_metrics[0].scope_metrics[0].metrics:
            for point in (metric.gauge if metric.HasField("gauge") else metric.sum).data_points:
                point.time_unix_nano = (MS + 1_000 * turn) * 10**6
                point.start_time_unix_nano = point.time_unix_nano - 10**9
                point.as_double = turn + len(wanted) / 8
                wanted.append(((MS + 1_000 * turn) / 1_000, turn + len(wanted) / 8))
        found = values(otlp_metrics.read_metrics, request.SerializeToString(), index)
        assert [(time, value) for _, time, value in found] == wanted
        assert [labels for labels, _, _ in found] == [labels for labels, _, _ in EXPECTED[:4]]
    assert index.book("one", "test").skeletons
    index.evict(before=math.inf)
    again = values(otlp_metrics.read_metrics, request.SerializeToString(), index)
    assert [labels for labels, _, _ in again] == [labels for labels, _, _ in EXPECTED[:4]]


def test_logs_and_traces_say_the_same_in_protobuf_and_in_json() -> None:
    logs = ExportLogsServiceRequest()
    outer = logs.resource_logs.add()
    outer.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope = outer.scope_logs.add()
    scope.log_records.add(severity_number=17, time_unix_nano=5).body.string_value = "disk full"
    nested = scope.log_records.add().body.kvlist_value.values.add(key="a").value.array_value
    nested.values.add().int_value = 3
    nested.values.add().bool_value = True
    read = otlp_records.read_logs(logs.SerializeToString())
    assert read == otlp_json.read_logs(as_json(logs))
    assert [(one.service, one.severity, one.text) for one in read] == [
        ("shop", 17, "disk full"),
        ("shop", 0, "[a=[3, true]]"),
    ]
    traces = ExportTraceServiceRequest()
    spans = traces.resource_spans.add().scope_spans.add().spans
    span = spans.add(trace_id=b"t" * 16, span_id=b"s" * 8, parent_span_id=b"p" * 8, name="GET /", kind=3,
                     start_time_unix_nano=10**18, end_time_unix_nano=10**18 + 5 * 10**8)  # fmt: skip
    span.status.code = 2
    span.attributes.add(key="db.system").value.string_value = "postgresql"
    found = otlp_records.read_traces(traces.SerializeToString())
    assert found == otlp_json.read_traces(as_json(traces))
    assert (found[0].parent, found[0].failed, found[0].peer, found[0].seconds) == (
        b"t" * 16 + b"p" * 8,
        True,
        "postgresql",
        0.5,
    )


READERS = [
    lambda body: remote_write_1.read(body, new_index(), new_index().book("one", "")),
    lambda body: remote_write_2.read(body, new_index(), new_index().book("one", "")),
    lambda body: otlp_metrics.read_metrics(body, new_index(), new_index().book("one", "")),
    otlp_records.read_logs,
    otlp_records.read_traces,
    lambda body: otlp_json.read_metrics(body, new_index(), new_index().book("one", "")),
    otlp_json.read_logs,
    otlp_json.read_traces,
]
GOOD = [
    write_v1([((("__name__", "up"), ("job", "x")), [(MS, 1.0)])] * 3),
    write_v2([((("__name__", "up"), ("job", "x")), [(MS, 1.0)])] * 3),
    metrics_request().SerializeToString(),
    as_json(metrics_request()),
]


@pytest.mark.parametrize("reader", range(len(READERS)))
@settings(max_examples=150)
@given(data=st.data())
def test_whatever_arrives_is_read_or_rejected(reader: int, data: st.DataObject) -> None:
    body = bytearray(
        data.draw(st.sampled_from(GOOD)) if data.draw(st.booleans()) else data.draw(st.binary(max_size=200))
    )
    for _ in range(data.draw(st.integers(0, 6))):
        if body:
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PayloadRejected):
        READERS[reader](bytes(body[: data.draw(st.integers(0, len(body)))]))


@settings(max_examples=150)
@given(data=st.data())
def test_known_bytes_do_not_make_the_reader_trust_broken_ones(data: st.DataObject) -> None:
    for write, read in ((write_v1, remote_write_1.read), (write_v2, remote_write_2.read)):
        index = new_index()
        good = write([((("__name__", "up"), ("job", "x")), [(MS, 1.0)])] * 3)
        for _ in range(3):  # new, known by their bytes, known by their order
            read(good, index, index.book("one", ""))
        body = bytearray(good)
        for _ in range(data.draw(st.integers(1, 4))):
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        fresh = new_index()
        try:
            wanted = sorted(map(repr, values(read, bytes(body), fresh)))
        except PayloadRejected:
            with pytest.raises(PayloadRejected):
                read(bytes(body), index, index.book("one", ""))
            continue
        assert sorted(map(repr, values(read, bytes(body), index, ""))) == wanted
