"""Reads sets of raw alarms with a causal graph by experts: found by content, in folders or archives."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.report import CannotRun
from tickless.stages.correlate.cause.order import Happened


@dataclass(frozen=True)
class AlarmSet:
    """`graph[i, j]`: experts say that kind i brings kind j. `links`: place → linked places, where the set tells."""

    name: str
    alarms: tuple[Happened, ...]
    graph: NDArray[np.int64]
    links: dict[str, tuple[str, ...]]


def read_alarm_sets(folder: Path) -> list[AlarmSet]:
    """Every set below a folder: a table with kind, device and start, beside a square matrix.

    Raises CannotRun if there is none.
    """
    sets = []
    for name, files in _folders(folder):
        tables = [body for path, body in files.items() if path.endswith(".csv") and b"start_timestamp" in body[:500]]
        arrays = [np.load(io.BytesIO(body)) for path, body in files.items() if path.endswith(".npy")]
        square = [one for one in arrays if one.ndim == 2 and one.shape[0] == one.shape[1]]
        if len(tables) != 1 or not square:
            continue
        alarms = tuple(_alarms(tables[0]))
        kinds = 1 + max(int(one.kind) for one in alarms)
        graph = next(
            (one for one in square if one.shape[0] >= kinds and one.shape[0] == _smallest(square, kinds)), None
        )
        if graph is not None:
            devices = [one for one in square if one is not graph]
            sets.append(AlarmSet(name, alarms, (graph != 0).astype(np.int64), _links(devices)))
    if not sets:
        raise CannotRun(f"no alarms with a causal graph below {folder}")
    return sets


def _smallest(square: list[NDArray[np.int64]], kinds: int) -> int:
    return min((one.shape[0] for one in square if one.shape[0] >= kinds), default=0)


def _links(matrices: list[NDArray[np.int64]]) -> dict[str, tuple[str, ...]]:
    if not matrices:
        return {}
    return {str(a): tuple(str(b) for b in np.nonzero(row)[0] if b != a) for a, row in enumerate(matrices[0])}


def _alarms(body: bytes) -> Iterator[Happened]:
    for row in csv.DictReader(io.StringIO(body.decode())):
        kind = row.get("alarm_id") or row.get("alarm_type") or "0"
        place = row.get("device_id") or row.get("node") or "0"
        yield Happened(str(int(float(kind))), str(int(float(place))), float(row["start_timestamp"]))


def _folders(folder: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Folders of files, on disk or in an archive, with what is in them."""
    for archive in sorted(folder.rglob("*.tar.gz")):
        found: dict[str, dict[str, bytes]] = {}
        with tarfile.open(archive) as opened:
            for member in opened.getmembers():
                body = opened.extractfile(member) if member.isfile() else None
                if body is not None:
                    parent, _, leaf = member.name.rpartition("/")
                    found.setdefault(parent, {})[leaf] = body.read()
        yield from found.items()
    for place in sorted({path.parent for path in folder.rglob("*.npy")}):
        yield place.name, {path.name: path.read_bytes() for path in place.iterdir() if path.suffix in {".csv", ".npy"}}
