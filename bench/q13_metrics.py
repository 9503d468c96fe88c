"""Q13: the metrics engine on event logs of ticket systems, against an independent computation in SQL (`itsm_by_hand.py`)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from pathlib import Path

from bench.itsm_by_hand import by_hand
from bench.q7_causality import data_folder
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.practices.history.entries import Entry, Reader, Refused
from tickless.practices.history.folding import fold
from tickless.practices.history.guessing import guess
from tickless.practices.history.reading import form_of, header_of, opened, read_rows
from tickless.stages.measure.facts.past import from_past
from tickless.stages.measure.metrics import METRICS, CaseHistory, Figure, Material, Window, figure, parts, trend
from tickless.stages.measure.metrics.registry import Dimension

SAMPLE = 500
BY: tuple[Dimension, ...] = ("priority", "category", "team", "channel")
CLOSE = 1e-9
"""Relative: sums are added up in another order."""


def run(task: Task) -> Outcome:
    """Every file of the folder: each figure, of the whole, by parts and by months, beside the same from SQL."""
    files = sorted(
        path for path in (task.data or data_folder("itsm-log")).rglob("*") if path.name.endswith((".csv", ".csv.gz"))
    )
    if not files:
        raise CannotRun("there is no event log (.csv or .csv.gz) in that folder")
    compared = exact = 0
    shown: dict[str, float] = {}
    wrong: list[str] = []
    data: dict[str, object] = {}
    for place, path in enumerate(files):
        cases, refused = read_cases(path)
        answers = by_hand(path)
        window = Window(answers.since, answers.until)
        ours = engine(cases, window, names=answers.figures)
        data[f"file {place + 1}"] = {"tickets": len(cases), "rows": answers.rows, "refused": refused}
        task.say(f"file {place + 1}: {len(cases)} tickets, {refused} rows refused")
        for key in sorted({*ours, *answers.all()}):
            compared += 1
            if same(ours.get(key), answers.all().get(key)):
                exact += 1
            else:
                wrong.append(f"file {place + 1}: {key}: {ours.get(key)} by the engine, {answers.all().get(key)} by SQL")
        shown |= {f"{name}_{place + 1}": value for name, (value, *_) in answers.figures.items() if value is not None}
    for text in wrong[:40]:
        task.say(text)
    figures = {"exact": exact / compared if compared else 0.0, "compared": float(compared), **shown}
    return Outcome(
        figures, exposure="arithmetic: nothing is learnt from any data", data=data, details={"wrong": wrong[:200]}
    )


def read_cases(path: Path) -> tuple[list[CaseHistory], int]:
    """The file as the product's import reads it, with the mapping that it guesses."""
    form = form_of(path)
    sample = [
        cells
        for _, cells, _ in itertools.islice(read_rows(opened(path), form), SAMPLE)
        if not isinstance(cells, Refused)
    ]
    mapping = guess(header_of(path, form, sample), sample).mapping
    reader, refused = Reader(mapping, "00" * 32), 0
    tickets: dict[str, list[Entry]] = {}
    for row, cells, _ in read_rows(opened(path), form):
        read = cells if isinstance(cells, Refused) else reader.read(cells, row)
        if isinstance(read, Refused):
            refused += 1
        else:
            tickets.setdefault(read["number"], []).append(read)
    return from_past(fold("bench", rows, mapping) for rows in tickets.values()), refused


Told = tuple[float | None, int, int]


def engine(cases: list[CaseHistory], window: Window, *, names: Iterable[str]) -> dict[str, Told]:
    """Each metric: whole, by parts, by months."""
    material = Material(now=window.until, cases=cases)
    found: dict[str, Told] = {}
    for name in names:
        metric = METRICS[name]
        found[name] = _told(figure(metric, material, window))
        for by in BY:
            found |= {f"{name} by {by} {part}": _told(one) for part, one in parts(metric, material, window, by=by)}
        for month, one in trend(metric, material, window, grain="month"):
            if one.of or one.missing:
                found[f"{name} in {month.since:%Y-%m}"] = _told(one)
    return found


def _told(one: Figure) -> Told:
    return one.value, one.of, one.missing


def same(ours: Told | None, theirs: Told | None) -> bool:
    """The value, how many were counted, how many are missing."""
    if ours is None or theirs is None or ours[1:] != theirs[1:]:
        return False
    a, b = ours[0], theirs[0]
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE)


BENCH = Bench(
    "Q13", "metrics engine against an independent computation", {"exact_min": 1.0}, run, takes_data=True,
    about="Each figure with how many cases it counts and how many lack what it needs; whole, by priority, category, team and "
    "channel, and month by month. The file goes in as the product's own import guesses it. Times are in seconds.",
)  # fmt: skip
