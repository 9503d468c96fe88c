"""A fleet whose metrics are sent in every form that telemetry comes in: a seeded walk, encoded by the protobuf runtime."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import cramjam
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from bench.prometheus_messages import write_v1, write_v2

HOSTS = 40
METRICS = 25
SETS = 20
"""Label sets of a metric on one host: 20,000 series in all."""
A_REQUEST = 2_000
"""Samples in one request of remote-write, as Prometheus sends them."""
HOSTS_A_REQUEST = 8
"""Hosts in one request of OTLP, as a collector puts them together: 4,000 points."""
_ROUTES = ("login", "search", "cart", "orders", "health")
_CODES = ("200", "204", "400", "500")
_GAUGE = 2
"""The type in 2.0's metadata; counters are known by their names."""
_IDLE = 5
"""Every fifth series stands at zero, as counters of errors do."""


class Fleet:
    """Series and their values. A round moves every value and gives it as requests, already packed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.names = [(host, metric, one) for host in range(HOSTS) for metric in range(METRICS) for one in range(SETS)]
        self._values = [0.0 if number % _IDLE == 0 else 100.0 for number in range(len(self.names))]

    def __len__(self) -> int:
        return len(self.names)

    def remote_write(self, version: int, time: float) -> Iterator[bytes]:
        """A round at that time (seconds since 1970) by remote-write 1.0 or 2.0, packed with snappy.

        Hosts come in another order every time, so that requests are cut elsewhere; what a host says keeps its order.
        """
        self._move()
        at, of_host = int(time * 1_000), METRICS * SETS
        order = [host * of_host + one for host in self._order(HOSTS, shuffled=True) for one in range(of_host)]
        shift = self._random.randrange(of_host)
        order = order[shift:] + order[:shift]
        for first in range(0, len(order), A_REQUEST):
            part = order[first : first + A_REQUEST]
            sent = [(_labels(*self.names[number]), [(at, self._values[number])]) for number in part]
            body = write_v1(sent) if version == 1 else write_v2(sent, kind=_GAUGE)
            yield bytes(cramjam.snappy.compress_raw(body))

    def otlp(self, time: float, *, shuffled: bool) -> Iterator[bytes]:
        """A round by OTLP. Shuffled: metrics and points stand in another order every time."""
        self._move()
        for first in range(0, HOSTS, HOSTS_A_REQUEST):
            request = ExportMetricsServiceRequest()
            for host in range(first, min(first + HOSTS_A_REQUEST, HOSTS)):
                self._host(request.resource_metrics.add(), host, int(time * 1e9), shuffled=shuffled)
            yield bytes(request.SerializeToString())

    def _host(self, outer: Any, host: int, at: int, *, shuffled: bool) -> None:
        _attribute(outer.resource, "service.name", f"service-{host % 8}")
        _attribute(outer.resource, "service.instance.id", f"host-{host:03d}")
        scope = outer.scope_metrics.add()
        for metric in self._order(METRICS, shuffled=shuffled):
            one = scope.metrics.add(name=_name(metric))
            points: Any = one.gauge.data_points
            if metric % 2:
                one.sum.is_monotonic, one.sum.aggregation_temporality = True, 2
                points = one.sum.data_points
            for number in self._order(SETS, shuffled=shuffled):
                value = self._values[(host * METRICS + metric) * SETS + number]
                point = points.add(time_unix_nano=at, start_time_unix_nano=at - 10**9, as_double=value)
                for key, said in _set(number):
                    _attribute(point, key, said)

    def _move(self) -> None:
        for number, (_, metric, _) in enumerate(self.names):
            if number % _IDLE:
                self._values[number] += self._random.expovariate(1) if metric % 2 else self._random.gauss(0, 1)

    def _order(self, count: int, *, shuffled: bool) -> list[int]:
        return self._random.sample(range(count), count) if shuffled else list(range(count))


def _name(metric: int) -> str:
    return f"shop_metric_{metric:02d}_total" if metric % 2 else f"shop_metric_{metric:02d}"


def _set(number: int) -> tuple[tuple[str, str], ...]:
    return ("method", "GET"), ("route", _ROUTES[number % 5]), ("status", _CODES[number // 5])


def _labels(host: int, metric: int, number: int) -> list[tuple[str, str]]:
    where = f"host-{host:03d}.example.internal:9100"
    return [("__name__", _name(metric)), ("instance", where), ("job", f"service-{host % 8}"), *_set(number)]


def _attribute(of: Any, key: str, value: str) -> None:
    of.attributes.add(key=key).value.string_value = value
