"""What a supervisord can be asked."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.supervisord.client import ProcessInfo, connect
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import Process, ProcessState


@probe("state", params=Process, output=ProcessState)
def state(call: Call, params: Process) -> Result:
    """Whether a process runs, since when, and under which process id."""
    found = connect(call).info(params.process)
    if found is None:
        output = ProcessState(exists=False, running=False)
        return Result(output=output, summary="supervisord knows no such process")
    return Result(output=seen(found), summary=f"the process is {found.state.lower()}")


def seen(info: ProcessInfo) -> ProcessState:
    """What supervisord said, in the words of the capability."""
    started = dt.datetime.fromtimestamp(info.start, dt.UTC) if info.start > 0 else None
    return ProcessState(
        running=info.running,
        pid=info.pid or None,
        started_at=started if info.pid else None,
        state=info.state.lower(),
    )
