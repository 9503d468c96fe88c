"""Prometheus' remote-write messages for the protobuf runtime, described here field by field; our reader has no part in it.

After prometheus/prometheus `prompb/types.proto`, `prompb/remote.proto` and `prompb/io/prometheus/write/v2/types.proto`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_TYPES: Final[Mapping[str, int]] = {"double": 1, "int64": 3, "string": 9, "message": 11, "bytes": 12, "uint32": 13}
_Fields = Sequence[tuple[str, int, str]]

_V1: Final[Mapping[str, _Fields]] = {
    "Label": [("name", 1, "string"), ("value", 2, "string")],
    "Sample": [("value", 1, "double"), ("timestamp", 2, "int64")],
    "Exemplar": [("labels", 1, "*Label"), ("value", 2, "double"), ("timestamp", 3, "int64")],
    "Histogram": [("count_int", 1, "int64"), ("sum", 3, "double"), ("timestamp", 15, "int64")],
    "TimeSeries": [
        ("labels", 1, "*Label"),
        ("samples", 2, "*Sample"),
        ("exemplars", 3, "*Exemplar"),
        ("histograms", 4, "*Histogram"),
    ],
    "Metadata": [("type", 1, "uint32"), ("metric_family_name", 2, "string"), ("help", 4, "string")],
    "WriteRequest": [("timeseries", 1, "*TimeSeries"), ("metadata", 3, "*Metadata")],
}
_V2: Final[Mapping[str, _Fields]] = {
    "Sample": [("value", 1, "double"), ("timestamp", 2, "int64"), ("start_timestamp", 3, "int64")],
    "Metadata": [("type", 1, "uint32"), ("help_ref", 3, "uint32"), ("unit_ref", 4, "uint32")],
    "TimeSeries": [
        ("labels_refs", 1, "*uint32"),
        ("samples", 2, "*Sample"),
        ("metadata", 5, "Metadata"),
        ("created_timestamp", 6, "int64"),
    ],
    "Request": [("symbols", 4, "*string"), ("timeseries", 5, "*TimeSeries")],
}


def _describe(package: str, messages: Mapping[str, _Fields]) -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            repeated, plain = kind.startswith("*"), kind.removeprefix("*")
            label = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED if repeated else 1
            one = message.field.add(name=field, number=number, label=label, type=_TYPES.get(plain, _TYPES["message"]))
            if plain not in _TYPES:
                one.type_name = f".{package}.{plain}"
    return file


def _class(package: str, messages: Mapping[str, _Fields], name: str) -> Any:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_describe(package, messages))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))


WriteRequest: Final[Any] = _class("bench_write_v1", _V1, "WriteRequest")
Request: Final[Any] = _class("bench_write_v2", _V2, "Request")
Labels = Sequence[tuple[str, str]]


def write_v1(series: Iterable[tuple[Labels, Sequence[tuple[int, float]]]]) -> bytes:
    """Series with (milliseconds since 1970, value) each, as 1.0 sends them."""
    request = WriteRequest()
    for labels, samples in series:
        one = request.timeseries.add()
        for name, value in labels:
            one.labels.add(name=name, value=value)
        for time, number in samples:
            one.samples.add(value=number, timestamp=time)
    return bytes(request.SerializeToString())


def write_v2(series: Iterable[tuple[Labels, Sequence[tuple[int, float]]]], *, kind: int = 0) -> bytes:
    """The same as 2.0 sends them, with metadata of that type where it is not 0."""
    request = Request()
    numbers: dict[str, int] = {"": 0}
    for labels, samples in series:
        one = request.timeseries.add()
        for pair in labels:
            one.labels_refs.extend(numbers.setdefault(word, len(numbers)) for word in pair)
        for time, number in samples:
            one.samples.add(value=number, timestamp=time)
        if kind:
            one.metadata.type = kind
    request.symbols.extend(numbers)
    return bytes(request.SerializeToString())
