"""What a supervisord can be told. Every action looks first, and says what it sees afterwards."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.supervisord.client import UP, ProcessInfo, Supervisor, connect
from tickless.connectors.supervisord.probes import seen
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.infrastructure import Process, ProcessState

GRAIN = dt.timedelta(seconds=1)
"""Supervisord tells whole seconds."""


@action("start", params=Process, output=ProcessState)
def start(call: Call, params: Process) -> Result:
    """Start a process that is down."""
    supervisor = connect(call)
    before = _known(supervisor, params)
    if before.state in UP:
        return Result(output=seen(before), summary="the process ran already")
    if call.dry_run:
        return Result(output=seen(before), changed=True, summary="would start the process")
    supervisor.start(params.process)
    return _after(call, supervisor, params, word="started", undo="stop")


@action("stop", params=Process, output=ProcessState)
def stop(call: Call, params: Process) -> Result:
    """Stop a process that runs."""
    supervisor = connect(call)
    before = _known(supervisor, params)
    if not before.pid:
        return Result(output=seen(before), summary="the process was down already")
    if call.dry_run:
        return Result(output=seen(before), changed=True, summary="would stop the process")
    supervisor.stop(params.process)
    return _after(call, supervisor, params, word="stopped", undo="start")


@action("restart", params=Process, output=ProcessState)
def restart(call: Call, params: Process) -> Result:
    """Stop and start a process; start it if it is down. One that an earlier try of this step restarted is left alone."""
    supervisor = connect(call)
    before = _known(supervisor, params)
    if before.running and _started_by_an_earlier_try(call, before):
        return Result(output=seen(before), summary="an earlier try of this step had restarted the process")
    if call.dry_run:
        return Result(output=seen(before), changed=True, summary="would restart the process")
    if before.pid:
        supervisor.stop(params.process)
    supervisor.start(params.process)
    return _after(call, supervisor, params, word="restarted")


def _started_by_an_earlier_try(call: Call, info: ProcessInfo) -> bool:
    """By its age, not its start: the supervisor's clock may differ from ours."""
    if call.first_started is None:
        return False
    return call.now - dt.timedelta(seconds=info.age) >= call.first_started - GRAIN


def _known(supervisor: Supervisor, params: Process) -> ProcessInfo:
    found = supervisor.info(params.process)
    if found is None:
        raise Rejected("supervisord knows no such process", detail=f"process {params.process!r}")
    return found


def _after(call: Call, supervisor: Supervisor, params: Process, *, word: str, undo: str = "") -> Result:
    step = UndoStep(uses=f"{call.instance.name}.{undo}", with_=params.model_dump()) if undo else None
    after = _known(supervisor, params)
    return Result(output=seen(after), changed=True, summary=f"{word} the process", undo=step)
