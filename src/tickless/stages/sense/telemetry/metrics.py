"""Metrics that stream in: places, rates and the bank of baselines behind one call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.telemetry.batch import Batch, Floats, Ints
from tickless.stages.sense.telemetry.ear import Ear
from tickless.stages.sense.telemetry.index import REFUSED, Series, SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind
from tickless.stages.sense.telemetry.rates import Rates
from tickless.stages.sense.telemetry.recent import BYTES_PER_SERIES as RECENT_BYTES

AHEAD: Final = 300.0
"""Seconds that a sender's clock may run ahead; later values are refused, for they would make all that follow late."""
ENOUGH: Final = 4_096
LINGER: Final = 0.5
"""Values that are worth an update of the baselines by themselves, and seconds after the last update that fewer wait for."""
CALM: Final = 1.0
"""State below which an anomaly is over."""
_HIGHEST: Final = 1e30
BYTES_PER_SERIES: Final = Bank.BYTES_PER_SERIES + 8 + 1 + 24 + RECENT_BYTES + 3 + 900
"""Arrays, and about what names and the bytes they are known by take."""


@dataclass(frozen=True)
class Anomaly:
    """A series is unlike itself since `at` (seconds since 1970), or is itself again. Counters are told per second."""

    series: Series
    slot: int
    at: float
    firing: bool
    seen: float
    low: float
    high: float
    onset: float
    reset_at: float | None = None
    """When the counter began anew, if that was shortly before: what counts was restarted."""


@dataclass(frozen=True)
class Taken:
    """What came of a batch: values taken in, values refused because there is no room, and those from the future."""

    points: int
    refused: int = 0
    ahead: int = 0
    anomalies: tuple[Anomaly, ...] = ()


