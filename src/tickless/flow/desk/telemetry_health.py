"""How telemetry is: what is kept of the room there is, and what is refused. For the doctor."""

from __future__ import annotations

from tickless.flow.desk.promise import Check
from tickless.stages.sense.telemetry.service import State


def telemetry_check(state: State | None) -> Check:
    """One line; None: switched off."""
    if state is None:
        return Check("telemetry", ok=True, detail="switched off")
    detail = f"{state.series:,} of {state.room:,} series, {state.patterns:,} patterns of messages, {state.bytes / 1e6:.0f} MB"
    refused = [one for one in state.sources if one.refused]
    if not refused:
        return Check("telemetry", ok=True, detail=detail)
    told = ", ".join(f"{one.source} ({one.refused:,} values)" for one in refused)
    mend = "send fewer labels, or raise telemetry.series and telemetry.series_of_source"
    return Check("telemetry", ok=False, detail=f"{detail}; new series are refused: {told}", mend=mend)
