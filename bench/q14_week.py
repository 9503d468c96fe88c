"""Q14: a week of traffic through the house: nothing lost, one case per cause on a poor map, and a report at the end."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.report import Bench, Outcome, Task
from bench.storm_scoring import pair_score
from bench.week_replay import Replay, replaying
from bench.week_traffic import LATE, MISSING, SWAPPED, WRONG, apart, heard, make_week, true_state, truth
from tickless.domain.hold import Hold
from tickless.journal.alerts import Alert
from tickless.kit.log import configure_logging
from tickless.stages.measure.week import Week, as_markdown

SEED: Final = 4_711
AHEAD: Final = dt.timedelta(hours=1)
"""So long before a disk is full its forecast has to be said."""


def run(task: Task) -> Outcome:
    """Play one week and compare with the truth."""
    configure_logging(level="ERROR")
    week = make_week(SEED)
    began, worked = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="tickless-week-") as folder, replaying(Path(folder), week) as replay:
        report = replay.play()
        figures = {
            "minutes": (time.monotonic() - began) / 60,
            "cpu_minutes": (time.process_time() - worked) / 60,
            **score(replay, report),
        }
    data = {
        "arrivals": len(week.arrivals), "things": len(week.world.nodes), "incidents": len(week.storms.roots),
        "edges": len(week.world.coupling), "missing": MISSING, "wrong": WRONG, "late": LATE, "swapped": SWAPPED,
    }  # fmt: skip
    exposure = (
        "the generator is Q5's, written apart from the method; seed 2026 was looked at once, and what joins a case that people "
        "have in hand was changed after it; this seed was not looked at"
    )
    return Outcome(figures, exposure=exposure, data=data, details={"report": as_markdown(report)})


def score(replay: Replay, report: Week) -> dict[str, float]:
    """Against the truth: what was lost, how alerts were put together, whether cases are about what broke."""
    week, incidents = replay.week, truth(replay.week)
    alerts = {one.fingerprint: one for one in _alerts(replay)}
    fired, states = heard(week), true_state(week)
    held = {one.fingerprint for one in _holds(replay)}
    cases = {key: _whole(replay, alert.case) for key, alert in alerts.items() if alert.case}
    placed = {key: cases[key] for key in incidents if key in cases}
    f1, precision, recall = pair_score({key: incidents[key] for key in placed}, placed)
    return {
        "alerts": float(report.figures["alerts"] or 0),
        "cases": float(report.figures["cases_of_machines"] or 0),
        "compression": float(report.figures["compression"] or 0),
        "lost": float(sum(key not in cases and key not in held for key in fired)),
        "ends_lost": float(
            sum(key in alerts and alerts[key].state != state for key, state in states.items() if key in fired)
        ),
        "pair_f1": f1,
        "pair_precision": precision,
        "pair_recall": recall,
        "noise_apart": _noise_apart(apart(week) & set(cases), cases, set(placed.values())),
        "root_named": _roots(replay, placed, incidents),
        **_foreseen(replay, report),
        "silence_told": float(any("synthetic" in row.what for row in report.section("senders").rows)),
        "sections": float(sum(bool(section.told) for section in report.sections)),
    }


def _foreseen(replay: Replay, report: Week) -> dict[str, float]:
    """Disks that filled, and whether it was said an hour before; calm ones of which it was said; what the report says."""
    with replay.house.journal.read() as tx:
        said = tx.foretold.where(limit=1_000)
    of = {disk.name: [one for one in said if f":{disk.name}:" in (one.subject or "")] for disk in replay.disks}
    full = [disk for disk in replay.disks if disk.kind == "fills" and disk.full_at < replay.clock.now()]
    calm = [disk for disk in replay.disks if disk.kind == "calm"]
    early = [any(one.said_at <= disk.full_at - AHEAD for one in of[disk.name]) for disk in full]
    return {
        "forecasts": float(report.figures["forecasts"] or 0),
        "forecasts_true": float(report.figures["forecasts_true"] or 0),
        "forecasts_untrue": float(report.figures["forecasts_untrue"] or 0),
        "disks_foreseen": sum(early) / len(early) if early else 0.0,
        "calm_disks_foreseen": float(sum(bool(of[disk.name]) for disk in calm)),
    }


def _noise_apart(noise: set[str], cases: Mapping[str, str], real: set[str]) -> float:
    """Share of the noise that is in no incident's case."""
    return sum(cases[key] not in real for key in noise) / len(noise) if noise else 1.0


def _roots(replay: Replay, placed: Mapping[str, str], incidents: Mapping[str, str]) -> float:
    """Of incidents with three alerts or more: whether the case with most of them is about the thing that broke."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for key, case in placed.items():
        members[incidents[key]][case] += 1
    right = []
    with replay.house.journal.read() as tx:
        for incident, found in members.items():
            if sum(found.values()) >= 3:
                most = tx.cases.need(found.most_common(1)[0][0])
                right.append(most.service == replay.week.storms.roots[incident])
    return sum(right) / len(right) if right else 0.0


def _whole(replay: Replay, case: str) -> str:
    with replay.house.journal.read() as tx:
        found = tx.cases.need(case)
        while found.merged_into:
            found = tx.cases.need(found.merged_into)
    return found.id


def _alerts(replay: Replay) -> list[Alert]:
    keys = {(one.source, one.alert.fingerprint) for one in replay.week.arrivals if one.alert is not None}
    with replay.house.journal.read() as tx:
        return list(tx.alerts.many(keys).values())


def _holds(replay: Replay) -> list[Hold]:
    with replay.house.journal.read() as tx:
        return list(tx.holds.where(limit=100_000))


BENCH = Bench(
    id="Q14",
    title="a week of traffic on a poor map, with its report",
    bar={
        "cpu_minutes_max": 15,
        "lost_max": 0,
        "ends_lost_max": 0,
        "silence_told_min": 1,
        "sections_min": 11,
        "disks_foreseen_min": 0.75,
        "calm_disks_foreseen_max": 0,
    },
    run=run,
    about=(
        f"A made-up company's week with {MISSING:.0%} of the map missing and {WRONG:.0%} of it wrong: incidents that cascade, "
        "flapping, maintenance, deployments, resolves that come late or out of order, a source that falls silent for good. "
        "It is played on a clock that is moved, through the house's own receivers, intake, holds, correlation and decisions; "
        "nothing is done to anybody, and the monitors say when it is over. `lost`: alerts that fired and are neither in a case "
        "nor were held back. `ends_lost`: alerts whose last news the house does not know. `pair_f1`: as in Q5, over the whole "
        "week. `root_named`: of incidents with three alerts or more, whether the case is about what broke. "
        "`disks_foreseen`: of disks that filled up, share of which a forecast was said an hour before; nothing is done about "
        "any, so that what became of them is for the report to tell. `calm_disks_foreseen`: disks that only go up and down "
        "with the day, of which one was said. `minutes`: by the clock on the wall; a tolerance for busy machines is in the bar."
    ),
)
