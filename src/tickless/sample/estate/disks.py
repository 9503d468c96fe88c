"""Filesystems with real files: logs pile up in `logs`, data stands in `data`; clean-up touches old logs only."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tickless.sample.estate.blueprint import Blueprint, DiskPlan
from tickless.sample.estate.web import Json, Problem

KIB = 1_024
DAY = 86_400.0
FILE_MB = 32
DATA_SHARE, LOG_SHARE = 0.20, 0.24
KEPT_DAYS = 7
POUR_EVERY = 0.1
"""Seconds between two pours."""


class Disk:
    """One real KiB stands for one MB. `capacity_mb` is where it would be full."""

    def __init__(self, plan: DiskPlan, root: Path) -> None:
        self.plan = plan
        self.root = root / plan.host / plan.path.strip("/").replace("/", "_")
        self.logs = self.root / "logs"
        self.data = self.root / "data"
        self.count = 0

    def lay_out(self, *, afresh: bool = False) -> None:
        """Put the data and the logs of the last weeks there: half of the logs recent, half old.

        What is there stays, unless it is to be laid out `afresh`.
        """
        if self.data.exists() and not afresh:
            self.count = max((int(path.stem[-5:]) for path in self.logs.glob("*.log")), default=0)
            return
        for folder in (self.logs, self.data):
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                path.unlink()
        (self.data / "store.dat").write_bytes(b"\1" * int(self.plan.capacity_mb * DATA_SHARE) * KIB)
        for number in range(int(self.plan.capacity_mb * LOG_SHARE / FILE_MB)):
            self.write_log(age_days=number % 6 if number % 2 else KEPT_DAYS + 1 + number)

    def write_log(self, *, age_days: float) -> None:
        """Add one log file of 32 MB, as old as given."""
        self.count += 1
        path = self.logs / f"{self.plan.service}-{self.count:05d}.log"
        path.write_bytes(b"." * FILE_MB * KIB)
        then = time.time() - age_days * DAY
        os.utime(path, (then, then))

    def used_mb(self) -> float:
        return sum(_size(Path(entry)) for folder in (self.logs, self.data) for entry in os.scandir(folder)) / KIB

    def state(self) -> Json:
        used = self.used_mb()
        total = float(self.plan.capacity_mb)
        return {
            "host": self.plan.host,
            "path": self.plan.path,
            "service": self.plan.service,
            "percent": round(min(used / total, 1.0) * 100, 2),
            "free_mb": round(max(total - used, 0.0), 1),
            "total_mb": total,
        }

    def old_logs(self, older_than_days: float) -> list[Path]:
        """Regular files in `logs` that are old enough, oldest first."""
        edge = time.time() - older_than_days * DAY
        with os.scandir(self.logs) as entries:
            found = [(e.stat().st_mtime, e.path) for e in entries if e.is_file(follow_symlinks=False)]
        return [Path(path) for at, path in sorted(found) if at <= edge]

    def clean_up(self, older_than_days: float, *, dry_run: bool = False) -> Json:
        old = self.old_logs(older_than_days)
        freed = sum(path.stat().st_size for path in old) / KIB
        if not dry_run:
            for path in old:
                path.unlink()
        return {
            "changed": bool(old),
            "freed_mb": round(freed, 1),
            "files": len(old),
            "percent": self.state()["percent"],
        }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # cleaned up while we looked


@dataclass
class Filling:
    """Logs that pile up: what is left to write, in MB, and how fast, in MB a second."""

    left_mb: float
    rate: float
    owed: float = 0.0


class Disks:
    def __init__(self, blueprint: Blueprint) -> None:
        root = blueprint.folder / "disks"
        self.all = {(plan.host, plan.path): Disk(plan, root) for plan in blueprint.disks}
        self.filling: dict[Disk, Filling] = {}

    def lay_out(self, *, afresh: bool = False) -> None:
        """Put the files of the first day on every disk; `afresh`: also where there are files already."""
        for disk in self.all.values():
            disk.lay_out(afresh=afresh)

    def find(self, host: str, path: str) -> Disk:
        try:
            return self.all[host, path]
        except KeyError:
            raise Problem(404, f"there is no filesystem {host}:{path}") from None

    def start_filling(self, disk: Disk, *, to_percent: float, seconds: float) -> None:
        """Let logs pile up until, untouched, the disk would stand at `to_percent`, in so many seconds (0: at once)."""
        missing = disk.plan.capacity_mb * to_percent / 100 - disk.used_mb()
        self.filling[disk] = Filling(left_mb=missing, rate=missing / max(seconds, POUR_EVERY))
        if seconds == 0:
            self.pour(POUR_EVERY)

    def pour(self, seconds: float) -> None:
        """Write what has come together in these seconds. A full disk takes no more."""
        for disk, filling in list(self.filling.items()):
            filling.owed += filling.rate * seconds
            while filling.owed >= FILE_MB and filling.left_mb > 0:
                if disk.used_mb() + FILE_MB <= disk.plan.capacity_mb:
                    # Rotated logs that nobody ever deleted: each a day older, all past what is kept.
                    disk.write_log(age_days=KEPT_DAYS + 1 + disk.count % 60)
                filling.owed -= FILE_MB
                filling.left_mb -= FILE_MB
            if filling.left_mb <= 0:
                del self.filling[disk]
