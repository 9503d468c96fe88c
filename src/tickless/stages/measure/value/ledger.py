"""The ledger: gains that were measured, costs taken off, and beside them what is only claimed. Pure.

A gain counts only where an end held (verified, confirmed, prevented). What nobody measured is shown, and not added up.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.window import Window
from tickless.stages.measure.value.baseline import Baseline, What, baseline_of, baselines, waiting_minutes
from tickless.stages.measure.value.resampling import DRAWS, Draws, interval, means
from tickless.stages.measure.value.terms import Terms
from tickless.stages.measure.week.wording import counted

HELD = frozenset({"verified", "confirmed", "prevented"})
MONTH = 365.25 / 12
Known = Mapping[What, Mapping[tuple[str, int | None], Baseline]]
Kind = Literal["gain", "cost", "claimed"]
Basis = Literal["measured", "assumed", "declared"]


@dataclass(frozen=True)
class Line:
    """One line. `money` with the interval that holds it 95 times in 100; costs are negative. `cases`: its evidence; `against`:
    the cases that its baseline was had from. `by`: names of the assumptions that it takes."""

    id: str
    title: str
    kind: Kind
    basis: Basis
    minutes: float
    money: float
    low: float
    high: float
    cases: tuple[str, ...]
    told: str
    category: str = ""
    against: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """`net` is the sum of gains and costs; what is only claimed is not in it, unless people said that it should be."""

    window: Window
    lines: tuple[Line, ...]
    net: float
    low: float
    high: float
    minutes: float
    """Agents' minutes, net."""
    disruption_hours: float | None
    saved_cases: int
    unmeasured: tuple[str, ...]
    """Cases that the house solved, of whose worth nothing is known."""

    def of(self, kind: Kind) -> list[Line]:
        return [one for one in self.lines if one.kind == kind]


@dataclass(frozen=True)
class _Sum:
    line: Line
    draws: Draws


def ledger(material: Material, window: Window, terms: Terms, *, known: Known | None = None) -> Ledger:
    """What a window was worth. `known`: what cases cost people, where it was worked out of the whole material already."""
    known = known or known_of(material, terms)
    saved = [one for one in material.cases if one.automated and one.outcome in HELD and window.holds(one.over_at)]
    minutes, untold = _gains(saved, material, terms, known, what="minutes")
    waiting, _ = _gains(saved, material, terms, known, what="waiting")
    sums = [*minutes, *waiting, *_disruptions(material, window, terms), *_costs(material, window, terms)]
    claimed = _claimed(untold, terms)
    if terms.count_declared:
        sums += claimed
    draws = sum((one.draws for one in sums), np.zeros(DRAWS))
    low, high = interval(draws)
    lines = [one.line for one in sums] + ([] if terms.count_declared else [one.line for one in claimed])
    prevented = [one for one in lines if one.id == "disruption"]
    return Ledger(
        window, tuple(lines), net=sum(one.line.money for one in sums), low=low, high=high,
        minutes=sum(one.line.minutes for one in sums if not one.line.id.startswith(("waiting", "disruption"))),
        disruption_hours=sum(one.minutes for one in prevented) / 60 if prevented else None, saved_cases=len(saved),
        unmeasured=tuple(one.id for one in untold if one.declared_minutes is None or not one.declared_minutes),
    )  # fmt: skip


def known_of(material: Material, terms: Terms) -> Known:
    """What cases of people cost, of everything in the material."""
    return {what: baselines(material, terms.match, what=what) for what in get_args(What)}


_GAINS: Mapping[What, tuple[str, tuple[str, ...]]] = {
    "minutes": ("Agents' work saved", ("agent_hour",)),
    "waiting": ("People's waiting saved", ("employee_hour", "lost_share")),
}


def _gains(
    saved: Sequence[CaseHistory], material: Material, terms: Terms, every: Known, *, what: What
) -> tuple[list[_Sum], list[CaseHistory]]:
    """A line for each category with a baseline; and the cases without one."""
    known = every[what]
    hours = {one.id: one.hours for one in material.services or () if one.hours}
    groups: dict[tuple[str, str], tuple[Baseline, list[CaseHistory]]] = {}
    untold = []
    for case in saved:
        base = (
            None if case.declared_minutes == 0 else baseline_of(case, known)
        )  # nothing had to be done, so nothing was saved
        if base is None:
            untold.append(case)
        else:
            groups.setdefault((case.category, base.matched), (base, []))[1].append(case)
    rate = terms.agent_hour / 60 if what == "minutes" else terms.employee_hour / 60 * terms.lost_share
    found = []
    for (category, matched), (base, cases) in sorted(groups.items(), key=lambda one: one[0]):
        if what == "minutes":
            own = [case.handling_minutes or 0.0 for case in cases]
        else:
            own = [waiting_minutes(case, hours.get(case.service) or material.hours) or 0.0 for case in cases]
        found.append(_gain(category, matched, base, cases, own, rate=rate, what=what))
    return found, untold