class Metrics:
    """At most `most` series; `alarms_per_week` is the budget of false alarms of all of them together."""

    def __init__(self, *, most: int, most_of_source: int, alarms_per_week: float) -> None:
        self.index = SeriesIndex(most=most, most_of_source=most_of_source, grown=self._grow)
        self.rates = Rates()
        self.bank = Bank(0)
        self.ear = Ear(self.rates.reset_before)
        self._last_row: Ints = np.zeros(0, np.intp)
        self.refused: Counter[str] = Counter()
        self.points: Counter[str] = Counter()
        """By source, since the process began."""
        self.firing: dict[int, float] = {}
        """Slots that are unlike themselves → since when."""
        self.per_week = alarms_per_week
        self._pending = Batch()
        self._waiting = 0
        self._settled_at = 0.0
        self._budgeted = 0

    def take(self, batch: Batch, *, source: str, now: float) -> Taken:
        """Take a batch in. What is refused or late changes nothing. When much comes, what it tells of may be in what is
        returned of a later batch, or of `settle`."""
        slots, times, values = batch.joined()
        refused = int((slots == REFUSED).sum())
        ahead = int((times > now + AHEAD).sum())
        keep = slots >= 0 if not ahead else (slots >= 0) & (times <= now + AHEAD)
        arrived = len(slots)
        if not keep.all():
            slots, times, values = slots[keep], times[keep], values[keep]
        self.points[source] += arrived - refused - ahead
        self.refused[source] += refused
        if len(slots):
            self.index.seen[slots] = now
            self._pending.add(slots, times, values)
            self._waiting += len(slots)
        if self._waiting >= ENOUGH or not self._settled_at <= now < self._settled_at + LINGER:
            return Taken(arrived - refused - ahead, refused, ahead, self.settle(now))
        return Taken(arrived - refused - ahead, refused, ahead)

    def settle(self, now: float) -> tuple[Anomaly, ...]:
        """Update the baselines by everything that was taken in, and say what it tells of."""
        pending, self._pending = self._pending, Batch()
        waiting, self._waiting = self._waiting, 0
        self._settled_at = now
        if not waiting:
            return ()
        self._spread_budget()
        return self._update(*pending.joined())

    def evict(self, *, before: float) -> list[Anomaly]:
        """Forget the series that were last written before `before`; all is settled. What was firing among them is over."""
        firing = {slot: self.index.series[slot] for slot in self.firing}
        gone = self.index.evict(before)
        if len(gone):
            self.bank.forget(gone)
            self.rates.forget(gone)
            self.ear.forget(gone)
        over = []
        for slot in set(gone.tolist()) & set(firing):
            since, series = self.firing.pop(slot), firing[slot]
            if series is not None:
                over.append(Anomaly(series, slot, since, firing=False, seen=np.nan, low=np.nan, high=np.nan, onset=0.0))
        return over

    def export(self) -> tuple[dict[str, NDArray[Any]], list[list[Any]]]:
        """(arrays, the series in the order of their rows)."""
        slots = np.array([slot for slot, one in enumerate(self.index.series) if one is not None], np.intp)
        bank = self.bank.export()
        arrays: dict[str, NDArray[Any]] = {
            f"bank_{name}": array[..., slots] if name in OF_SERIES else array for name, array in bank.items()
        }
        arrays |= {"recent": self.ear.recent.ring[:, slots], "minute": self.ear.recent.last[slots]}
        arrays |= {"value": self.rates.value[slots], "time": self.rates.time[slots], "seen": self.index.seen[slots]}
        named = []
        for slot in slots.tolist():
            one = self.index.series[slot]
            if one is not None:
                named.append([one.source, [list(pair) for pair in one.labels], int(one.kind), self.firing.get(slot)])
        return arrays, named

    def restore(self, arrays: Mapping[str, NDArray[Any]], named: Sequence[Sequence[Any]]) -> None:
        """Take in what was exported, into an empty bank, as far as there is room. Raises KeyError, ValueError, TypeError."""
        bank = Bank.restore(
            {name.removeprefix("bank_"): one for name, one in arrays.items() if name.startswith("bank_")}
        )
        if bank.capacity != len(named):
            raise ValueError("names and arrays do not belong together")
        rows, slots = [], []
        for row, (source, labels, kind, firing) in enumerate(named):
            pairs = tuple((str(key), str(value)) for key, value in labels)
            slot = self.index.place(self.index.book(str(source), ""), b"", pairs, Kind(kind))
            if slot >= 0:
                rows.append(row)
                slots.append(slot)
                if firing is not None:
                    self.firing[slot] = float(firing)
        room = self.bank.export()
        for name, known in bank.export().items():
            if name in OF_SERIES:
                room[name][..., slots] = known[..., rows]
            else:
                room[name] = known
        self.bank = Bank.restore(room)
        self.rates.value[slots], self.rates.time[slots] = arrays["value"][rows], arrays["time"][rows]
        self.index.seen[slots] = arrays["seen"][rows]
        if "recent" in arrays:
            self.ear.recent.ring[:, slots], self.ear.recent.last[slots] = (
                arrays["recent"][:, rows],
                arrays["minute"][rows],
            )
        self._budgeted = 0

    def _update(self, slots: Ints, times: Floats, values: Floats) -> tuple[Anomaly, ...]:
        once = self._once(slots)
        if not once:
            order = np.argsort(times, kind="stable")
            slots, times, values = slots[order], times[order], values[order]
        watched = self.rates.per_second(slots, times, values, kinds=self.index.kinds[slots], once=once)
        np.clip(watched, -_HIGHEST, _HIGHEST, out=watched)
        reading = self.bank.update(slots, times, watched)
        self.ear.hear(slots, times, watched)
        alarming = np.flatnonzero(reading.alarm & ~self.ear.judged[slots])
        rows = [row for row in alarming.tolist() if int(slots[row]) not in self.firing]
        self.firing.update({int(slots[row]): float(times[row]) for row in rows})
        if self.firing:
            calm = np.flatnonzero((reading.state < CALM) & np.isfinite(watched))
            rows += calm[np.isin(slots[calm], list(self.firing))].tolist()
        found = []
        for row in rows:
            slot, at = int(slots[row]), float(times[row])
            series, firing = self.index.series[slot], bool(reading.alarm[row])
            if series is None or slot not in self.firing or (not firing and at <= self.firing[slot]):
                continue
            if not firing:
                del self.firing[slot]
            found.append(
                Anomaly(series, slot, at, firing, seen=float(watched[row]), low=float(reading.expected_low[row]),
                        high=float(reading.expected_high[row]), onset=float(reading.onset[row]),
                        reset_at=self.rates.reset_before(slot, at))
            )  # fmt: skip
        return tuple(found)

    def _once(self, slots: Ints) -> bool:
        """Whether no series comes twice."""
        rows = np.arange(len(slots))
        self._last_row[slots] = rows
        return bool((self._last_row[slots] == rows).all())

    def _spread_budget(self) -> None:
        """All series together get the budget; it is spread anew when their number has changed by an eighth."""
        live = len(self.index)
        if abs(live - self._budgeted) * 8 > self._budgeted:
            self._budgeted = live
            self.bank.set_budget(slice(0, self.bank.capacity), self.per_week / max(1, live))

    def _grow(self, room: int) -> None:
        self.rates.grow(room)
        self.ear.grow(room)
        self._last_row = np.zeros(room, np.intp)
        self.bank = grown(self.bank, room)
        self._budgeted = 0


def grown(bank: Bank, room: int) -> Bank:
    """The same bank with more places."""
    arrays = Bank(room).export()
    for name, known in bank.export().items():
        if name in OF_SERIES:
            arrays[name][..., : bank.capacity] = known
        else:
            arrays[name] = known
    return Bank.restore(arrays)


OF_SERIES: Final = frozenset(name for name, array in Bank(0).export().items() if array.ndim and array.shape[-1] == 0)
"""Arrays of a bank whose last axis are the series."""
