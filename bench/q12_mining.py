"""Q12: what comes again in tickets whose groups people named, beside TF-IDF with k-means and HDBSCAN."""

from __future__ import annotations

import csv
import gzip
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.intent_data import data_folder, encoder
from bench.mining_baselines import hdbscan, tfidf, tfidf_k_means
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.stages.learn.mining import Item, group_items
from tickless.stages.learn.mining.agreement import adjusted_rand

TOP = 10
SEEDS = range(3)
LEFT_OUT = "-1"
_SHORT = 60
"""A column whose values are this short at most, and repeat, is the group; the one with the longest values is the text."""
Labels = Sequence[str]


@dataclass(frozen=True)
class Tickets:
    texts: list[str]
    groups: list[str]


def run(task: Task) -> Outcome:
    """Ours with and without the sentence encoder; the baselines with the true number of groups and with ours, the better
    one."""
    tickets = [read_tickets(path) for path in _files(data_folder(task.data, "tickets"))]
    model = encoder()
    figures: dict[str, list[float]] = {}
    details: dict[str, object] = {}
    for one in tickets:
        for name, value in _measured(one, model, task, details).items():
            figures.setdefault(name, []).append(value)
    found = {name: fmean(values) for name, values in figures.items()}
    found["v_ahead"] = found["v_measure"] - max(found["v_measure_k_means"], found["v_measure_hdbscan"])
    found["top10_ahead"] = found["top10"] - max(found["top10_k_means"], found["top10_hdbscan"])
    data = {"files": len(tickets), "tickets": sum(len(one.texts) for one in tickets),
            "groups": [len(set(one.groups)) for one in tickets]}  # fmt: skip
    return Outcome(found, exposure=_exposure(task), data=data, details=details)


def _measured(tickets: Tickets, model: object, task: Task, details: dict[str, object]) -> dict[str, float]:
    items = [Item(str(place), "file", text=text) for place, text in enumerate(tickets.texts)]
    found: dict[str, float] = {}
    count = 0
    for ending, rung in (("", model), ("_by_words", None)):
        runs = [group_items(items, encoder=rung, seed=seed) for seed in SEEDS]  # type: ignore[arg-type]
        labels = [_labels(one.of, len(items)) for one in runs]
        count = len(set(labels[0])) if not ending else count
        found[f"v_measure{ending}"] = fmean(v_measure(tickets.groups, one) for one in labels)
        found[f"top10{ending}"] = fmean(top_coverage(tickets.groups, one) for one in labels)
        apart = [adjusted_rand(one.of, other.of) or 0.0 for one, other in itertools.combinations(runs, 2)]
        found[f"stability_seeds{ending}"] = fmean(apart)
        task.say(f"  ours{ending}: V {found[f'v_measure{ending}']:.3f}, top ten {found[f'top10{ending}']:.3f}")
    found["stability_weeks"] = _weeks(items, model)
    true = len(set(tickets.groups))
    words = tfidf(tickets.texts)
    beside = {
        f"k_means_{k}": [tfidf_k_means(words, k, seed=seed) for seed in SEEDS] for k in sorted({true, TOP, count})
    }
    beside["hdbscan"] = [hdbscan(words, smallest=size) for size in (5, 15, 30)]
    table = {name: (max if name == "hdbscan" else fmean)(v_measure(tickets.groups, one) for one in runs)
             for name, runs in beside.items()}  # fmt: skip
    top = {name: (max if name == "hdbscan" else fmean)(top_coverage(tickets.groups, one) for one in runs)
           for name, runs in beside.items()}  # fmt: skip
    details |= {"v_measure": table, "top10": top, "our_groups": count}
    for measure, values in (("v_measure", table), ("top10", top)):
        found[f"{measure}_k_means"] = max(value for name, value in values.items() if name != "hdbscan")
        found[f"{measure}_hdbscan"] = values["hdbscan"]
        task.say(f"  {measure}: " + ", ".join(f"{name} {value:.3f}" for name, value in values.items()))
    return found


