"""Which series are looked at more closely, and what is found by it. Bounded; causal; time is given.

Three kinds of members: series with a limit (and the metric that says how much there is), series of service levels, and
suspects: what the bank doubts, and what belongs to services in trouble. `admit` and `leave` stand under the room's lock and the
closer one, `work` under the closer one alone.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from tickless.domain.sighting import Point
from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.detection.budget import Pool
from tickless.stages.sense.detection.explaining import again, reasons
from tickless.stages.sense.detection.rich import NOTABLE, Judgement
from tickless.stages.sense.forecast.limits import Limits
from tickless.stages.sense.telemetry.ear import Ear, Heard, Ints
from tickless.stages.sense.telemetry.focus import telling
from tickless.stages.sense.telemetry.focus.closely import Close, Why
from tickless.stages.sense.telemetry.focus.limited import Limited
from tickless.stages.sense.telemetry.focus.telling import Told
from tickless.stages.sense.telemetry.index import Series, SeriesIndex
from tickless.stages.sense.telemetry.labels import NAME, Kind, Labels, fingerprint_of
from tickless.stages.sense.telemetry.metrics import Anomaly
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.told import of_anomaly

DOUBT: Final = 2.0
"""State in the bank from which a series is a suspect."""
MOST_SUSPECTS: Final = 8
"""New suspects at a time."""
QUIET: Final = 6 * 3_600.0
"""Seconds without anything strange after which a suspect is let go."""
REMEMBERED: Final = 12
MOST_REMEMBERED: Final = 5_000
WEEK: Final = 7 * 86_400.0
AGAIN: Final = 6 * 3_600.0
"""Seconds after which a forecast that goes on is said again, with what is known then."""
MOVED: Final = 0.25
"""Or earlier, when the time that is left has changed by so much."""
SERVICE_LABELS: Final = ("service", "app", "job", "service_name")


@dataclass
class Episode:
    """A forecast that was told: since when, when last, and hours that were left then."""

    since: float
    told_at: float
    hours: float | None


class Focus:
    """See the module. `heard_of`: when a source was heard last, in seconds since 1970."""

    def __init__(
        self, settings: TelemetrySettings, index: SeriesIndex, ear: Ear, *, heard_of: Callable[[str], float]
    ) -> None:
        self._settings = settings
        self._limits = Limits(settings.limits)
        self._index, self._ear, self._heard_of = index, ear, heard_of
        self.pool = Pool()
        self.limited: dict[int, Limited] = {}
        self.wholes: dict[int, list[int]] = {}
        """Slot of a metric that says how much there is → the slots that it is said of."""
        self.close: dict[int, Close] = {}
        self.episodes: dict[int, Episode] = {}
        self.silent: set[int] = set()
        self.refused = 0
        """Series with a limit for which there is no room."""
        self.alarms: OrderedDict[str, deque[float]] = OrderedDict()
        """Fingerprint of a series → times of its last alarms."""
        self.raised: deque[float] = deque(maxlen=10_000)
        """Times of all alarms of the last week."""
        self.since = 0.0
        """When alarms began to be counted."""
        self._memory = threading.Lock()
        self._troubled: frozenset[str] = frozenset()

    def admit(self, bank: Bank, *, live: Ints, troubled: frozenset[str], share: float) -> None:
        """Look at series that are new, and at what the bank doubts. `live`: taken slots; `share`: alarms a week for each."""
        fresh = live[~self._ear.examined[live]].tolist()
        for slot in fresh:
            self._examine(slot, share)
        self._ear.examined[live] = True
        self._suspect(bank, live, share)
        if troubled and (fresh or troubled != self._troubled):
            self._of_services(live, troubled, share)
        self._troubled = troubled
        self._ear.mark((*self.limited, *self.wholes, *self.close), (*self.limited, *self._judges()))

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
        signal = of_anomaly(found, now=now, more=why + again(earlier))
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

    def _judges(self) -> list[int]:
        return [slot for slot, close in self.close.items() if close.ready]

    def _examine(self, slot: int, share: float) -> None:
        series = self._index.series[slot]
        if series is None:
            return
        labels = dict(series.labels)
        name = labels.get(NAME, "")
        rule = self._limits.rule_of(name, labels) if series.kind is Kind.GAUGE else None
        if rule is not None and len(self.limited) >= self._settings.forecasts:
            self.refused += 1
        elif rule is not None:
            self.limited[slot] = Limited(rule, act_days=self._settings.act_days)
            self._pair(series, slot)
        if name in self._limits.wholes:  # it may come later than what it is the whole of
            for other, limited in self.limited.items():
                owner = self._index.series[other]
                if owner is not None and other != slot and self._beside(owner, limited) == slot:
                    self.wholes.setdefault(slot, []).append(other)
        if rule is None and self._cared_for(name, labels):
            self._look_closer(slot, "service_level", share)

    def _pair(self, series: Series, slot: int) -> None:
        beside = self._beside(series, self.limited[slot])
        if beside is not None:
            self.wholes.setdefault(beside, []).append(slot)

    def _beside(self, series: Series, limited: Limited) -> int | None:
        """The slot of the metric that says how much there is."""
        if limited.rule.of is None:
            return None
        labels = {**dict(series.labels), **limited.rule.of_labels, NAME: limited.rule.of}
        wanted: Labels = tuple(sorted((key, value) for key, value in labels.items() if value))
        return self._index.find(series.source, wanted)

    def _cared_for(self, name: str, labels: dict[str, str]) -> bool:
        if labels.get(self._settings.service_level_label, "").lower() in {"1", "true", "yes"}:
            return True
        return any(fnmatchcase(name, pattern) for pattern in self._settings.closely)

    def _suspect(self, bank: Bank, live: Ints, share: float) -> None:
        """The most doubtful first, as far as there is room."""
        room = self._settings.rich_series - len(self.close)
        if room <= 0 or not len(live):
            return
        states = bank.states(live)
        doubted = live[np.flatnonzero(states >= DOUBT)]
        doubted = doubted[np.argsort(-bank.states(doubted), kind="stable")]
        for slot in doubted.tolist()[: min(room, MOST_SUSPECTS)]:
            self._look_closer(slot, "suspect", share)

    def _of_services(self, live: Ints, troubled: frozenset[str], share: float) -> None:
        """Series of services in trouble, in half of the room at most: others may become suspects meanwhile."""
        left = self._settings.rich_series // 2 - sum(one.why == "in_trouble" for one in self.close.values())
        before = len(self.close)
        for slot in live.tolist():
            if len(self.close) - before >= left:
                return
            series = self._index.series[slot]
            if series is not None and any(dict(series.labels).get(one) in troubled for one in SERVICE_LABELS):
                self._look_closer(slot, "in_trouble", share)

    def _look_closer(self, slot: int, why: Why, share: float) -> None:
        """A new member begins with what is known of its last two hours."""
        if slot in self.close or slot in self.limited:
            return
        if len(self.close) >= self._settings.rich_series and not (why == "service_level" and self._give_way()):
            return
        close = self.close[slot] = Close(why, alarms_per_week=share, pool=self.pool)
        times, values = self._ear.recent.window(slot)
        for at, value in zip(times.tolist(), values.tolist(), strict=True):
            close.feed(at, value)
        close.troubled_at = max(close.troubled_at, close.last)

    def _give_way(self) -> bool:
        """Let the suspect go that was calm the longest; False where there is none."""
        others = [(one.troubled_at, slot) for slot, one in self.close.items() if one.why != "service_level"]
        if others:
            del self.close[min(others)[1]]
        return bool(others)

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
                            onset=said.onset)  # fmt: skip
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
