"""`release.*`: which version of a service is live, and going back to the one before."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tickless.sdk.capabilities.infrastructure import ServiceName
from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output


class Release(Output):
    """`version` is live, `previous` was before it (commits). `rolling`: a deployment goes on; `failed`: the newest one did."""

    known: bool
    version: str = ""
    previous: str = ""
    rolling: bool = False
    failed: bool = False
    since: dt.datetime | None = None


class RollBack(ServiceName):
    """`to` empty: the version before the one that is live."""

    to: str = Field(default="", max_length=64, pattern=r"^[0-9a-fA-F]*$")


SHAPES = (
    Shape("release.state", "probe", ServiceName, Release),
    Shape("release.roll_back", "action", RollBack, Release),
)
