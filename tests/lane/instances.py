"""A connector as an instance, and its operations run as the flow runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tickless.sdk import Call, Instance, Result
from tickless.sdk.registry import connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets


def instance_of(connector: str, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Instance:
    """The connector called so, configured; `secrets` are reachable as `env:NAME`."""
    folder: Path = next(found for found in connector_folders() if found.name == connector)
    return make_instance(f"{connector}-here", load_connector(folder), settings, Secrets(dict(secrets)))


def call_of(
    instance: Instance,
    *,
    dry_run: bool = False,
    first_started: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Call:
    """A call of this moment (or of `now`) with ten seconds of time."""
    return Call(
        instance=instance,
        key="run_lane:step",
        now=now or dt.datetime.now(dt.UTC),
        timeout=10,
        dry_run=dry_run,
        first_started=first_started,
    )


def run(
    instance: Instance,
    operation: str,
    *,
    dry_run: bool = False,
    first_started: dt.datetime | None = None,
    now: dt.datetime | None = None,
    **params: Any,
) -> Any:
    """Run one operation with these parameters; its `Result` (typed Any: tests read the fields of its output)."""
    found = instance.connector.operations[operation]
    call = call_of(instance, dry_run=dry_run, first_started=first_started, now=now)
    result = found.run(call, found.params.model_validate(params))
    assert isinstance(result, Result)
    return result
