"""What was measured, as OpenTelemetry's JSON: how full the disks are, and when certificates run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tickless.sample.estate.blueprint import ServicePlan
from tickless.sample.estate.rules import Readings

DAY = 86_400.0
EXPIRY = "probe_ssl_earliest_cert_expiry"


def metrics_of(readings: Readings, services: Iterable[ServicePlan], *, now: float) -> dict[str, Any]:
    """An `ExportMetricsServiceRequest`. `now` in seconds since 1970, when it was measured."""
    showing = {plan.certificate: plan for plan in services if plan.certificate}
    resources = [
        resource_of(
            {"service.name": disk["service"], "host.name": disk["host"]},
            "system.filesystem.utilization",
            disk["percent"] / 100,
            {"mountpoint": disk["path"]},
            now,
        )
        for disk in readings.disks
    ]
    for name, days in readings.certificates.items():
        of = {"service.name": showing[name].id, "host.name": showing[name].host}
        ends = round(now + days * DAY)
        resources.append(resource_of(of, EXPIRY, float(ends), {"certificate": name}, now))
    return {"resourceMetrics": resources}


def resource_of(
    of: Mapping[str, str], metric: str, value: float, attributes: Mapping[str, str], now: float
) -> dict[str, Any]:
    """One value of one metric, with what it is about. `now` in seconds since 1970."""
    point = {"timeUnixNano": str(int(now * 1e9)), "asDouble": value, "attributes": _attributes(attributes)}
    return {
        "resource": {"attributes": _attributes(of)},
        "scopeMetrics": [{"metrics": [{"name": metric, "gauge": {"dataPoints": [point]}}]}],
    }


def _attributes(named: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]
