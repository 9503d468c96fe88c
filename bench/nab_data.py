"""Reads a folder in the layout of the Numenta Anomaly Benchmark: `data/*/*.csv` (or `.csv.gz`) and labelled windows."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.report import CannotRun

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelledSeries:
    """One file. `windows`: first and last row of each labelled window, in order."""

    name: str
    times: Floats
    values: Floats
    windows: tuple[tuple[int, int], ...]


def nab_folder(given: Path | None) -> Path:
    """The folder given, or `nab` below TICKLESS_BENCH_DATA or beside the repository. Raises `CannotRun`."""
    root = os.environ.get("TICKLESS_BENCH_DATA")
    beside = Path(__file__).parents[2] / "shared/data"
    folder = given or (Path(root) if root else beside) / "nab"
    if not _labels(folder):
        raise CannotRun(f"{folder}: no data in NAB's layout (a JSON of windows, and data/*/*.csv); name it with --data")
    return folder


def read_nab(folder: Path) -> list[LabelledSeries]:
    """Every file that has an entry among the windows, by name. Raises `CannotRun` where there is none."""
    windows = _labels(folder)
    found = []
    for path in sorted([*folder.rglob("*.csv"), *folder.rglob("*.csv.gz")]):
        name = f"{path.parent.name}/{path.name.removesuffix('.gz')}"
        if name in windows:
            found.append(_read(path, name, windows[name]))
    if not found:
        raise CannotRun(f"{folder}: none of the files that the windows name is there")
    return found


def _labels(folder: Path) -> dict[str, list[list[str]]]:
    """The JSON whose entries are lists of pairs of times: the windows (points are labelled by single times)."""
    for path in sorted(folder.rglob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(told, dict) and any(told.values()) and all(_are_windows(entry) for entry in told.values()):
            return told
    return {}


def _are_windows(entry: object) -> bool:
    return isinstance(entry, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in entry)


def _read(path: Path, name: str, windows: list[list[str]]) -> LabelledSeries:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    times = np.array([_seconds(row["timestamp"]) for row in rows])
    values = np.array([float(row["value"]) for row in rows])
    places = tuple((_row(times, _seconds(begin)), _row(times, _seconds(end))) for begin, end in windows)
    return LabelledSeries(name, times, values, places)


def _seconds(said: str) -> float:
    return dt.datetime.fromisoformat(said).replace(tzinfo=dt.UTC).timestamp()


def _row(times: Floats, moment: float) -> int:
    """The first row of that time; windows end on rows."""
    rows = np.flatnonzero(times == moment)
    if not len(rows):
        raise CannotRun("a window begins or ends at a time that the file does not have")
    return int(rows[0])
