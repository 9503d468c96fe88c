"""`prevented` or only `verified`: the argument, from what was foreseen before the run and measured after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from tickless.domain.case import Case
from tickless.domain.finding import Evidence
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.sighting import Ahead, Argument, Crossing, Sighting
from tickless.domain.verdict import ProbeReading, Verdict
from tickless.flow.foresight import Foresight
from tickless.journal import Tx
from tickless.stages.sense.forecast.limits import kinds_of_class
from tickless.stages.verify.counterfactual import NO_FORECAST, Foreseen, Measured, argue

READS: Final[dict[str, tuple[str, float]]] = {
    "disk_filling": ("percent", 1.0),
    "certificate_expiring": ("days_left", -1.0),
    "licence_expiring": ("days_left", -1.0),
}
"""Alert class → the field of its probes' answers that says the same, and the sign with which that rises to its limit."""
SOURCE: Final = "counterfactual"


def argument_of(tx: Tx, foresight: Foresight, case: Case, run: Run) -> Argument:
    """Whether the run prevented the risk. Reads only."""
    receipts = tx.receipts_of(run.id)
    changed = [one for one in receipts if one.changed]
    if not changed:
        return Argument(holds=False, lines=("Nothing was changed.",))
    acted_at = min(one.started_at for one in changed)
    ended_at = max(one.ended_at or one.started_at for one in changed)
    verdict = tx.verdicts.get(f"ver_{run.id}")
    read = _read_back(case, verdict)
    found = Argument(holds=False, lines=(NO_FORECAST,))
    for sighting in _forecasts(tx, case, acted_at):
        since = min(sighting.updated_at, acted_at)
        seen = [
            Measured(dt.datetime.fromtimestamp(one.at, dt.UTC), one.value, "telemetry")
            for one in foresight.measured(sighting.series, since=since)
        ]
        measured = sorted([*seen, *read], key=lambda one: one.at)
        found = argue(_foreseen(sighting), acted_at=acted_at, ended_at=ended_at, measured=measured)
        if found.holds:
            return found
    written = _written_down(case, receipts, acted_at)
    if written is not None:
        return argue(written, acted_at=acted_at, ended_at=ended_at, measured=read)
    return found


def noted(case: Case, argument: Argument) -> Case:
    """The case with the argument as its evidence, once."""
    said = " ".join(argument.lines)
    if any(one.source == SOURCE and one.text == said for one in case.evidence):
        return case
    return case.model_copy(update={"evidence": (*case.evidence, Evidence(text=said, source=SOURCE))})


def _forecasts(tx: Tx, case: Case, acted_at: dt.datetime) -> Iterable[Sighting]:
    """Forecasts of what the case is about, as they stood before the action, the newest first."""
    kinds = kinds_of_class(case.need or "")
    found = tx.sightings.of_case(case.id, case.subject)
    return [one for one in found if one.kind == "forecast" and one.what in kinds and one.updated_at <= acted_at]


def _foreseen(sighting: Sighting) -> Foreseen:
    return Foreseen(
        made_at=sighting.updated_at,
        limit=sighting.limit if sighting.limit is not None else 100.0,
        ahead=sighting.ahead,
        crossing=sighting.crossing or Crossing(),
        basis=sighting.basis or "trend",
        unit=sighting.unit,
    )


def _read_back(case: Case, verdict: Verdict | None) -> list[Measured]:
    """What the checks read from the system of record, in the measure of the forecast."""
    reads = READS.get(case.need or "")
    if verdict is None or reads is None:
        return []
    return [found for one in verdict.readings if (found := _as_measured(one, *reads)) is not None]


def _as_measured(reading: ProbeReading, field: str, sign: float) -> Measured | None:
    value = (reading.answer or {}).get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Measured(reading.at, sign * float(value), f"{reading.uses}, read back from the system of record")


def _written_down(case: Case, receipts: Iterable[Receipt], acted_at: dt.datetime) -> Foreseen | None:
    """A date that a step read before anything was changed: it would have come, and when is known."""
    field, sign = READS.get(case.need or "", ("", 1.0))
    if sign > 0:
        return None
    for one in receipts:
        days = one.output.get(field)
        if one.changed or one.ended_at is None or one.ended_at > acted_at or not isinstance(days, int | float):
            continue
        ends = one.ended_at + dt.timedelta(days=max(0.0, min(float(days), 36_500.0)))
        path = [Ahead(at=at.timestamp(), middle=value, low=value, high=value)
                for at, value in ((one.ended_at, -float(days)), (ends, 0.0))]  # fmt: skip
        crossing = Crossing(likely=ends, earliest=ends, latest=ends)
        return Foreseen(one.ended_at, 0.0, path, crossing, "calendar", unit=" days")
    return None
