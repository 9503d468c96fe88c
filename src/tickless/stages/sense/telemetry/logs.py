"""Logs that stream in: error messages that are new, and errors that come far more often than they used to. Bounded memory."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from tickless.stages.sense.patterns import Kept, Miner, Pattern
from tickless.stages.sense.patterns.bursts import Burst, Bursts
from tickless.stages.sense.telemetry.records import ERROR, LogLine

MOST_STREAMS: Final = 64
MOST_SHAPES: Final = 1_000
"""Of one stream."""
WARM_SECONDS: Final = 1_800.0
WARM_LINES: Final = 500
"""A stream must have been heard so long and so much before anything in it is new."""
GONE_AFTER: Final = 1_800.0
"""Seconds without it after which what was new is over."""
MOST_OPEN: Final = 5
"""New patterns of one stream that are told of at the same time: a release that rewords its messages is one piece of news."""
_ERROR_WORDS = re.compile(
    r"\b(?:error|errors|fail|failed|failure|fatal|exception|panic|critical|emerg|alert|abort(?:ed)?|refused|denied|timed out|"
    r"timeout|unreachable|corrupt(?:ed)?|segfault|oom)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LogNews:
    """Something about a pattern of a stream begins or ends. `usual` and `seen` are messages a minute, for a burst."""

    why: Literal["new", "burst"]
    source: str
    service: str
    pattern: Pattern
    example: str
    firing: bool
    usual: float = 0.0
    seen: float = 0.0


@dataclass(slots=True)
class Stream:
    """The messages of one service of one source."""

    since: float
    miner: Miner
    bursts: Bursts
    lines: int = 0
    errors: int = 0
    open: dict[str, tuple[Pattern, str, float]] = field(default_factory=dict)
    """What is new and goes on: fingerprint → pattern, example, last time."""
    bursting: dict[str, tuple[Pattern, str]] = field(default_factory=dict)

    def warm(self, now: float) -> bool:
        return self.lines > WARM_LINES and now - self.since > WARM_SECONDS


class Logs:
    """All streams. Not safe between threads."""

    def __init__(self) -> None:
        self.streams: OrderedDict[tuple[str, str], Stream] = OrderedDict()
        self.passed: Counter[str] = Counter()
        """By source: messages that were not read because there are too many streams."""

    def take(self, lines: Iterable[LogLine], *, source: str, now: float) -> list[LogNews]:
        """Take messages in as they arrive."""
        news: list[LogNews] = []
        for line in lines:
            stream = self._stream(source, line.service, now)
            if stream is None:
                self.passed[source] += 1
                continue
            stream.lines += 1
            learnt = stream.miner.learn(line.text)
            if is_error(line):
                stream.errors += 1
                news += _error(stream, source, line, pattern=learnt.pattern, new=learnt.new, now=now)
        return news

    def look(self, now: float) -> list[LogNews]:
        """What is over by now."""
        news: list[LogNews] = []
        for (source, service), stream in self.streams.items():
            for fingerprint, (pattern, example, last) in list(stream.open.items()):
                if now - last > GONE_AFTER:
                    del stream.open[fingerprint]
                    news.append(LogNews("new", source, service, pattern, example, firing=False))
            for burst in stream.bursts.look(now):
                known = stream.bursting.pop(burst.fingerprint, None)
                if known is not None:
                    news.append(_burst(burst, source, service, *known))
        return news

    def dump(self) -> list[dict[str, object]]:
        """What was learnt, as plain values; rates are learnt anew."""
        return [
            {"source": source, "service": service, "since": one.since, "lines": one.lines, "errors": one.errors,
             "open": [[list(pattern.words), example, last] for pattern, example, last in one.open.values()],
             "shapes": [[list(kept.words), kept.count, kept.made] for kept in one.miner.dump()]}
            for (source, service), one in self.streams.items()
        ]  # fmt: skip

    def restore(self, source: str, service: str, stream: Stream) -> None:
        """Put a stream back that was stored."""
        self.streams[source, service] = stream

    def _stream(self, source: str, service: str, now: float) -> Stream | None:
        found = self.streams.get((source, service))
        if found is None:
            if len(self.streams) >= MOST_STREAMS:
                return None
            found = self.streams[source, service] = Stream(now, Miner(most=MOST_SHAPES), Bursts(most=MOST_SHAPES))
        return found


def is_error(line: LogLine) -> bool:
    """Whether a message tells of an error: by its severity, or by its words where it has none."""
    return line.severity >= ERROR or (line.severity == 0 and _ERROR_WORDS.search(line.text[:500]) is not None)


def stream_of(stored: dict[str, object], *, since: float, shapes: Iterable[Kept]) -> Stream:
    """A stream as it was stored."""
    lines, errors = stored.get("lines"), stored.get("errors")
    return Stream(
        since,
        Miner.load(shapes, most=MOST_SHAPES),
        Bursts(most=MOST_SHAPES),
        lines=lines if isinstance(lines, int) else 0,
        errors=errors if isinstance(errors, int) else 0,
    )


def _error(stream: Stream, source: str, line: LogLine, *, pattern: Pattern, new: bool, now: float) -> list[LogNews]:
    news: list[LogNews] = []
    fingerprint = pattern.fingerprint
    if fingerprint in stream.open:
        known, example, _ = stream.open[fingerprint]
        stream.open[fingerprint] = known, example, now
    elif new and stream.warm(now) and len(stream.open) < MOST_OPEN:
        stream.open[fingerprint] = pattern, line.text, now
        news.append(LogNews("new", source, line.service, pattern, line.text, firing=True))
    burst = stream.bursts.count(fingerprint, now)
    if burst is not None:
        stream.bursting[fingerprint] = pattern, line.text
        news.append(_burst(burst, source, line.service, pattern, line.text))
    return news


def _burst(burst: Burst, source: str, service: str, pattern: Pattern, example: str) -> LogNews:
    return LogNews("burst", source, service, pattern, example, burst.state == "firing", burst.usual, burst.seen)
