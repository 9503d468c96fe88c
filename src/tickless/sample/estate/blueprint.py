"""What is to be built: every process with its ports. Written by the parent, read by every child; standard library only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

COMMONS = "commons"
OFFICE = "office"
MONITOR = "monitor"
PORTS_TAKEN = 98
"""Exit status of the ground when another company took the same block of ports in the same moment."""


@dataclass(frozen=True)
class ServicePlan:
    """One service. It answers at `http://127.0.0.1:{port}{path}`; `certificate` is shown at `tls_port`."""

    id: str
    name: str
    criticality: int
    process: str
    host: str
    port: int
    path: str = ""
    needs: tuple[str, ...] = ()
    tls_port: int = 0
    certificate: str = ""
    pool_size: int = 0
    pool_needs: str = ""


@dataclass(frozen=True)
class DiskPlan:
    """A filesystem. One KiB on the real disk stands for one MB of it."""

    host: str
    path: str
    service: str
    capacity_mb: int


@dataclass(frozen=True)
class Blueprint:
    """`hours_per_second`: how much of the company's time passes in a second, for forecasts."""

    company: str
    seed: int
    directory: str
    token: str
    control: str
    keeper_port: int
    office_port: int
    monitor_port: int
    interval: float
    hours_per_second: float
    services: tuple[ServicePlan, ...]
    disks: tuple[DiskPlan, ...]

    @property
    def folder(self) -> Path:
        return Path(self.directory)

    @property
    def processes(self) -> tuple[str, ...]:
        """The supervised processes: services of their own, the one that the small ones share, and the office."""
        return tuple(dict.fromkeys(service.process for service in self.services))

    def of_process(self, process: str) -> tuple[ServicePlan, ...]:
        return tuple(service for service in self.services if service.process == process)

    def find(self, key: str) -> ServicePlan | None:
        """A service by id or name."""
        return next((service for service in self.services if key in {service.id, service.name}), None)

    def port_of(self, process: str) -> int:
        """Where that process answers. Raises StopIteration for a name that is no process."""
        return next(service.port for service in self.services if service.process == process)


def write_blueprint(blueprint: Blueprint) -> Path:
    path = blueprint.folder / "blueprint.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(blueprint)), encoding="utf-8")
    return path


def read_blueprint(path: Path) -> Blueprint:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    services = tuple(ServicePlan(**{**row, "needs": tuple(row["needs"])}) for row in data.pop("services"))
    disks = tuple(DiskPlan(**row) for row in data.pop("disks"))
    return Blueprint(**data, services=services, disks=disks)
