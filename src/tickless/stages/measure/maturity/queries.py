"""The few kinds of queries that criteria ask. Pure."""

from __future__ import annotations

from tickless.stages.measure.maturity.model import Evidence, HouseFacts, Query, Reading
from tickless.stages.measure.metrics.metric import Unit
from tickless.stages.measure.metrics.registry import METRICS


def _top(unit: Unit) -> float | None:
    return 1.0 if unit == "share" else None


def metric(name: str, *, least: int = 1) -> Query:
    """A metric's figure; none where fewer than `least` were counted."""
    unit = METRICS[name].unit

    def ask(evidence: Evidence) -> Reading:
        found = evidence.figure(name)
        if found.value is None or found.of < least:
            return Reading(None, found.of, f"{METRICS[name].name}: {found.of} counted, {least} needed", unit)
        return Reading(
            found.value, found.of, f"{METRICS[name].name} over {found.of} counted, {found.missing} missing", unit
        )

    of = f", of at least {least}" if least > 1 else ""
    return Query(ask, f"the metric “{METRICS[name].name}” (`{name}`) over the window{of}", unit, _top(unit))


def told(name: str) -> Query:
    """Of the cases that a metric is about: how many have what it needs."""

    def ask(evidence: Evidence) -> Reading:
        found = evidence.figure(name)
        whole = found.of + found.missing
        return Reading(
            found.of / whole if whole else None, whole, f"{METRICS[name].name}: {found.of} of {whole} tell", "share"
        )

    return Query(ask, f"of all that the metric `{name}` is about, the share that has what it needs", "share", 1.0)


def better(name: str) -> Query:
    """By how much, in parts of the first half, a metric got better in the second half of the window."""

    def ask(evidence: Evidence) -> Reading:
        first, second = evidence.halves(name)
        if first is None or second is None or not first:
            return Reading(None, 0, f"{METRICS[name].name}: nothing to compare", "share")
        change = (second - first) / abs(first)
        gain = change if METRICS[name].better == "up" else -change
        return Reading(
            gain, evidence.figure(name).of, f"{METRICS[name].name}: {first:.3g} before, {second:.3g} after", "share"
        )

    words = f"the metric `{name}` in the second half of the window beside the first: by which part it got better"
    return Query(ask, words, "share", 1.0)


def weeks(name: str) -> Query:
    """How many weeks have the figure."""

    def ask(evidence: Evidence) -> Reading:
        found = evidence.weeks(name)
        return Reading(float(found), found, f"{METRICS[name].name}: known in {found} weeks")

    return Query(ask, f"in how many weeks of the window the metric `{name}` is known")


def fact(name: str, words: str, unit: Unit = "count") -> Query:
    """A number of the house."""

    def ask(evidence: Evidence) -> Reading:
        value = getattr(evidence.house, name)
        return Reading(None if value is None else float(value), 0 if value is None else 1, words, unit)

    return Query(ask, f"a number of the house, `{name}`: {words}", unit, _top(unit))


def part(name: str, of: str, words: str) -> Query:
    """One number of the house by another."""

    def ask(evidence: Evidence) -> Reading:
        house: HouseFacts = evidence.house
        whole, some = int(getattr(house, of)), int(getattr(house, name))
        return Reading(some / whole if whole else None, whole, f"{some} of {whole} {words}", "share")

    return Query(ask, f"numbers of the house, `{name}` by `{of}`: how many {words}", "share", 1.0)


def answered(name: str) -> Query:
    """What people say, where no data can show it."""
    return Query(
        lambda evidence: by_word(evidence.answers.get(name)), "what people answer: no data can show it", most=2.0
    )


def by_word(said: int | None) -> Reading:
    """0 no, 1 in part, 2 yes; None: nobody has answered."""
    if said is None:
        return Reading(None, 0, "nobody has answered")
    return Reading(float(said), 1, f"people say {('no', 'in part', 'yes')[min(said, 2)]}")
