"""`process.*`, `health.*`, `disk.*`, `certificate.*`, `pool.*`: what services run on."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Process(Params):
    """A supervised process by the name that its supervisor knows."""

    process: str = Field(min_length=1, max_length=200)


class ProcessState(Output):
    exists: bool = True
    running: bool
    pid: int | None = None
    started_at: dt.datetime | None = None
    state: str = ""


class ServiceName(Params):
    service: str = Field(min_length=1, max_length=200)


class Health(Output):
    """What a user of the service would see."""

    healthy: bool
    status: int | None = None
    latency_ms: float | None = None
    detail: str = ""


class Filesystem(Params):
    host: str = Field(min_length=1, max_length=200)
    path: str = Field(min_length=1, max_length=500)


class DiskUsage(Output):
    """`percent` 0–100."""

    percent: float
    free_mb: float
    total_mb: float


class CleanUp(Filesystem):
    """Deletes only below the clean-up folders that the connector's settings allow, oldest first."""

    older_than_days: float = Field(default=7, ge=0)


class Cleaned(Output):
    freed_mb: float
    files: int
    percent: float


class BigFiles(Filesystem):
    """Files of at least this size on the file system of the path."""

    at_least_mb: float = Field(default=100, ge=0)


class BigFile(Output):
    """`path` is text from the host."""

    path: str
    size_mb: float


class FoundFiles(Output):
    """The biggest first, twenty at most."""

    files: tuple[BigFile, ...] = ()


class CertificateName(Params):
    name: str = Field(min_length=1, max_length=253)


class Certificate(Output):
    exists: bool = True
    days_left: float = 0
    not_after: dt.datetime | None = None
    serial: str = ""


class Pool(Output):
    """A connection pool as the service itself reports it."""

    size: int
    in_use: int
    waiting: int = 0


SHAPES = (
    Shape("process.state", "probe", Process, ProcessState),
    Shape("process.start", "action", Process, ProcessState),
    Shape("process.stop", "action", Process, ProcessState),
    Shape("process.restart", "action", Process, ProcessState),
    Shape("health.check", "probe", ServiceName, Health),
    Shape("disk.usage", "probe", Filesystem, DiskUsage),
    Shape("disk.biggest", "probe", BigFiles, FoundFiles),
    Shape("disk.clean_up", "action", CleanUp, Cleaned),
    Shape("certificate.state", "probe", CertificateName, Certificate),
    Shape("certificate.renew", "action", CertificateName, Certificate),
    Shape("pool.state", "probe", ServiceName, Pool),
    Shape("pool.recycle", "action", ServiceName, Pool),
)
