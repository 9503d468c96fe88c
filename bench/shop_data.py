"""Reads folders of microservice metrics with labelled issues (PetShop's layout): found by content, not by name."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.report import CannotRun
from tickless.stages.correlate.cause.metrics import Floats, Metrics, Symptom


@dataclass(frozen=True)
class Issue:
    """A window in which `target` suffered because of `root`. `held_out`: it lies in a folder of tests."""

    name: str
    window: Metrics
    target: str
    symptom: Symptom
    root: str
    held_out: bool


@dataclass(frozen=True)
class Shop:
    """One run of a shop: who calls whom, normal times, issues."""

    name: str
    calls: tuple[tuple[str, str], ...]
    normal: Metrics
    issues: tuple[Issue, ...]


def read_shops(folder: Path) -> list[Shop]:
    """Every run below a folder. Where some issues lie in a folder `test`, only those are read.

    Raises CannotRun if there is none.
    """
    shops = [_shop(path.parent) for path in sorted(folder.rglob("*.csv")) if _is_graph(path)]
    shops = [shop for shop in shops if shop.issues]
    if not shops:
        raise CannotRun(f"no graph with metrics and issues below {folder}")
    if any(issue.held_out for shop in shops for issue in shop.issues):
        shops = [
            Shop(shop.name, shop.calls, shop.normal, tuple(issue for issue in shop.issues if issue.held_out))
            for shop in shops
        ]
    return shops


def _is_graph(path: Path) -> bool:
    with path.open(encoding="utf-8") as opened:
        head = next(csv.reader(opened), [])
        first = next(csv.reader(opened), [])
    return len(head) > 2 and head[0] == "" and len(first) == len(head) and first[0] in head


def _shop(folder: Path) -> Shop:
    graph = next(path for path in sorted(folder.glob("*.csv")) if _is_graph(path))
    calls = tuple(_calls(graph))
    tables = [path for path in sorted(folder.rglob("*.csv*")) if path != graph]
    targets = {path.parent: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json"))}
    raw = {path: _table(path) for path in tables}
    nodes = tuple(
        sorted({node for edge in calls for node in edge} | {key[0] for table in raw.values() for key in table})
    )
    quiet = [path for path in tables if path.parent not in targets]
    if not quiet:
        raise CannotRun(f"no metrics of normal times below {folder}")
    normal = max((_metrics(raw[path], nodes) for path in quiet), key=lambda one: len(one.latency))
    issues = tuple(
        _issue(path.parent, folder, _metrics(raw[path], nodes), targets[path.parent])
        for path in tables
        if path.parent in targets and "target" in targets[path.parent]
    )
    return Shop(folder.name, calls, normal, issues)


def _issue(place: Path, folder: Path, window: Metrics, label: dict[str, dict[str, str]]) -> Issue:
    symptom: Symptom = "latency" if label["target"]["metric"] == "latency" else "errors"
    held_out = "test" in place.relative_to(folder).parts
    return Issue(place.name, window, label["target"]["node"], symptom, label["root_cause"]["node"], held_out)


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    rows = list(csv.reader(path.open(encoding="utf-8")))
    for row in rows[1:]:
        for callee, value in zip(rows[0][1:], row[1:], strict=True):
            if value and float(value) > 0:
                yield row[0], callee


def _table(path: Path) -> dict[tuple[str, str, str], Floats]:
    """(component, metric, statistic) → values by row."""
    body = path.read_bytes()
    text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
    rows = list(csv.reader(io.StringIO(text)))
    if len(rows) < 5 or not {"latency", "availability"} & set(rows[1]):
        return {}
    start = next(place for place, row in enumerate(rows) if place > 2 and row[0] and row[0][0].isdigit())
    columns = list(zip(*rows[start:], strict=True))
    return {
        (rows[0][at], rows[1][at], rows[2][at]): np.array([float(cell) if cell else np.nan for cell in columns[at]])
        for at in range(1, len(rows[0]))
    }


def _metrics(table: dict[tuple[str, str, str], Floats], nodes: tuple[str, ...]) -> Metrics:
    length = len(next(iter(table.values()), np.empty(0)))

    def columns(metric: str, statistic: str) -> Floats:
        empty = np.full(length, np.nan)
        return np.stack([table.get((node, metric, statistic), empty) for node in nodes], axis=1)

    return Metrics(
        nodes, columns("latency", "Average"), 1 - columns("availability", "Average") / 100, columns("requests", "Sum")
    )
