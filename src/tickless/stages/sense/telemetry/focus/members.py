"""Which series are looked at more closely: bounded in number, service levels first.

Three kinds: series with a limit (and the metric that says how much there is), series of service levels, and suspects: what the
bank doubts, and what belongs to services in trouble.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.detection.budget import Pool
from tickless.stages.sense.forecast.limits import Limits
from tickless.stages.sense.telemetry.ear import Ear, Ints
from tickless.stages.sense.telemetry.focus.closely import Close, Why
from tickless.stages.sense.telemetry.focus.limited import Limited
from tickless.stages.sense.telemetry.index import Series, SeriesIndex
from tickless.stages.sense.telemetry.labels import NAME, Kind, Labels
from tickless.stages.sense.telemetry.options import TelemetrySettings

DOUBT: Final = 2.0
"""State in the bank from which a series is a suspect."""
MOST_SUSPECTS: Final = 8
"""New suspects at a time."""
SERVICE_LABELS: Final = ("service", "app", "job", "service_name")


class Members:
    """See the module. Changed under the room's lock and the closer one."""

    def __init__(self, settings: TelemetrySettings, index: SeriesIndex, ear: Ear) -> None:
        self._settings = settings
        self._limits = Limits(settings.limits)
        self._index, self._ear = index, ear
        self.pool = Pool()
        self.limited: dict[int, Limited] = {}
        self.wholes: dict[int, list[int]] = {}
        """Slot of a metric that says how much there is → the slots that it is said of."""
        self.close: dict[int, Close] = {}
        self.refused = 0
        """Series with a limit for which there is no room."""
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
            self._pair(self._beside(series, self.limited[slot]), slot)
        if name in self._limits.wholes:  # it may come later than what it is the whole of
            for other, limited in self.limited.items():
                owner = self._index.series[other]
                if owner is not None and other != slot and self._beside(owner, limited) == slot:
                    self._pair(slot, other)
        if rule is None and self._cared_for(name, labels):
            self._look_closer(slot, "service_level", share)

    def _pair(self, whole: int | None, slot: int) -> None:
        if whole is not None and slot not in self.wholes.setdefault(whole, []):
            self.wholes[whole].append(slot)

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
