"""Numbers of Tickless itself for Prometheus, in a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import Problems
from tickless.flow.desk.promise import Desk

RUN_STATES = ("pending", "running", "done", "failed", "undone", "stopped")
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = frozenset({"forwarded", "x-forwarded-for"})


class Received:
    """What this process received, by source."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._signals = Counter(
            "tickless_signals_received", "Signals read from payloads.", ["source"], registry=self.registry
        )
        self._quarantined = Counter(
            "tickless_payloads_quarantined", "Payloads put aside.", ["source"], registry=self.registry
        )

    def accepted(self, source: str, signals: int) -> None:
        self._signals.labels(source).inc(signals)

    def quarantined(self, source: str) -> None:
        self._quarantined.labels(source).inc()


class _House(Collector):
    """Read from the journal at the moment of the scrape."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        numbers = self._desk.numbers()
        cases = CounterMetricFamily("tickless_cases", "Cases since the beginning.", labels=["door"])
        for door, count in sorted(numbers.doors.items()):
            cases.add_metric([door], count)
        outcomes = GaugeMetricFamily("tickless_outcomes", "Ends of cases, as they stand today.", labels=["outcome"])
        for outcome, count in sorted(numbers.outcomes.items()):
            outcomes.add_metric([outcome], count)
        seconds = GaugeMetricFamily(
            "tickless_seconds_to_verified", "From the first signal to the verified end.", labels=["quantile"]
        )
        for quantile, value in sorted(numbers.seconds_to_verified.items()):
            if value is not None:
                seconds.add_metric([quantile], value)
        runs = GaugeMetricFamily("tickless_runs", "Runs of runbooks by state.", labels=["state"])
        with self._desk.journal.read() as tx:
            for state in RUN_STATES:
                runs.add_metric([state], tx.runs.count(tx.runs.table.c.state == state))
        yield from (cases, outcomes, seconds, runs)
        yield GaugeMetricFamily("tickless_cases_live", "Cases that need somebody to act.", value=numbers.live)
        waiting = numbers.waiting_for_approval
        yield GaugeMetricFamily("tickless_approvals_waiting", "Approvals asked for and not answered.", value=waiting)
        yield CounterMetricFamily(
            "tickless_signals_logged", "Signals in the log, both doors.", value=self._desk.journal.signals.head()
        )


def metrics_route(desk: Desk, entrance: Entrance, received: Received) -> Route:
    """`GET /metrics`: free for the machine itself, otherwise with a token that may read."""
    received.registry.register(_House(desk))
    ProcessCollector(registry=received.registry)

    def answer(request: Request) -> Response:
        if not _from_here(request):
            entrance.require(entrance.visitor(request), "read")
        body, kind = _encode(received.registry, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": kind})

    async def metrics(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route("/metrics", metrics, middleware=[Middleware(Problems)])


def _encode(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    encode, kind = exposition.choose_encoder(accept)
    return encode(registry), kind


def _from_here(request: Request) -> bool:
    """From this machine, and not through a proxy on it."""
    return (
        request.client is not None
        and request.client.host in _LOOPBACK
        and not any(name in request.headers for name in _FORWARDED)
    )
