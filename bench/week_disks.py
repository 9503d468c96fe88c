"""Disks of a made-up company, and how full they are through a week. Knows no method.

Some fill at their own pace until they are full; of some that fill, somebody makes room in time; most go up and down daily.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass
from typing import Literal

from bench.prometheus_messages import write_v1
from bench.storm_play import START

EVERY = dt.timedelta(minutes=10)
"""Between two values."""
FILLING, ROOM_MADE, CALM = 8, 6, 18
EMPTIED_AFTER = dt.timedelta(hours=6)
"""So long a full disk stays full until somebody frees it."""
Kind = Literal["fills", "room_made", "calm"]


@dataclass(frozen=True)
class Disk:
    """`full_at`: when it would be full if nothing were done; `begin`: percent at the beginning of the week."""

    name: str
    kind: Kind
    begin: float
    full_at: dt.datetime
    freed_at: dt.datetime
    noise: float

    def percent(self, at: dt.datetime) -> float:
        """How full it is, before noise."""
        daily = 2.0 * math.sin(2 * math.pi * (at - START) / dt.timedelta(days=1))
        if self.kind == "calm":
            return self.begin + daily
        if at >= self.freed_at:
            return 30.0 + daily
        gone = (at - START) / (self.full_at - START)
        return min(100.0, self.begin + (100.0 - self.begin) * gone)


def make_disks(seed: int, *, days: int) -> list[Disk]:
    """By seed. Those that fill do so between the third day and the end of the week."""
    chance, found = random.Random(f"disks-{seed}"), list[Disk]()
    kinds: dict[Kind, int] = {"fills": FILLING, "room_made": ROOM_MADE, "calm": CALM}
    for number, kind in enumerate(kind for kind, count in kinds.items() for _ in range(count)):
        full_at = START + dt.timedelta(days=days) * chance.uniform(0.4, 0.9)
        freed = full_at + EMPTIED_AFTER if kind == "fills" else START + (full_at - START) * chance.uniform(0.9, 0.97)
        found.append(Disk(f"disk-{number}", kind, chance.uniform(35, 60), full_at, freed, chance.uniform(0.05, 0.4)))
    return found


def written(disks: list[Disk], at: dt.datetime, chance: random.Random) -> bytes:
    """What node exporters say at that time, as Prometheus writes it."""
    stamp, series = int(at.timestamp() * 1_000), []
    for disk in disks:
        percent = disk.percent(at)
        used = percent if percent >= 100.0 else min(99.9, max(0.0, percent + chance.gauss(0, disk.noise)))
        where = (("device", "/dev/sdb"), ("host", disk.name), ("mountpoint", "/data"))
        series += [
            ((("__name__", "node_filesystem_avail_bytes"), *where), [(stamp, (100.0 - used) * 1e9)]),
            ((("__name__", "node_filesystem_size_bytes"), *where), [(stamp, 100e9)]),
        ]
    return write_v1(series)
