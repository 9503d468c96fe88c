"""A storm of alerts of one cause: many instances of everything that needs the broken service complain at once."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from collections import deque
from urllib.parse import urlsplit

from tickless.domain.errors import Unreachable
from tickless.sample.company import Company
from tickless.sample.estate.alerts import Alert, Trouble, payload

HOOK = "/hooks/monitor"


def dependents(company: Company, service: str) -> list[str]:
    """Every service that needs this one, directly or over others; the nearest first."""
    found: list[str] = []
    look = deque([service])
    while look:
        below = look.popleft()
        for edge in company.dependencies:
            if edge.needs == below and edge.service not in found:
                found.append(edge.service)
                look.append(edge.service)
    return found


def storm(company: Company, service: str, count: int, *, over: bool = False) -> dict[str, object]:
    """The webhook payload of `count` alerts of services that need this one. `over`: the same alerts, resolved."""
    now = dt.datetime.now(dt.UTC)
    hurt = dependents(company, service) or [service]
    alerts = []
    for number in range(count):
        plan = company.service(hurt[number % len(hurt)])
        labels = {
            "alertname": "HttpErrors",
            "class": "http_errors",
            "service": plan.id,
            "instance": f"{plan.id}-{number:03d}",
            "severity": "warning",
            "job": "storm",
        }
        trouble = Trouble(labels, f"{plan.name} answers with errors (502)", f"{service} does not answer")
        alerts.append(Alert(trouble, now, now if over else None))
    return payload("HttpErrors", alerts, "http://127.0.0.1/storm")


def post_alerts(base: str, token: str, body: dict[str, object]) -> None:
    """Send a webhook to the machine door. Raises `Unreachable` when it is not taken in."""
    url = urlsplit(base)
    line = http.client.HTTPConnection(url.hostname or "127.0.0.1", url.port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Connection": "close"}
    try:
        line.request("POST", HOOK, json.dumps(body), headers)
        status = line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable("the machine door does not answer", detail=type(error).__name__) from error
    finally:
        line.close()
    if status >= 300:
        raise Unreachable(f"the machine door answered {status}")
