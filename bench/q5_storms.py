"""Q5: storms of alerts into one case per cause, over a map that is whole, has holes, or is wrong in places."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from bench.report import Bench, Outcome, Task
from bench.storm_baselines import best_labels, best_window
from bench.storm_play import SentAlert, play
from bench.storm_play import Storms as Played
from bench.storm_scoring import Judge, Sorted, figures
from bench.storm_world import StormWorld, drawn_map, make_world
from tickless.stages.correlate.grouping.alarm import Alarm
from tickless.stages.correlate.storms import Storms

SEEDS = range(20, 25)
"""Worlds that are scored; others were looked at while the method was written."""
MAPS = {"full": (0.0, 0.0), "holes": (0.2, 0.0), "bad": (0.2, 0.05)}
"""Share of the edges that are missing, share that are wrong."""


def run(task: Task) -> Outcome:
    """Every seed with every map; the figures are means over seeds."""
    rows: dict[str, list[dict[str, float]]] = {}
    seconds = 0.0
    for seed in SEEDS:
        world = make_world(seed)
        storms = play(world, seed)
        for name, (missing, wrong) in MAPS.items():
            began = time.process_time()
            done, edges = sort_storms(world, storms, drawn_map(world, seed, missing=missing, wrong=wrong))
            seconds += time.process_time() - began
            rows.setdefault(name, []).append(figures(storms, done) | edges)
        done, _ = sort_storms(world, storms, drawn_map(world, seed, missing=0.2, wrong=0.05), traces=False)
        rows.setdefault("bad_without_traces", []).append(figures(storms, done))
        rows.setdefault("time_window", []).append(best_window(storms))
        rows.setdefault("labels", []).append(best_labels(storms))
        task.say(f"seed {seed}: full {rows['full'][-1]['pair_f1']:.3f}, bad {rows['bad'][-1]['pair_f1']:.3f}")
    means = {name: _means(of_it) for name, of_it in rows.items()}
    return Outcome(
        _figures(means),
        anchors={
            "time_window": means["time_window"]["pair_f1"],
            "labels": means["labels"]["pair_f1"],
            "median_compression": 0.87,
        },
        exposure="worlds by seeds that were not looked at; the generator was written first, then made harder and fairer while "
        "the method was written on seeds 0–4 (10–15 were looked at once)",
        data={"seeds": len(SEEDS), "cpu_seconds": round(seconds, 1)},
        details=means,
    )


def sort_storms(
    world: StormWorld, storms: Played, needs: Sequence[tuple[str, str]], *, traces: bool = True
) -> tuple[Sorted, dict[str, float]]:
    """What the product makes of a stream with that map. Also how good the learnt edges are."""
    method, judge = Storms(nodes=world.nodes, needs=needs), Judge(storms)
    done, moved = Sorted(), dict[str, str]()
    calls = iter(storms.calls if traces else ())
    call = next(calls, None)
    for alert in storms.stream:
        while call is not None and call[2] <= alert.at:
            method.saw_call(call[0], call[1], at=call[2])
            call = next(calls, None)
        if alert.state != "firing":
            continue
        placed = method.place(_alarm(alert, storms))
        if placed.how in {"open", "join"}:
            done.case_of[alert.fingerprint] = placed.group
            judge.joined(alert.fingerprint, placed.group)
        elif alert.fingerprint not in done.case_of:
            done.case_of[alert.fingerprint] = f"apart {alert.fingerprint}"
        for gone, _ in placed.merged:
            moved[gone] = placed.group
            judge.merged(gone, placed.group)
    method.finish()
    done.case_of = {key: _final(case, moved) for key, case in done.case_of.items()}
    done.roots = {one.name: tuple(root.node for root in one.roots) for one in method.closed}
    done.joins, done.wrong_joins = judge.joins, judge.wrong
    return done, _edges(world, method, needs)


def _alarm(alert: SentAlert, storms: Played) -> Alarm:
    labels = (f"app={alert.app}",) if alert.app else ()
    planned = any(node == alert.node and begins <= alert.at <= ends for node, begins, ends in storms.maintenance)
    return Alarm(alert.fingerprint, alert.at, alert.node, f"{alert.name} {alert.text}", labels, planned)


def _final(case: str, moved: dict[str, str]) -> str:
    while case in moved:
        case = moved[case]
    return case


def _edges(world: StormWorld, method: Storms, needs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """How many of the missing edges are believed at the end, how many learnt ones are true, how sure wrong ones still are."""
    drawn = set(needs)
    missing = set(world.coupling) - drawn
    believed = set(method.book.chances())
    learnt = believed - drawn
    wrong = [
        edge.confidence for edge in method.book.edges() if (edge.service, edge.needs) in drawn - set(world.coupling)
    ]
    right = [
        edge.confidence for edge in method.book.edges() if (edge.service, edge.needs) in drawn & set(world.coupling)
    ]
    return {
        "edges_recovered": len(learnt & missing) / len(missing) if missing else 1.0,
        "learnt_true": len(learnt & set(world.coupling)) / len(learnt) if learnt else 1.0,
        "confidence_wrong": float(np.mean(wrong)) if wrong else 0.0,
        "confidence_right": float(np.mean(right)),
    }


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _figures(means: dict[str, dict[str, float]]) -> dict[str, float]:
    found = {
        f"{name}_{figure}": means[name][figure] for name in MAPS for figure in ("pair_f1", "wrong_merges", "root_top1")
    }
    found |= {f"{name}_misplaced": means[name]["misplaced"] for name in MAPS}
    found["compression"] = means["full"]["compression"]
    found["bad_without_traces_pair_f1"] = means["bad_without_traces"]["pair_f1"]
    found["apart_kept"] = means["full"]["apart_kept"]
    return found


BENCH = Bench(
    id="Q5",
    title="storms of alerts into one case per cause",
    bar={
        "full_pair_f1_min": 0.85,
        "holes_pair_f1_min": 0.80,
        "full_wrong_merges_max": 0.02,
        "full_root_top1_min": 0.77,
        "compression_min": 0.93,
    },
    run=run,
    about=(
        "Made-up companies of about 400 things, 200 incidents in a week, half of them within minutes of another, among noise, "
        "flapping and maintenance (both scored apart). `holes`: a fifth of the edges missing; `bad`: and 5 % wrong ones. "
        "`wrong_merges`: of all joins and merges, those that brought together what is not of one incident. `misplaced`: alerts "
        "in a case that is mostly of another incident. `compression` counts notifications. The baselines have their best "
        "setting for each world."
    ),
)
