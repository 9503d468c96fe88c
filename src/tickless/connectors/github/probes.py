"""What GitHub can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tickless.connectors.github.client import WENT_WELL, Deployment, connect
from tickless.connectors.github.parameters import RunAsked, RunState
from tickless.connectors.github.settings import RollBack, Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import ServiceName
from tickless.sdk.capabilities.release import Release


@probe("run", params=RunAsked, output=RunState)
def run(call: Call, params: RunAsked) -> Result:
    """How a workflow run stands."""
    state = state_of(connect(call).run(params.repository, params.run))
    return Result(output=state, summary=state.conclusion or "the run goes on")


@probe("release", params=ServiceName, output=Release)
def release(call: Call, params: ServiceName) -> Result:
    """Which commit of a service is live, and which was before it, by the deployments of its environment."""
    found = release_of(connect(call).deployments(way_back(call, params.service)))
    told = f"{found.version[:12]} is live" if found.known else "nothing that went well was deployed there lately"
    return Result(output=found, summary=f"{told}; a deployment goes on" if found.rolling else told)


def way_back(call: Call, service: str) -> RollBack:
    """How a service is rolled back. Raises `Rejected` for one that the settings do not name."""
    settings: Settings = call.settings
    back = settings.roll_backs.get(service)
    if back is None:
        raise Rejected("the settings name no way to roll that back", detail=f"service {service!r}"[:200])
    return back


def release_of(found: Sequence[Deployment]) -> Release:
    """Deployments, the newest first: the newest that went well is live; one of another commit before it is the previous."""
    well = [one for one in found if one.state in WENT_WELL and one.sha]
    newest = found[0].state if found else ""
    return Release(
        known=bool(well),
        version=well[0].sha if well else "",
        previous=next((one.sha for one in well if one.sha != well[0].sha), ""),
        rolling=newest in {"pending", "queued", "in_progress", "waiting"},
        failed=newest in {"failure", "error"},
        since=well[0].since if well else None,
    )


def state_of(told: Mapping[str, Any]) -> RunState:
    """A run as it is told; whatever is missing counts as not done."""
    conclusion, attempt, identifier = told.get("conclusion"), told.get("run_attempt"), told.get("id")
    done = told.get("status") == "completed"
    return RunState(
        done=done,
        succeeded=done and conclusion == "success",
        conclusion=conclusion if isinstance(conclusion, str) and conclusion.isidentifier() else "",
        attempt=attempt if isinstance(attempt, int) else 0,
        run=identifier if isinstance(identifier, int) else 0,
    )
