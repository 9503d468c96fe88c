"""What a Prometheus can be asked."""

from __future__ import annotations

import json

from tickless.connectors.prometheus.reading import read_targets, targets_of
from tickless.connectors.prometheus.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.inventory import Document, Inventory, InventoryAsked, Misfit
from tickless.sdk.fields import Fields
from tickless.sdk.http import HttpClient

USUAL = Settings(url="http://127.0.0.1:9090")
"""How labels are read where nothing is set."""


@probe("read", params=InventoryAsked, output=Inventory)
def read(call: Call, params: InventoryAsked) -> Result:
    """Everything that is scraped now."""
    settings: Settings = call.settings
    headers = {"authorization": f"Bearer {call.secret(settings.token)}"} if settings.token else {}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    found = targets_of(http.get("/api/v1/targets", timeout=call.timeout, params={"state": "active"}).json())
    if found is None:
        raise Rejected("Prometheus did not answer with its targets")
    return _told(_read(found, settings, whole=True))


@probe("parse", params=Document, output=Inventory)
def parse(call: Call, params: Document) -> Result:
    """An answer of `/api/v1/targets` that somebody kept."""
    try:
        found = targets_of(json.loads(params.text))
    except (ValueError, RecursionError):
        found = None
    if found is None:
        misfit = Misfit(
            place=params.name or "the file", reason="holds no targets", mend="keep what /api/v1/targets answers"
        )
        return _told(Inventory(misfits=(misfit,), whole=False))
    return _told(_read(found, USUAL, whole=False))


def _read(found: list[Fields], settings: Settings, *, whole: bool) -> Inventory:
    return read_targets(
        found,
        service_labels=settings.service_labels,
        team_labels=settings.team_labels,
        leave=settings.leave,
        whole=whole,
    )


def _told(found: Inventory) -> Result:
    return Result(output=found, summary=f"{len(found.services)} services and {len(found.items)} instances")
