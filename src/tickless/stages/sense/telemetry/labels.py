"""What a series is called: its metric and its labels, bounded and cleaned. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from tickless.kit.canonical import digest

Labels = tuple[tuple[str, str], ...]
"""Sorted by name, each name once; the metric is `__name__`, as in Prometheus."""

NAME: Final = "__name__"
MOST_LABELS: Final = 40
LONGEST_NAME: Final = 200
LONGEST_VALUE: Final = 400

_COUNTED = ("_total", "_count", "_sum")


class Kind(IntEnum):
    """How the values of a series are to be read."""

    GAUGE = 0
    """A value as it is."""
    COUNTER = 1
    """Counts up until it begins again: what matters is its increase in a second."""
    DELTA = 2
    """What came since the value before: what matters is its share of a second."""
    PASSED = 3
    """Counted and not watched: a histogram's buckets say no more than its count and sum."""


def labels_of(pairs: Iterable[tuple[str, str]]) -> Labels:
    """Labels in their order. Of a name that comes twice, the last one counts; empty values count as absent."""
    found = {_clean(name, LONGEST_NAME): _clean(value, LONGEST_VALUE) for name, value in pairs if name and value}
    return tuple(sorted(found.items())[:MOST_LABELS])


def kind_of(labels: Labels) -> Kind:
    """What a metric's name says of its values, by Prometheus' custom."""
    name = dict(labels).get(NAME, "")
    if name.endswith("_bucket"):
        return Kind.PASSED
    return Kind.COUNTER if name.endswith(_COUNTED) else Kind.GAUGE


def fingerprint_of(source: str, labels: Labels) -> str:
    """The fingerprint of a series of a source."""
    return digest([source, [list(pair) for pair in labels]])[:32]


def _clean(text: str, longest: int) -> str:
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
