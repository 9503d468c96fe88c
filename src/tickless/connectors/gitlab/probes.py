"""What GitLab can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.connectors.gitlab.client import connect
from tickless.connectors.gitlab.parameters import PipelineAsked, PipelineState
from tickless.connectors.gitlab.releases import release_of
from tickless.connectors.gitlab.settings import Deployed, Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import ServiceName
from tickless.sdk.capabilities.release import Release

ENDED = frozenset({"success", "failed", "canceled", "skipped"})


@probe("pipeline", params=PipelineAsked, output=PipelineState)
def pipeline(call: Call, params: PipelineAsked) -> Result:
    """How a pipeline stands."""
    state = state_of(connect(call).pipeline(params.project, params.pipeline))
    return Result(output=state, summary=f"the pipeline: {state.status or 'unknown'}")


@probe("release", params=ServiceName, output=Release)
def release(call: Call, params: ServiceName) -> Result:
    """Which commit of a service is live, and which was before it."""
    found = release_of(connect(call).deployments(deployed(call, params.service)))
    told = f"{found.version[:12]} is live" if found.known else "nothing was deployed there yet"
    return Result(output=found, summary=f"{told}; a deployment goes on" if found.rolling else told)


def deployed(call: Call, service: str) -> Deployed:
    """Where a service is deployed from. Raises `Rejected` for one that the settings do not name."""
    settings: Settings = call.settings
    found = settings.services.get(service)
    if found is None:
        raise Rejected(
            "the settings do not say where that is deployed from",
            detail=f"service {service!r}"[:200],
            mend="add it to `services`",
        )
    return found


def state_of(told: Mapping[str, Any]) -> PipelineState:
    """A pipeline as it is told; whatever is missing counts as not done."""
    status, ref, commit = (told.get(name) for name in ("status", "ref", "sha"))
    return PipelineState(
        done=status in ENDED,
        succeeded=status == "success",
        status=status if isinstance(status, str) and status.isidentifier() else "",
        ref=ref if isinstance(ref, str) else "",
        commit=commit if isinstance(commit, str) else "",
    )
