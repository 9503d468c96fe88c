"""What is found by looking at some series more closely. Bounded; causal; time is given.

`admit` and `leave` stand under the room's lock and the closer one, `work` under the closer one alone.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tickless.domain.sighting import Point
from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.detection.explaining import again, reasons
from tickless.stages.sense.detection.rich import NOTABLE, Judgement
from tickless.stages.sense.telemetry.ear import Ear, Heard
from tickless.stages.sense.telemetry.focus import telling
from tickless.stages.sense.telemetry.focus.closely import Close
from tickless.stages.sense.telemetry.focus.members import Members
from tickless.stages.sense.telemetry.focus.telling import Told
from tickless.stages.sense.telemetry.index import SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind, fingerprint_of
from tickless.stages.sense.telemetry.metrics import Anomaly
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.told import of_anomaly, restarted

QUIET: Final = 6 * 3_600.0
"""Seconds without anything strange after which a suspect is let go."""
REMEMBERED: Final = 12
MOST_REMEMBERED: Final = 5_000
WEEK: Final = 7 * 86_400.0
AGAIN: Final = 6 * 3_600.0
"""Seconds after which a forecast that goes on is said again, with what is known then."""
MOVED: Final = 0.25
"""Or earlier, when the time that is left has changed by so much."""


@dataclass
class Episode:
    """A forecast that was told: since when, when last, and hours that were left then."""

    since: float
    told_at: float
    hours: float | None


class Focus(Members):
    """See the module. `heard_of`: when a source was heard last, in seconds since 1970."""

    def __init__(
        self, settings: TelemetrySettings, index: SeriesIndex, ear: Ear, *, heard_of: Callable[[str], float]
    ) -> None:
        super().__init__(settings, index, ear)
        self._heard_of = heard_of
        self.episodes: dict[int, Episode] = {}
        self.silent: set[int] = set()
        self.alarms: OrderedDict[str, deque[float]] = OrderedDict()
        """Fingerprint of a series → times of its last alarms."""
        self.raised: deque[float] = deque(maxlen=10_000)
        """Times of all alarms of the last week."""
        self.since = 0.0
        """When alarms began to be counted."""
        self._memory = threading.Lock()

    def leave(self, gone: Iterable[int], bank: Bank, *, now: dt.datetime) -> list[Told]:
        """Forget slots that mean nothing any more, and suspects that are calm; forecasts that end so."""
        ended = []
        for slot in gone:
            episode, limited = self.episodes.pop(slot, None), self.limited.pop(slot, None)
            series = self._index.series[slot]
            if episode is not None and limited is not None and series is not None:
                ended.append(telling.of_end(series, limited, now=now))
            self.close.pop(slot, None)
            self.wholes.pop(slot, None)
            self.silent.discard(slot)
        for slot, close in list(self.close.items()):
            calm = close.since is None and bank.states(np.array([slot]))[0] < 1.0
            if close.why != "service_level" and calm and now.timestamp() - close.troubled_at > QUIET:
                del self.close[slot]
        return ended

    def work(self, heard: Sequence[Heard], *, now: dt.datetime) -> list[Told]:
        """Look at the values that came, in their order."""
        told: list[Told] = []
        moved: dict[int, None] = {}
        for slots, times, values in heard:
            for slot, time, value in zip(slots.tolist(), times.tolist(), values.tolist(), strict=True):
                told += self._feed(slot, time, value, now, moved)
        for slot in moved:
            told += self._forecast(slot, now)
        return told + self._silences(now)

    def anomaly(self, found: Anomaly, points: Sequence[Point], *, now: dt.datetime, why: str = "") -> Told:
        """Words and picture of an anomaly that begins or ends, whoever found it. `points`: what came before."""
        if not found.firing:
            return Told(of_anomaly(found, now=now), None)
        print_ = fingerprint_of(found.series.source, found.series.labels)
        with self._memory:
            earlier = sorted(one for one in self.alarms.get(print_, ()) if one < found.at)
            self._remember(print_, found.at)
        signal = of_anomaly(found, now=now, more=why + restarted(found) + again(earlier))
        seen = Point(at=found.at, value=found.seen, low=found.low, high=found.high)
        shown = [*(one for one in points if one.at < found.at), seen]
        unit = "" if found.series.kind is Kind.GAUGE else " per second"
        return Told(
            signal, telling.anomaly_sighting(found.series, signal, shown, marked=[found.at], unit=unit, now=now)
        )

    def minutes(self, slot: int, bank: Bank) -> list[Point]:
        """The last two hours of a series, a point a minute, with the band of now."""
        times, values = self._ear.recent.window(slot)
        which, shown = np.array([slot]), []
        for at, value in zip(times.tolist(), values.tolist(), strict=True):
            low, high = bank.expected(which, at)
            shown.append(Point(at=at, value=value, low=float(low[0]), high=float(high[0])))
        return shown

    def window(self, slot: int, bank: Bank) -> list[Point]:
        """The last points of a series, with what was said of them where the rich detector looked, else with the band of now."""
        close = self.close.get(slot)
        if close is None or len(close.points) < 2:
            return self.minutes(slot, bank)
        return [Point(at=p.time, value=p.value, low=p.low, high=p.high) for p in close.points]

    def delivered(self, now: float) -> int:
        """Anomalies raised in the last seven days."""
        return sum(at > now - WEEK for at in self.raised)

    def open(self) -> dict[int, float]:
        """Slots that are unlike themselves by the rich detector's word → since when."""
        return {slot: close.since for slot, close in self.close.items() if close.since is not None}

    def _feed(self, slot: int, time: float, value: float, now: dt.datetime, moved: dict[int, None]) -> list[Told]:
        """`moved` takes the slots whose forecasts are to be looked at."""
        told: list[Told] = []
        series = self._index.series[slot]
        if series is None:
            return told
        for other in self.wholes.get(slot, ()):
            if other in self.limited:
                self.limited[other].whole = value
        limited, close = self.limited.get(slot), self.close.get(slot)
        if limited is not None and limited.feed(time, value):
            moved[slot] = None
        judged = close.feed(time, value) if close is not None else None
        if close is not None and judged is not None:
            said, begins = judged
            found = Anomaly(series, slot, time, firing=begins, seen=value, low=said.expected_low, high=said.expected_high,
                            onset=said.onset, reset_at=self._ear.reset_before(slot, time))  # fmt: skip
            told += self._judged(close, found, said, now)
        return told

    def _forecast(self, slot: int, now: dt.datetime) -> list[Told]:
        """Begin, go on with, or end what is said of a limit, by how it stands now: what was over at once is not told."""
        limited, series = self.limited.get(slot), self._index.series[slot]
        if limited is None or series is None:
            return []
        course, episode = limited.course(), self.episodes.get(slot)
        at = limited.points[-1][0]
        if limited.pressing and course is not None:
            hours = course.crossing.likely
            if episode is not None and not _worth_saying(episode, hours, at):
                return []
            episode = self.episodes[slot] = Episode(episode.since if episode else at, at, hours)
            return [telling.of_forecast(series, limited, course, firing=True, now=now, since=episode.since)]
        if episode is None or limited.pressing or course is None:
            return []
        del self.episodes[slot]
        return [telling.of_forecast(series, limited, course, firing=False, now=now, since=episode.since)]

    def _judged(self, close: Close, found: Anomaly, judged: Judgement, now: dt.datetime) -> list[Told]:
        """Begin or end what the rich detector says of a series."""
        if found.firing == (close.since is not None) or (not found.firing and close.state >= NOTABLE):
            return []
        close.since = found.at if found.firing else None
        points = [Point(at=p.time, value=p.value, low=p.low, high=p.high) for p in close.points]
        return [self.anomaly(found, points, now=now, why=reasons(judged.parts))]

    def _silences(self, now: dt.datetime) -> list[Told]:
        """Series that people care for and that are not sent any more, though others of their source are."""
        told = []
        moment = now.timestamp()
        for slot, close in self.close.items():
            series = self._index.series[slot]
            if series is None or close.why != "service_level":
                continue
            heard = self._heard_of(series.source)
            silent = close.silent(min(moment, heard))
            if silent != (slot in self.silent):
                (self.silent.add if silent else self.silent.discard)(slot)
                told.append(telling.of_silence(series, firing=silent, last=close.last, now=now))
        return told

    def _remember(self, print_: str, at: float) -> None:
        """Once for each time: what the bank and the rich detector say of the same value is one alarm."""
        known = self.alarms.setdefault(print_, deque(maxlen=REMEMBERED))
        self.alarms.move_to_end(print_)
        if at in known:
            return
        known.append(at)
        while len(self.alarms) > MOST_REMEMBERED:
            self.alarms.popitem(last=False)
        self.raised.append(at)


def _worth_saying(episode: Episode, hours: float | None, at: float) -> bool:
    if at - episode.told_at >= AGAIN:
        return True
    if hours is None or episode.hours is None:
        return hours is not episode.hours
    left = episode.hours - (at - episode.told_at) / 3_600
    return abs(hours - left) > MOVED * max(abs(left), 0.25)