def _weeks(items: Sequence[Item], model: object) -> float:
    """Groups of the first nine tenths, then of all with those as the run before: how much of the first stays."""
    first = group_items(items[: len(items) * 9 // 10], encoder=model)  # type: ignore[arg-type]
    before = {item: str(group) for item, group in first.of.items()}
    then = group_items(items, encoder=model, before=before, seed=1)  # type: ignore[arg-type]
    return adjusted_rand(first.of, then.of) or 0.0


def _labels(of: Mapping[str, int], count: int) -> list[str]:
    return [str(of.get(str(place), LEFT_OUT)) for place in range(count)]


def v_measure(true: Labels, found: Labels) -> float:
    """Harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg, 2007). What is left out is a group of its
    own."""
    cells = Counter(zip(true, found, strict=True))
    rows, columns = Counter(true), Counter(found)
    of_true, of_found = _entropy(rows), _entropy(columns)
    joint = _entropy(cells)
    shared = of_true + of_found - joint
    homogeneity = shared / of_true if of_true else 1.0
    completeness = shared / of_found if of_found else 1.0
    return 2 * homogeneity * completeness / (homogeneity + completeness) if homogeneity + completeness else 0.0


def _entropy(counts: Counter[Any]) -> float:
    shares: NDArray[np.float64] = np.array(list(counts.values()), np.float64)
    shares /= shares.sum()
    return float(-(shares * np.log(shares)).sum())


def top_coverage(true: Labels, found: Labels) -> float:
    """Share of all tickets that lie in one of the ten largest groups and belong there: to the true group most of it is of."""
    inside: dict[str, Counter[str]] = {}
    for group, label in zip(true, found, strict=True):
        if label != LEFT_OUT:
            inside.setdefault(label, Counter())[group] += 1
    largest = sorted(inside.values(), key=lambda counts: -counts.total())[:TOP]
    return sum(counts.most_common(1)[0][1] for counts in largest) / len(true)


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in {".csv", ".gz"} and ".csv" in path.name)
    if not found:
        raise CannotRun(f"{folder} holds no CSV of tickets with their groups")
    return found


def read_tickets(path: Path) -> Tickets:
    """The column with the longest values is the text, a short one whose values repeat the group. Rows without both are left."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    if not rows:
        raise CannotRun(f"{path.name} holds no rows")
    length = [fmean(len(row[column]) for row in rows) for column in range(len(header))]
    text = int(np.argmax(length))
    repeats = {column: len({row[column] for row in rows}) for column in range(len(header)) if column != text}
    fitting = [column for column, count in repeats.items() if 2 <= count <= len(rows) / 10 and length[column] <= _SHORT]
    if not fitting:
        raise CannotRun(f"{path.name} has no column of groups")
    group = min(fitting, key=lambda column: (repeats[column], column))
    kept = [(row[text], row[group]) for row in rows if row[text].strip() and row[group].strip()]
    return Tickets([one for one, _ in kept], [one for _, one in kept])


def _exposure(task: Task) -> str:
    if task.data is not None:
        return "not known: the data came by --data"
    return (
        "the texts and groups were seen while the method was chosen (k-means, Ward, communities; the weight of meaning "
        "beside words); no group's name, no word of them and no number of groups is in it"
    )


BENCH = Bench(
    id="Q12",
    title="mining: what comes again in tickets with known groups",
    bar={"v_ahead_min": 0.01, "top10_ahead_min": 0.01},
    run=run,
    takes_data=True,
    about=(
        f"`v_measure`: against the groups that people named; `top10`: share of all tickets that lie in one of the {TOP} "
        "largest groups and belong there. The method chooses the number of groups itself. TF-IDF with k-means gets the "
        "true number, ten, and ours, and the best of the three counts; HDBSCAN (TF-IDF in 50 dimensions) the best of three "
        "smallest sizes, chosen by the truth. `_by_words`: without the sentence encoder. `stability_seeds`: adjusted Rand "
        "index between runs that begin elsewhere, with nothing known of each other; `stability_weeks`: between nine tenths "
        "of the tickets and all of them a run later."
    ),
)
