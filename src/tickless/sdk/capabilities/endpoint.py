"""`endpoint.*`: devices and the software on them."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Device(Params):
    device: str = Field(min_length=1, max_length=128)


class DeviceState(Output):
    exists: bool
    online: bool = False
    disk_free_percent: float | None = None


class Software(Device):
    package: str = Field(min_length=1, max_length=128)


class SoftwareState(Output):
    installed: bool
    version: str = ""
    available: bool = True
    """The package is in the software catalogue."""


SHAPES = (
    Shape("endpoint.device", "probe", Device, DeviceState),
    Shape("endpoint.software", "probe", Software, SoftwareState),
    Shape("endpoint.install", "action", Software, SoftwareState),
    Shape("endpoint.uninstall", "action", Software, SoftwareState),
)
