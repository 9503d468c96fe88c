"""What looking closely has learnt, as one array and plain values, and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.forecast.keeping import dump as dump_forecaster
from tickless.stages.sense.forecast.keeping import load as load_forecaster
from tickless.stages.sense.telemetry.focus.closely import Close
from tickless.stages.sense.telemetry.focus.limited import HOUR, Limited
from tickless.stages.sense.telemetry.focus.room import REMEMBERED, Episode, Focus
from tickless.stages.sense.telemetry.index import SeriesIndex

Parts = Mapping[str, NDArray[Any]]


class _Pack:
    """Many arrays one behind the other: a file of thousands of members would be slow."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float64]] = []
        self._at = 0

    def add(self, parts: Parts) -> dict[str, list[int]]:
        """Where they stand: name → [begin, *shape]."""
        places = {}
        for name, array in parts.items():
            self._parts.append(np.asarray(array, np.float64).ravel())
            places[name] = [self._at, *array.shape]
            self._at += array.size
        return places

    def whole(self) -> NDArray[np.float64]:
        return np.concatenate(self._parts) if self._parts else np.zeros(0)


def dump(focus: Focus, index: SeriesIndex) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """(numbers, everything else)."""
    pack = _Pack()
    limited = [
        [*_named(index, slot), pack.add(_of_limited(one)), _episode(focus, slot)] for slot, one in focus.limited.items()
    ]
    close = [[*_named(index, slot), one.why, pack.add(one.dump())] for slot, one in focus.close.items()]
    said = {
        "limited": limited,
        "close": close,
        "pool": focus.pool.corrections.tolist(),
        "alarms": [[print_, list(times)] for print_, times in focus.alarms.items()],
        "raised": list(focus.raised),
        "since": focus.since,
        "silent": [_named(index, slot) for slot in focus.silent],
    }
    return pack.whole(), said


def load(
    focus: Focus, index: SeriesIndex, numbers: NDArray[np.float64], said: Mapping[str, Any], *, share: float
) -> None:
    """Go on from there, as far as the series are known. Raises KeyError, ValueError, TypeError, IndexError."""

    def taken(places: Mapping[str, list[int]]) -> dict[str, NDArray[np.float64]]:
        found = {}
        for name, (begin, *shape) in places.items():
            size = int(np.prod(shape, dtype=np.int64))
            found[name] = numbers[begin : begin + size].reshape(shape).copy()
        return found

    focus.pool.corrections[:] = said["pool"]
    for source, labels, places, episode in said["limited"]:
        slot = _slot(index, source, labels)
        limited = focus.limited.get(slot) if slot is not None else None
        if slot is not None and limited is not None:
            _load_limited(limited, taken(places))
            if episode is not None:
                focus.episodes[slot] = Episode(*episode)
    for source, labels, why, places in said["close"]:
        slot = _slot(index, source, labels)
        if slot is not None and slot not in focus.limited:
            focus.close[slot] = Close(why, alarms_per_week=share, pool=focus.pool)
            focus.close[slot].load(taken(places))
    for print_, times in said["alarms"]:
        focus.alarms[str(print_)] = deque((float(one) for one in times), maxlen=REMEMBERED)
    focus.raised.extend(float(one) for one in said["raised"])
    focus.since = float(said["since"])
    focus.silent.update(slot for one in said["silent"] if (slot := _slot(index, *one)) is not None)


def _of_limited(one: Limited) -> dict[str, NDArray[Any]]:
    whole = np.nan if one.whole is None else one.whole
    own = [whole, one.step, one.held, one.agree, one.calm, one.fast, one.said_at, one.said_from, one.rising]
    points = np.array(one.points, np.float64).reshape(-1, 2)
    parts = {"own": np.array(own, np.float64), "points": points}
    return parts if one.rule.dated else parts | dump_forecaster(one.forecaster, one.watch)


def _load_limited(one: Limited, parts: Parts) -> None:
    whole, step, held, agree, calm, fast, said_at, said_from, rising = parts["own"].tolist()
    one.whole = None if np.isnan(whole) else whole
    one.step, one.held, one.agree, one.calm, one.fast = int(step), held, int(agree), int(calm), bool(fast)
    one.said_at, one.said_from, one.rising = said_at, said_from, bool(rising)
    one.points.extend((at, value) for at, value in parts["points"].tolist())
    if not one.rule.dated:
        one.forecaster, one.watch = load_forecaster(parts, hour=HOUR)
        one.said = one.forecaster.last


def _named(index: SeriesIndex, slot: int) -> tuple[str, list[list[str]]]:
    series = index.series[slot]
    return ("", []) if series is None else (series.source, [list(pair) for pair in series.labels])


def _slot(index: SeriesIndex, source: str, labels: list[list[str]]) -> int | None:
    return index.find(source, tuple((str(key), str(value)) for key, value in labels))


def _episode(focus: Focus, slot: int) -> list[float | None] | None:
    found = focus.episodes.get(slot)
    return None if found is None else [found.since, found.told_at, found.hours]
