"""From the company's records to a blueprint: which process hosts what, and on which port."""

from __future__ import annotations

import json
import random
import secrets
import socket
from pathlib import Path

from tickless.sample.apps import SOFTWARE
from tickless.sample.company import Company
from tickless.sample.estate.blueprint import COMMONS, OFFICE, Blueprint, DiskPlan, ServicePlan, write_blueprint
from tickless.sample.landscape import CERTIFICATES, DISK_MB, FILESYSTEMS, POOLS, ROWS

BLOCK = 48
FIRST_PORT, LAST_PORT = 20_000, 32_000
"""Below the range that systems take source ports from: a dead service's port must stay its own."""


def free_block() -> int:
    """The first of `BLOCK` free ports in a row. Raises OSError when there is none."""
    starts = list(range(FIRST_PORT, LAST_PORT, BLOCK))
    random.SystemRandom().shuffle(starts)
    for start in starts:
        if all(_free(port) for port in range(start, start + BLOCK)):
            return start
    raise OSError("no block of free ports on loopback")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def draw(company: Company, directory: Path, *, interval: float, hours_per_second: float) -> Path:
    """Write the blueprint and the office's first day into `directory`. Returns the blueprint's path."""
    ports = iter(range(free_block(), LAST_PORT + BLOCK))
    keeper, office, monitor, commons = next(ports), next(ports), next(ports), next(ports)
    shown = {service: f"{label}.{company.domain}" for label, service in CERTIFICATES}
    pools = {service: (needs, size) for service, needs, size in POOLS}
    services = []
    for row in ROWS:
        own = row.placement == "own"
        pool_needs, pool_size = pools.get(row.id, ("", 0))
        services.append(
            ServicePlan(
                id=row.id,
                name=row.name,
                criticality=row.criticality,
                process=row.id if own else OFFICE if row.placement == "office" else COMMONS,
                host=row.host,
                port=next(ports) if own else office if row.placement == "office" else commons,
                path="" if own else f"/services/{row.id}",
                needs=row.needs,
                tls_port=next(ports) if row.id in shown else 0,
                certificate=shown.get(row.id, ""),
                pool_size=pool_size,
                pool_needs=pool_needs,
            )
        )
    blueprint = Blueprint(
        company=company.name,
        seed=company.seed,
        directory=str(directory),
        token=secrets.token_urlsafe(24),
        control=secrets.token_urlsafe(24),
        keeper_port=keeper,
        office_port=office,
        monitor_port=monitor,
        interval=interval,
        hours_per_second=hours_per_second,
        services=tuple(services),
        disks=tuple(DiskPlan(host, path, service, DISK_MB) for host, path, service in FILESYSTEMS),
    )
    _write_office_seed(company, directory)
    return write_blueprint(blueprint)


def _write_office_seed(company: Company, directory: Path) -> None:
    usernames = {person.id: person.username for person in company.people}
    groups = {person.id: set(person.groups) for person in company.people}
    packages = dict(SOFTWARE) | {app.package: f"{3 + n}.{n}" for n, app in enumerate(company.apps) if app.package}
    devices = []
    for device in company.devices:
        held = groups.get(device.owner or "", set())
        of_apps = [app.package for app in company.apps if app.group in held and app.package]
        devices.append(
            {
                "id": device.id,
                "tag": device.tag,
                "kind": device.kind,
                "owner": usernames.get(device.owner or ""),
                "packages": [*dict(SOFTWARE), *of_apps] if device.kind == "laptop" else [],
            }
        )
    seed = {
        "people": [{"username": p.username, "name": p.name, "groups": p.groups} for p in company.people],
        "groups": company.groups,
        "packages": packages,
        "devices": devices,
    }
    path = directory / "office_seed.json"
    path.write_text(json.dumps(seed), encoding="utf-8")
