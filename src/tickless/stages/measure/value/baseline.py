"""What a case of some category cost people before, or costs them where the house does not do it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tickless.stages.measure.metrics.clock import support_clock
from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import Material

LEAST: Final = 10
"""Cases that a baseline takes: fewer say too little."""
What = Literal["minutes", "waiting"]


@dataclass(frozen=True)
class Baseline:
    """What comparable cases took: their values (minutes), which they are, and how they were matched."""

    category: str
    what: What
    matched: str
    values: tuple[float, ...]
    cases: tuple[str, ...]

    @property
    def of(self) -> int:
        return len(self.values)


def baselines(material: Material, match: Mapping[str, str], *, what: What) -> dict[tuple[str, int | None], Baseline]:
    """By category and priority, and by category alone (priority None), where at least `LEAST` cases of people tell.

    A case counts for the category that it has, and for a need that is said to be the same (`match`).
    """
    hours = {one.id: one.hours for one in material.services or () if one.hours}
    names: dict[str, list[str]] = {}
    for need, past in match.items():
        names.setdefault(past, []).append(need)
    found: dict[tuple[str, int | None], list[tuple[float, str]]] = {}
    for case in material.cases:
        value = _value(case, hours.get(case.service) or material.hours, what)
        if value is None or case.automated or not case.category:
            continue
        for category in (case.category, *names.get(case.category, ())):
            found.setdefault((category, case.priority), []).append((value, case.id))
            if case.priority is not None:
                found.setdefault((category, None), []).append((value, case.id))
    return {
        key: Baseline(key[0], what, _matched(key, match), tuple(v for v, _ in rows), tuple(i for _, i in rows))
        for key, rows in found.items() if len(rows) >= LEAST
    }  # fmt: skip


def baseline_of(case: CaseHistory, known: Mapping[tuple[str, int | None], Baseline]) -> Baseline | None:
    """The closest: of the same category and priority, else of the same category."""
    return known.get((case.category, case.priority)) or known.get((case.category, None))


def _matched(key: tuple[str, int | None], match: Mapping[str, str]) -> str:
    category, priority = key
    by = f"category {match.get(category, category)}"
    return by if priority is None else f"{by}, priority {priority}"


def _value(case: CaseHistory, hours: str, what: What) -> float | None:
    if case.level == 0 or case.outcome in {"withdrawn", "muted", "refused"}:
        return None
    return case.handling_minutes if what == "minutes" else waiting_minutes(case, hours)


def waiting_minutes(case: CaseHistory, hours: str) -> float | None:
    """Support minutes from the opening until it was solved in the end; None without both stamps."""
    if case.opened_at is None or case.resolved_at is None or case.resolved_at < case.opened_at:
        return None
    return support_clock(hours).seconds(case.opened_at, case.resolved_at) / 60
