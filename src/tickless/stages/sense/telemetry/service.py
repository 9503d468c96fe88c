"""The room of telemetry: what streams in is read and forgotten; what is unlike itself becomes a signal.

One room a process. Everything that changes it stands under one lock; arrays are worked on outside of Python's own lock, so that
other requests go on meanwhile.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tickless.domain.signal import Signal
from tickless.kit.log import get_logger
from tickless.stages.sense.patterns import Kept
from tickless.stages.sense.telemetry import (
    otlp_json,
    otlp_metrics,
    otlp_records,
    promql,
    remote_write_1,
    remote_write_2,
    snapshot,
    told,
)
from tickless.stages.sense.telemetry.batch import Batch
from tickless.stages.sense.telemetry.calls import Call, Calls, Operation
from tickless.stages.sense.telemetry.focus import keeping
from tickless.stages.sense.telemetry.focus.overlooking import Overlook
from tickless.stages.sense.telemetry.focus.room import Focus
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import Labels, fingerprint_of
from tickless.stages.sense.telemetry.logs import Logs, stream_of
from tickless.stages.sense.telemetry.metrics import BYTES_PER_SERIES, Metrics
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.records import LogLine, Span
from tickless.stages.sense.telemetry.red import Traffic

Form = Literal["otlp", "otlp_json", "remote_write_1", "remote_write_2"]
FILE: Final = "telemetry.npz"
_log = get_logger("sense")

_READ_METRICS: dict[Form, Callable[[bytes, SeriesIndex, Book], Batch]] = {
    "otlp": otlp_metrics.read_metrics,
    "otlp_json": otlp_json.read_metrics,
    "remote_write_1": remote_write_1.read,
    "remote_write_2": remote_write_2.read,
}
_READ_LOGS: dict[Form, Callable[[bytes], list[LogLine]]] = {
    "otlp": otlp_records.read_logs,
    "otlp_json": otlp_json.read_logs,
}
_READ_TRACES: dict[Form, Callable[[bytes], list[Span]]] = {
    "otlp": otlp_records.read_traces,
    "otlp_json": otlp_json.read_traces,
}


@dataclass(frozen=True)
class Arrived:
    """What came of a request: how much was taken, how much was refused and why, and what became a signal."""

    taken: int
    rejected: int = 0
    reason: str = ""
    histograms: int = 0
    exemplars: int = 0
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class SourceState:
    """What one source sent since the process began, and what is kept of it."""

    source: str
    series: int
    points: int
    refused: int
    lines: int
    spans: int
    last: dt.datetime | None


@dataclass(frozen=True)
class Unusual:
    """A series that is unlike itself. `series`: its fingerprint."""

    series: str
    source: str
    labels: Labels
    since: dt.datetime


@dataclass(frozen=True)
class State:
    """How the room is."""

    series: int
    room: int
    bytes: int
    patterns: int
    streams: int
    firing: int
    sources: tuple[SourceState, ...]


class TelemetryRoom:
    """Metrics, logs and traces of every source. Safe between threads."""

    def __init__(self, limits: TelemetrySettings, *, file: Path | None = None) -> None:
        self._limits = limits
        self._file = file
        self._lock = threading.Lock()
        self._metrics = self._empty()
        self._logs, self._calls = Logs(), Calls()
        self._spans: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self._last: dict[str, dt.datetime] = {}
        self._changed = False
        self.overlook = self._overlook()
        """For people: what is looked at closely, what is foreseen, what was answered."""
        if file is not None:
            self._load(file)

    def metrics(self, body: bytes, *, form: Form, source: str, now: dt.datetime) -> Arrived:
        """Take in a request of metrics. Raises `PayloadRejected` for bytes that are none; then nothing was taken in."""
        read = _READ_METRICS[form]
        return self._take(lambda index, book: read(body, index, book), book=form, source=source, now=now)

    def answer(self, body: bytes, metric: str, *, source: str, now: dt.datetime) -> Arrived:
        """Take in what a Prometheus answered to a query that is called `metric`. Raises `PayloadRejected`."""
        return self._take(
            lambda index, book: promql.read_answer(body, metric, index, book), book="promql", source=source, now=now
        )

    def _take(self, read: Callable[[SeriesIndex, Book], Batch], *, book: str, source: str, now: dt.datetime) -> Arrived:
        with self._lock:
            self._note(source, now)
            index = self._metrics.index
            index.now = now.timestamp()
            batch = read(index, index.book(source, book))
            taken = self._metrics.take(batch, source=source, now=now.timestamp())
            signals = self.overlook.began(taken.anomalies, now=now)
        reasons = []
        if taken.refused:
            limit = "telemetry.series_of_source" if len(index) < self._limits.series else "telemetry.series"
            reasons.append(f"{taken.refused} values of new series are over the limit ({limit})")
        if taken.ahead:
            reasons.append(f"{taken.ahead} values are from the future: is the sender's clock right?")
        return Arrived(
            taken.points, taken.refused + taken.ahead, "; ".join(reasons), batch.histograms, batch.exemplars, signals
        )

    def logs(self, body: bytes, *, form: Form, source: str, now: dt.datetime) -> Arrived:
        """Take in a request of logs. Raises `PayloadRejected`."""
        lines = _READ_LOGS[form](body)
        with self._lock:
            self._note(source, now)
            before = self._logs.passed[source]
            news = self._logs.take(lines, source=source, now=now.timestamp())
            passed = self._logs.passed[source] - before
            self._lines[source] += len(lines) - passed
        reason = f"{passed} messages of services beyond those that are watched" if passed else ""
        signals = tuple(told.of_log(one, now=now) for one in news)
        return Arrived(len(lines) - passed, passed, reason, signals=signals)

    def traces(self, body: bytes, *, form: Form, source: str, now: dt.datetime) -> Arrived:
        """Take in a request of spans. Raises `PayloadRejected`."""
        spans = _READ_TRACES[form](body)
        with self._lock:
            self._note(source, now)
            self._calls.take(spans)
            self._spans[source] += len(spans)
        return Arrived(len(spans))

    def look(self, now: dt.datetime) -> tuple[Signal, ...]:
        """What has begun or is over by now; forgets what has gone cold. To be called every few seconds."""
        moment = now.timestamp()
        found = self.overlook.look(now=now, cold=moment - self._limits.cold_after)
        with self._lock:
            news = self._logs.look(moment)
        return found + tuple(told.of_log(one, now=now) for one in news)

    def unusual(self) -> list[Unusual]:
        """The series that are unlike themselves now, the newest first."""
        closer = self.overlook.unlike()
        with self._lock:
            open_ = {**self._metrics.firing, **closer}
            found = [(since, self._metrics.index.series[slot]) for slot, since in open_.items()]
        told = [
            Unusual(
                fingerprint_of(one.source, one.labels), one.source, one.labels, dt.datetime.fromtimestamp(at, dt.UTC)
            )
            for at, one in found
            if one
        ]
        return sorted(told, key=lambda one: one.since, reverse=True)

    def calls(self) -> list[Call]:
        """Who calls whom, as the traces say."""
        with self._lock:
            return self._calls.calls()

    def traffic(self, now: dt.datetime) -> Traffic:
        """Rate, errors and duration of services and calls by the minute, as the traces say."""
        with self._lock:
            return self._calls.red.traffic(now.timestamp())

    def operations(self) -> list[Operation]:
        """Operations of services, as the traces say."""
        with self._lock:
            return self._calls.operations()

    def state(self) -> State:
        """How it is now."""
        with self._lock:
            index, logs = self._metrics.index, self._logs
            sources = tuple(
                SourceState(
                    source,
                    index.count[source],
                    self._metrics.points[source],
                    self._metrics.refused[source],
                    self._lines[source],
                    self._spans[source],
                    self._last.get(source),
                )
                for source in sorted({*self._last, *(one for one, count in index.count.items() if count)})
            )
            patterns = sum(len(stream.miner) for stream in logs.streams.values())
            return State(
                series=len(index), room=self._limits.series, bytes=index.room * BYTES_PER_SERIES, patterns=patterns,
                streams=len(logs.streams), firing=len(self._metrics.firing), sources=sources,
            )  # fmt: skip

    def save(self) -> None:
        """Write what was learnt, if there is a file for it and something changed. Raises OSError."""
        if self._file is None or not self._changed:
            return
        with self.overlook.closer, self._lock:
            self._changed = False
            arrays, named = self._metrics.export()
            arrays["focus"], focus = keeping.dump(self.overlook.focus, self._metrics.index)
            said = {"series": named, "logs": self._logs.dump(), "calls": self._calls.dump(), "focus": focus,
                    "answered": self.overlook.answered}  # fmt: skip
        snapshot.write(self._file, arrays, said)

    def _empty(self) -> Metrics:
        limits = self._limits
        return Metrics(
            most=limits.series, most_of_source=limits.series_of_source, alarms_per_week=limits.alarms_per_week
        )

    def _overlook(self) -> Overlook:
        focus = Focus(self._limits, self._metrics.index, self._metrics.ear, heard_of=self._heard_of)
        return Overlook(self._metrics, self._logs, focus, self._lock)

    def _heard_of(self, source: str) -> float:
        last = self._last.get(source)
        return last.timestamp() if last is not None else 0.0

    def _note(self, source: str, now: dt.datetime) -> None:
        self._last[source] = now
        self._changed = True

    def _load(self, file: Path) -> None:
        found = snapshot.read(file)
        if found is None:
            if file.exists():
                _log.warning("what telemetry learnt cannot be read and is learnt anew", file=file.name)
            return
        arrays, said = found
        try:
            self._metrics.restore(arrays, said["series"])
            for one in said["logs"]:
                shapes = [Kept(tuple(map(str, words)), int(count), bool(made)) for words, count, made in one["shapes"]]
                stream = stream_of(one, since=float(one["since"]), shapes=shapes)
                self._logs.restore(str(one["source"]), str(one["service"]), stream)
            rows = [(*row[:5], {int(step): count for step, count in row[5].items()}) for row in said["calls"]]
            self._calls = Calls.load(rows)
            self._load_focus(arrays, said)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            _log.warning("what telemetry learnt is not whole and is learnt anew", reason=type(error).__name__)
            self._metrics, self._logs, self._calls = self._empty(), Logs(), Calls()
            self.overlook = self._overlook()

    def _load_focus(self, arrays: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> None:
        """An older file knows nothing of it."""
        index, focus = self._metrics.index, self.overlook.focus
        share = self._metrics.per_week / max(1, len(index))
        live = np.flatnonzero(np.isfinite(index.seen))
        focus.admit(self._metrics.bank, live=live, troubled=frozenset(), share=share)
        if "focus" in said:
            keeping.load(focus, index, arrays["focus"], said["focus"], share=share)
            self.overlook.answered.update({str(series): float(one) for series, one in said["answered"].items()})
            focus.admit(self._metrics.bank, live=live, troubled=frozenset(), share=share)
