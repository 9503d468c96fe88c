"""Q2: alarms per series and week, asked and delivered, on clean series of seven kinds, for both tiers of detectors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.clean_series import KINDS, Floats, moments
from bench.report import Bench, Outcome, Task
from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.detection.budget import Budget, Pool
from tickless.stages.sense.detection.rich import RichDetector

BUDGETS = (0.1, 0.5, 1.0, 5.0)
SEED = 20_260_101
BANK_SERIES, BANK_WEEKS, BANK_STEP = 200, 8, 300.0
RICH_SERIES, RICH_WEEKS, RICH_STEP = 40, 12, 900.0
Delivered = dict[str, dict[str, float]]
"""Budget → kind (and "all") → delivered / asked."""


def run(task: Task) -> Outcome:
    """All kinds share one house, as they would: one bank, and one pool of rich detectors. Counted from the first point on."""
    bank = _bank(_made(BANK_SERIES, moments(BANK_WEEKS, BANK_STEP)))
    task.say(f"  bank: {bank}")
    rich = _rich(_made(RICH_SERIES, moments(RICH_WEEKS, RICH_STEP)), task)
    task.say(f"  rich: {rich}")
    figures = {
        "worst_factor": max(_worst(bank, whole=True), _worst(rich, whole=True)),
        "worst_factor_of_a_kind": max(_worst(bank), _worst(rich)),
        "bank_worst_of_a_kind": _worst(bank),
        "rich_worst_of_a_kind": _worst(rich),
    }
    figures |= {f"bank_at_{asked}": by_kind["all"] for asked, by_kind in bank.items()}
    figures |= {f"rich_at_{asked}": by_kind["all"] for asked, by_kind in rich.items()}
    return Outcome(
        figures,
        exposure=(
            "generated, written apart from the detectors; the constants of the feedback were chosen on these kinds"
        ),
        data={
            "kinds": list(KINDS),
            "bank": f"{BANK_SERIES} series of each kind, {BANK_WEEKS} weeks, every {BANK_STEP:.0f} s",
            "rich": f"{RICH_SERIES} series of each kind, {RICH_WEEKS} weeks, every {RICH_STEP:.0f} s",
        },
        details={"bank, delivered / asked": bank, "rich, delivered / asked": rich},
    )  # fmt: skip


def _made(series: int, times: Floats) -> tuple[Floats, Mapping[str, Floats]]:
    rng = np.random.default_rng(SEED)
    return times, {kind: make(times, series, rng) for kind, make in KINDS.items()}


def _bank(made: tuple[Floats, Mapping[str, Floats]]) -> Delivered:
    times, by_kind = made
    points = np.concatenate(list(by_kind.values()), axis=1).astype(np.float32)
    delivered = {}
    for budget in BUDGETS:
        bank = Bank(points.shape[1], alarms_per_week=budget)
        alarms = np.zeros(points.shape[1])
        for moment, row in zip(times.tolist(), points, strict=True):
            alarms += bank.update(slice(0, len(row)), moment, row).alarm
        counts = dict(zip(by_kind, alarms.reshape(len(by_kind), -1).sum(axis=1).tolist(), strict=True))
        delivered[f"{budget:g}"] = _ratios(counts, budget * BANK_WEEKS * BANK_SERIES)
    return delivered


def _rich(made: tuple[Floats, Mapping[str, Floats]], task: Task) -> Delivered:
    """The scores do not depend on the budget, so they are made once, and judged as the detector judges them."""
    times, by_kind = made
    moments_ = times.tolist()
    onsets = {}
    for kind, points in by_kind.items():
        onsets[kind] = [_onsets(moments_, column.tolist()) for column in points.T]
        task.say(f"  rich: {kind} is read")
    delivered = {}
    for budget in BUDGETS:
        pool = Pool()
        judges = {kind: [Budget(budget, pool=pool) for _ in columns] for kind, columns in onsets.items()}
        counts = dict.fromkeys(onsets, 0.0)
        for row, moment in enumerate(moments_):
            for kind, columns in onsets.items():
                for judge, column in zip(judges[kind], columns, strict=True):
                    counts[kind] += judge.push(column[row], time=moment, gone=RICH_STEP if row else 0.0)
        delivered[f"{budget:g}"] = _ratios(counts, budget * RICH_WEEKS * RICH_SERIES)
    return delivered


def _onsets(times: list[float], values: list[float]) -> list[float]:
    detector = RichDetector()
    return [detector.update(moment, value).onset for moment, value in zip(times, values, strict=True)]


def _ratios(counts: Mapping[str, float], asked: float) -> dict[str, float]:
    every = {kind: round(count / asked, 3) for kind, count in counts.items()}
    return every | {"all": round(sum(counts.values()) / asked / len(counts), 3)}


def _worst(delivered: Delivered, *, whole: bool = False) -> float:
    ratios = [
        ratio for by_kind in delivered.values() for kind, ratio in by_kind.items() if (kind == "all") is whole
    ]  # fmt: skip
    return max(max(ratio, 1 / max(ratio, 1e-3)) for ratio in ratios)


BENCH = Bench(
    id="Q2",
    title="false-alarm budget: alarms per series and week, asked and delivered",
    bar={"worst_factor_max": 1.5, "worst_factor_of_a_kind_max": 1.5},
    run=run,
    about=(
        "Seven kinds of clean series (white, autoregressive, daily, weekly, heavy-tailed, counts, drifting) in one house, "
        f"budgets of {', '.join(f'{one:g}' for one in BUDGETS)} alarms per series and week, counted from the first point on. "
        "`worst_factor`: the furthest that delivered is from asked, either way, over all series of a tier; `…_of_a_kind`: over "
        "any single kind, so that one kind's silence cannot pay for another's noise. `x_at_b`: delivered / asked."
    ),
)
