"""What everybody has: a time window and grouping by labels, each with its best setting for the data that it is scored on."""

from __future__ import annotations

from bench.storm_play import SentAlert, Storms
from bench.storm_scoring import Sorted, figures

WINDOWS = (15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900)
"""Seconds of quiet after which a time window ends."""
INTERVALS = (60, 300, 900, 3_600)


def best_window(storms: Storms) -> dict[str, float]:
    """Everything between two moments of quiet is one case; its first alert is the root."""
    return max(
        (_scored(storms, _by_key(storms, quiet, label=False)) for quiet in WINDOWS), key=lambda one: one["pair_f1"]
    )


def best_labels(storms: Storms) -> dict[str, float]:
    """As Alertmanager groups: same alert name and application, until it is quiet for an interval."""
    return max(
        (_scored(storms, _by_key(storms, quiet, label=True)) for quiet in INTERVALS), key=lambda one: one["pair_f1"]
    )


def _scored(storms: Storms, done: Sorted) -> dict[str, float]:
    return {name: figure for name, figure in figures(storms, done).items() if name != "wrong_merges"}


def _by_key(storms: Storms, quiet: float, *, label: bool) -> Sorted:
    done = Sorted()
    last: dict[tuple[str, str | None], tuple[float, str]] = {}
    for alert in storms.stream:
        if alert.state != "firing" or alert.fingerprint in done.case_of or alert.fingerprint not in storms.truth:
            continue
        key, at = _key(alert, label=label), alert.at.timestamp()
        before = last.get(key)
        case = before[1] if before is not None and at - before[0] <= quiet else f"c{len(done.roots)}"
        if case not in done.roots:
            done.roots[case] = (alert.node or "",)
        last[key] = (at, case)
        done.case_of[alert.fingerprint] = case
    return done


def _key(alert: SentAlert, *, label: bool) -> tuple[str, str | None]:
    return (alert.name, alert.app) if label else ("", None)
