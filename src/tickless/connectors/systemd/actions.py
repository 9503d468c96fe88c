"""What systemd can be told. Every action looks first, and says what it sees afterwards."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.systemd.client import Manager, manager_on
from tickless.connectors.systemd.probes import seen, unit_of
from tickless.connectors.systemd.reading import UnitInfo
from tickless.connectors.systemd.settings import Unit
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.infrastructure import Process, ProcessState

GRAIN = dt.timedelta(seconds=1)


@action("start", params=Process, output=ProcessState)
def start(call: Call, params: Process) -> Result:
    """Start a unit that is down."""
    unit = unit_of(call, params.process)
    with manager_on(call, unit.host) as manager:
        before = _known(manager, unit)
        if before.up:
            return Result(output=seen(call, before), summary="the unit ran already")
        if call.dry_run:
            return Result(output=seen(call, before), changed=True, summary="would start the unit")
        manager.do("start", unit.unit)
        return _after(call, manager, unit, params, word="started", undo="stop")


@action("stop", params=Process, output=ProcessState)
def stop(call: Call, params: Process) -> Result:
    """Stop a unit that runs."""
    unit = unit_of(call, params.process)
    with manager_on(call, unit.host) as manager:
        before = _known(manager, unit)
        if not before.up:
            return Result(output=seen(call, before), summary="the unit was down already")
        if call.dry_run:
            return Result(output=seen(call, before), changed=True, summary="would stop the unit")
        manager.do("stop", unit.unit)
        return _after(call, manager, unit, params, word="stopped", undo="start")


@action("restart", params=Process, output=ProcessState)
def restart(call: Call, params: Process) -> Result:
    """Restart a unit; start it if it is down. One that an earlier try of this step restarted is left alone."""
    unit = unit_of(call, params.process)
    with manager_on(call, unit.host) as manager:
        before = _known(manager, unit)
        if before.running and _restarted_by_an_earlier_try(call, before):
            return Result(output=seen(call, before), summary="an earlier try of this step had restarted the unit")
        if call.dry_run:
            return Result(output=seen(call, before), changed=True, summary="would restart the unit")
        manager.do("restart", unit.unit)
        return _after(call, manager, unit, params, word="restarted")


def _restarted_by_an_earlier_try(call: Call, info: UnitInfo) -> bool:
    """By its age, not its start: the host's clock may differ from ours."""
    if call.first_started is None or info.age is None:
        return False
    return call.now - dt.timedelta(seconds=info.age) >= call.first_started - GRAIN


def _known(manager: Manager, unit: Unit) -> UnitInfo:
    found = manager.info(unit.unit)
    if not found.exists:
        raise Rejected("systemd knows no such unit", detail=f"unit {unit.unit!r} on {unit.host!r}")
    return found


def _after(call: Call, manager: Manager, unit: Unit, params: Process, *, word: str, undo: str = "") -> Result:
    step = UndoStep(uses=f"{call.instance.name}.{undo}", with_=params.model_dump()) if undo else None
    return Result(output=seen(call, manager.info(unit.unit)), changed=True, summary=f"{word} the unit", undo=step)
