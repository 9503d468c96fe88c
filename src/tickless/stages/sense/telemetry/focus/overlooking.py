"""What the room of telemetry shows, and what people tell it: the part of the room that is for people, not for senders."""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from tickless.domain.errors import NotFound
from tickless.domain.sighting import Point, Sighting
from tickless.domain.signal import Signal
from tickless.stages.sense.telemetry.focus import telling, views
from tickless.stages.sense.telemetry.focus.room import Focus
from tickless.stages.sense.telemetry.focus.telling import Told
from tickless.stages.sense.telemetry.focus.views import (
    BudgetView,
    CloseView,
    Foreseen,
    PatternView,
    SeriesView,
)
from tickless.stages.sense.telemetry.labels import Labels, fingerprint_of
from tickless.stages.sense.telemetry.logs import Logs
from tickless.stages.sense.telemetry.metrics import Anomaly, Metrics

MOST_SIGHTINGS: Final = 1_000
"""That wait to be stored."""
LISTED: Final = 100


class Overlook:
    """Stands beside the room, with its lock. Whoever takes both locks takes the closer one first."""

    def __init__(self, metrics: Metrics, logs: Logs, focus: Focus, lock: threading.Lock) -> None:
        self._metrics, self._logs, self.focus, self._lock = metrics, logs, focus, lock
        self.closer = threading.Lock()
        self.troubled: frozenset[str] = frozenset()
        """Services that cases are open about: their series are looked at closely."""
        self._sightings: deque[Sighting] = deque(maxlen=MOST_SIGHTINGS)
        self.answered: dict[str, float] = {}
        """Series → powers of ten by which answers have made its alarms rarer."""
        self._slots: dict[str, int] = {}
        self._known = 0
        self._late: list[Told] = []
        self._generation = -1

    def began(self, anomalies: Iterable[Anomaly], *, now: dt.datetime) -> tuple[Signal, ...]:
        """Signals of what the bank found; their pictures wait. The room's lock is held."""
        bank, told = self._metrics.bank, []
        for one in anomalies:
            before = self.focus.minutes(one.slot, bank) if one.firing else ()
            told.append(self.focus.anomaly(one, before, now=now))
        return self.keep(told)

    def look(self, *, now: dt.datetime, cold: float) -> tuple[Signal, ...]:
        """Settle the baselines, look closely, forget what was last written before `cold`."""
        metrics, focus = self._metrics, self.focus
        focus.since = focus.since or now.timestamp()
        with self.closer:
            with self._lock:
                found = self.began(metrics.settle(now.timestamp()), now=now)
                heard = metrics.ear.heard()
                self._admit()
            told, self._late = [*self._late, *focus.work(heard, now=now)], []
            with self._lock:
                told += focus.leave(np.flatnonzero(metrics.index.seen < cold).tolist(), metrics.bank, now=now)
                gone = self.began(metrics.evict(before=cold), now=now)
        return (*found, *self.keep(told), *gone)

    def keep(self, told: Iterable[Told]) -> tuple[Signal, ...]:
        """The signals; the sightings are kept until somebody stores them."""
        listed = list(told)
        self._sightings.extend(one.sighting for one in listed if one.sighting is not None)
        return tuple(one.signal for one in listed)

    def sightings(self) -> list[Sighting]:
        """What was seen since this was asked last."""
        seen = []
        while self._sightings:
            seen.append(self._sightings.popleft())
        return seen

    def answer(self, wanted: Mapping[str, float]) -> None:
        """Make alarms of series rarer or easier by so many powers of ten in all, by what people said of them."""
        for series, decades in wanted.items():
            more = decades - self.answered.get(series, 0.0)
            if more:
                self._forgive(series, more, decades)

    def series(self, fingerprint: str) -> SeriesView:
        """One series. Raises `NotFound`."""
        with self.closer, self._lock:
            return views.series_view(self._metrics, self.focus, self._slot(fingerprint))

    def named(self, part: str = "", *, limit: int = LISTED) -> list[tuple[str, str, Labels]]:
        """(fingerprint, source, labels) of series whose name or labels hold these words, in order of their places."""
        words = part.lower().split()
        found = []
        with self._lock:
            for one in self._metrics.index.series:
                if one is not None and (not words or all(word in telling.called(one.labels).lower() for word in words)):
                    found.append((fingerprint_of(one.source, one.labels), one.source, one.labels))
                    if len(found) >= limit:
                        break
        return found

    def foreseen(self) -> list[Foreseen]:
        """Everything with a limit, what is used up first in front."""
        with self.closer, self._lock:
            return views.foreseen_views(self._metrics, self.focus)

    def closely(self) -> list[CloseView]:
        """What the rich detector looks at."""
        with self.closer, self._lock:
            return views.close_views(self._metrics, self.focus)

    def patterns(self) -> list[PatternView]:
        """Patterns of messages, those that are news first."""
        with self._lock:
            return views.pattern_views(self._logs)

    def budget(self, now: dt.datetime) -> BudgetView:
        """What was asked, and what was delivered."""
        with self.closer, self._lock:
            return views.budget_view(self._metrics, self.focus, now)

    def unlike(self) -> dict[int, float]:
        """Slots that are unlike themselves by the closer look → since when."""
        with self.closer:
            return self.focus.open()

    def foresee(self, subject: str, kinds: Iterable[str], *, now: dt.datetime) -> Sighting | None:
        """What is foreseen of the subject of a case at this moment, whether or not it was worth an alarm; None: nothing.
        Values that wait are looked at first; what they tell of waits for the next look."""
        with self.closer, self._lock:
            self._admit()
            self._late += self.focus.work(self._metrics.ear.heard(), now=now)
            found = views.of_subject(self._metrics, self.focus, subject, kinds)
            if found is None:
                return None
            series, slot, limited = found
            course, episode = limited.course(), self.focus.episodes.get(slot)
            if course is not None and course.crossing.latest is None:
                course = limited.trend() or course
            if course is None:
                return None
            since = episode.since if episode is not None else now.timestamp()
            text = telling.said_of(limited.rule, series.labels, course)
            return telling.sighting_of(series, limited, course, text=text, now=now, since=since, over=False)

    def measured(self, series: str, *, since: float) -> list[Point]:
        """What was measured of a series with a limit after that time."""
        with self.closer, self._lock:
            slot = self._find(series)
            limited = None if slot is None else self.focus.limited.get(slot)
            return [] if limited is None else [Point(at=at, value=value) for at, value in limited.points if at > since]

    def _admit(self) -> None:
        index = self._metrics.index
        live = np.flatnonzero(np.isfinite(index.seen))
        share = self._metrics.per_week / max(1, len(index))
        self.focus.admit(self._metrics.bank, live=live, troubled=self.troubled, share=share)

    def _forgive(self, series: str, more: float, decades: float) -> None:
        with self.closer, self._lock:
            slot = self._find(series)
            if slot is None:
                return
            self._metrics.bank.forgive(np.array([slot]), more)
            close = self.focus.close.get(slot)
            if close is not None:
                close.detector.budget.forgive(more)
            self.answered[series] = decades

    def _slot(self, fingerprint: str) -> int:
        slot = self._find(fingerprint)
        if slot is None:
            raise NotFound(
                "no such series is sent here", mend="look at the list of series: some are forgotten after a day"
            )
        return slot

    def _find(self, fingerprint: str) -> int | None:
        """Fingerprints are made when somebody asks: nobody does of most series."""
        index = self._metrics.index
        if index.generation != self._generation or len(index) != self._known:
            self._slots = {
                fingerprint_of(one.source, one.labels): slot for slot, one in enumerate(index.series) if one is not None
            }
            self._generation, self._known = index.generation, len(index)
        return self._slots.get(fingerprint)
