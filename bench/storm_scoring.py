"""How well alerts were put into cases: pairs of alerts, wrong joins, compression, roots. Knows the truth, no method."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.storm_play import Storms


@dataclass
class Sorted:
    """What a method did. `case_of`: fingerprint → case at the end; `joins`: joins and merges, those that were wrong among them;
    `roots`: case → ranked roots."""

    case_of: dict[str, str] = field(default_factory=dict)
    joins: int = 0
    wrong_joins: int = 0
    roots: dict[str, tuple[str, ...]] = field(default_factory=dict)


def pair_score(truth: Mapping[str, str], case_of: Mapping[str, str]) -> tuple[float, float, float]:
    """F1, precision and recall over pairs of alerts that are in one case."""
    both = Counter((incident, case_of[key]) for key, incident in truth.items())
    right = sum(_pairs(count) for count in both.values())
    said = sum(_pairs(count) for count in Counter(case_of[key] for key in truth).values())
    true = sum(_pairs(count) for count in Counter(truth.values()).values())
    return 2 * right / max(said + true, 1), right / max(said, 1), right / max(true, 1)


def figures(storms: Storms, done: Sorted) -> dict[str, float]:
    """All figures of one run. Chronic flapping and maintenance are scored apart: `apart_kept` is the share of them that is in
    no incident's case."""
    truth = {key: incident for key, incident in storms.truth.items() if key in done.case_of}
    f1, precision, recall = pair_score(truth, done.case_of)
    cases: dict[str, Counter[str]] = defaultdict(Counter)
    for key, incident in truth.items():
        cases[done.case_of[key]][incident] += 1
    notified = sum(alert.state == "firing" and alert.fingerprint in truth for alert in storms.stream)
    alone = [key for key in storms.apart if done.case_of.get(key) not in cases]
    misplaced = sum(sum(one.values()) - max(one.values()) for one in cases.values())
    return {
        "pair_f1": f1,
        "pair_precision": precision,
        "pair_recall": recall,
        "wrong_merges": done.wrong_joins / max(done.joins, 1),
        "misplaced": misplaced / max(len(truth), 1),
        "compression": 1 - len(cases) / max(notified, 1),
        "compression_distinct": 1 - len(cases) / max(len(truth), 1),
        "lost": 1 - len(truth) / len(storms.truth),
        "apart_kept": len(alone) / max(len(storms.apart), 1),
        **_roots(storms, truth, done),
    }


def _roots(storms: Storms, truth: Mapping[str, str], done: Sorted) -> dict[str, float]:
    """Of incidents with two alerts or more that hit several things: whether the case that has most of them names the root."""
    cases: dict[str, Counter[str]] = defaultdict(Counter)
    for key, incident in truth.items():
        if incident not in storms.noise:
            cases[incident][done.case_of[key]] += 1
    first, three = [], []
    for incident, counted in cases.items():
        if sum(counted.values()) >= 2:
            ranked = done.roots.get(counted.most_common(1)[0][0], ())
            first.append(ranked[:1] == (storms.roots[incident],))
            three.append(storms.roots[incident] in ranked[:3])
    return {"root_top1": sum(first) / max(len(first), 1), "root_top3": sum(three) / max(len(three), 1)}


class Judge:
    """Watches joins as they are made. A join is wrong when nothing of its incident is in the case; a merge, when the two sides
    are mostly of different incidents."""

    def __init__(self, storms: Storms) -> None:
        self._storms = storms
        self._cases: dict[str, Counter[str]] = defaultdict(Counter)
        self.joins = self.wrong = 0

    def joined(self, key: str, case: str) -> None:
        """An alert went into a case, which may be new."""
        origin, there = self._storms.truth.get(key, key), self._cases[case]
        if there:
            self.joins += 1
            self.wrong += origin not in there
        there[origin] += 1

    def merged(self, gone: str, case: str) -> None:
        """A case turned out to be another."""
        theirs, there = self._cases.pop(gone, Counter()), self._cases[case]
        if theirs and there:
            self.joins += 1
            self.wrong += theirs.most_common(1)[0][0] != there.most_common(1)[0][0]
        there.update(theirs)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
