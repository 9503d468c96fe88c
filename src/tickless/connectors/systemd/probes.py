"""What systemd can be asked."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.systemd.client import manager_on
from tickless.connectors.systemd.parameters import FailedUnits, OnHost
from tickless.connectors.systemd.reading import UnitInfo
from tickless.connectors.systemd.settings import Settings, Unit
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import Process, ProcessState


@probe("state", params=Process, output=ProcessState)
def state(call: Call, params: Process) -> Result:
    """How a unit stands, as systemd says."""
    unit = unit_of(call, params.process)
    with manager_on(call, unit.host) as manager:
        info = manager.info(unit.unit)
    told = f"{info.active} ({info.sub})" if info.exists else "there is no such unit"
    return Result(output=seen(call, info), summary=told)


@probe("failed", params=OnHost, output=FailedUnits)
def failed(call: Call, params: OnHost) -> Result:
    """Which units of a host have failed, those of the settings or not."""
    with manager_on(call, params.host) as manager:
        units = manager.failed()
    return Result(output=FailedUnits(units=units), summary=f"{len(units)} units have failed")


def unit_of(call: Call, name: str) -> Unit:
    """The unit behind a name. Raises `Rejected`: only what the settings name is ever touched."""
    settings: Settings = call.settings
    found = settings.units.get(name)
    if found is None:
        raise Rejected("the settings name no such unit", detail=f"unit {name!r}", mend="add it to `units`")
    return found


def seen(call: Call, info: UnitInfo) -> ProcessState:
    """A unit as the capability shows it."""
    started = call.now - dt.timedelta(seconds=info.age) if info.age is not None else None
    word = info.active if info.result in {"", "success"} else f"{info.active}: {info.result}"
    return ProcessState(exists=info.exists, running=info.running, pid=info.pid, started_at=started, state=word)