def _gain(
    category: str,
    matched: str,
    base: Baseline,
    cases: Sequence[CaseHistory],
    own: Sequence[float],
    *,
    rate: float,
    what: What,
) -> _Sum:
    count = len(cases)
    title, by = _GAINS[what]
    seed = zlib.crc32(f"{what}:{category}:{matched}".encode())
    draws = count * (means(base.values, seed=seed) - means(own, seed=seed + 1))
    before, after = float(np.mean(base.values)), float(np.mean(own))
    minutes = count * (before - after)
    low, high = interval(draws * rate)
    told = (
        f"{counted(count, 'case')} at {after:.1f} minutes each, against {before:.1f} in {counted(base.of, 'case')} of "
        f"people ({matched})"
    )
    line = Line(
        f"{what}:{category}:{matched}", f"{title}: {category}", "gain", "measured", minutes, minutes * rate, low, high,
        tuple(one.id for one in cases), told, category, base.cases, by,
    )  # fmt: skip
    return _Sum(line, draws * rate)


def _disruptions(material: Material, window: Window, terms: Terms) -> list[_Sum]:
    cases = [one for one in material.cases if one.outcome == "prevented" and window.holds(one.over_at)]
    told = [one for one in cases if one.prevented_hours is not None]
    if not told:
        return []
    hours = [one.prevented_hours or 0.0 for one in told]
    rate = terms.employee_hour * terms.lost_share
    draws = len(hours) * means(hours, seed=7) * rate
    low, high = interval(draws)
    line = Line("disruption", "Disruption prevented", "gain", "measured", 60 * sum(hours), sum(hours) * rate, low, high,
                tuple(one.id for one in told),
                f"{len(told)} risks prevented, of {len(cases)} the only ones whose earlier disruptions are known",
                by=("employee_hour", "lost_share"))  # fmt: skip
    return [_Sum(line, draws)]


def _lived(material: Material, window: Window) -> float:
    """Days of the window in which there was a house to keep up: since its first case."""
    own = (one.opened_at for one in material.cases if one.source == "tickless" and one.opened_at is not None)
    began = min(own, default=window.until)
    return max(0.0, (window.until - max(began, window.since)) / dt.timedelta(days=1))


def _costs(material: Material, window: Window, terms: Terms) -> list[_Sum]:
    back = [
        one for one in material.cases
        if (one.automated or one.runbook) and window.holds(one.over_at) and (one.outcome == "regressed" or one.times_reopened)
    ]  # fmt: skip
    wrong = [one for one in material.runs if window.holds(one.at) and one.good is False]
    months = _lived(material, window) / MONTH
    tokens = sum(one.tokens for one in material.models if window.holds(one.at))
    upkeep = material.runbooks * terms.upkeep_hours * months * 60
    rate = terms.agent_hour / 60
    return [
        _cost(
            "rework", "Rework on what came back", len(back) * terms.rework_minutes, rate, cases=tuple(one.id for one in back),
            told=f"{counted(len(back), 'case')} came back, {terms.rework_minutes:g} minutes each",
            by=("rework_minutes", "agent_hour"),
        ),
        _cost(
            "false_actions", "Actions that did not help", len(wrong) * terms.false_action_minutes, rate,
            cases=tuple(dict.fromkeys(one.case for one in wrong)), by=("false_action_minutes", "agent_hour"),
            told=f"{len(wrong)} runs failed, were undone or did not hold, {terms.false_action_minutes:g} minutes each",
        ),
        _cost(
            "upkeep", "Upkeep of runbooks", upkeep, rate, by=("upkeep_hours", "agent_hour"),
            told=f"{material.runbooks} runbooks, {terms.upkeep_hours:g} hours a month each, {months:.1f} months",
        ),
        _cost(
            "model", "Language model", 0.0, rate, by=("model_price",), told=f"{tokens} tokens",
            money=tokens / 1e6 * terms.model_price,
        ),
    ]  # fmt: skip


def _cost(
    identity: str, title: str, minutes: float, rate: float, *, cases: tuple[str, ...] = (), told: str, by: tuple[str, ...],
    money: float | None = None,
) -> _Sum:  # fmt: skip
    amount = -(minutes * rate if money is None else money) or 0.0
    line = Line(identity, title, "cost", "assumed", -minutes or 0.0, amount, amount, amount, cases, told, by=by)
    return _Sum(line, np.full(DRAWS, amount))


def _claimed(untold: Sequence[CaseHistory], terms: Terms) -> list[_Sum]:
    """What runbooks say of themselves, where there is no baseline."""
    groups: dict[str, list[CaseHistory]] = {}
    for case in untold:
        if case.declared_minutes:
            groups.setdefault(case.category, []).append(case)
    found = []
    for category, cases in sorted(groups.items()):
        minutes = sum(one.declared_minutes or 0.0 for one in cases)
        money = minutes * terms.agent_hour / 60
        line = Line(
            f"claimed:{category}", f"Claimed by runbooks: {category or 'of no category'}",
            "gain" if terms.count_declared else "claimed", "declared", minutes, money, money, money,
            tuple(one.id for one in cases), f"{len(cases)} cases by the runbooks' own word: nobody measured what they took",
            category, by=("agent_hour", "count_declared"),
        )  # fmt: skip
        found.append(_Sum(line, np.full(DRAWS, money)))
    return found
