"""Running a pipeline's failed jobs again, and rolling a service back by running an earlier deployment's job again."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.connectors.gitlab.client import Deployment, connect
from tickless.connectors.gitlab.parameters import PipelineAsked, PipelineState
from tickless.connectors.gitlab.probes import deployed, state_of
from tickless.connectors.gitlab.releases import release_of, that_went_well
from tickless.connectors.gitlab.settings import Settings
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.release import Release, RollBack

AGAIN = frozenset({"failed", "canceled"})


@action("run_again", params=PipelineAsked, output=PipelineState)
def run_again(call: Call, params: PipelineAsked) -> Result:
    """Run the failed jobs of a pipeline again, if it ended badly. One that goes on, or went well, is left alone."""
    settings: Settings = call.settings
    if params.project not in settings.projects:
        raise Rejected("nothing is run again in that project", detail=params.project, mend="see `projects`")
    gitlab = connect(call)
    before = state_of(gitlab.pipeline(params.project, params.pipeline))
    if before.status not in AGAIN:
        return Result(output=before, summary="it went well already" if before.succeeded else "it goes on")
    if call.dry_run:
        return Result(output=before, changed=True, summary="would run the failed jobs again")
    after = state_of(gitlab.run_again(params.project, params.pipeline))
    return Result(output=after, changed=True, summary="runs the failed jobs again")


@action("roll_back", params=RollBack, output=Release)
def roll_back(call: Call, params: RollBack) -> Result:
    """Deploy the version before the one that is live (or the one that is named) once more. While a deployment goes on,
    nothing is begun; a deployment since the first try of this step is that try's own."""
    where = deployed(call, params.service)
    gitlab = connect(call)
    found = gitlab.deployments(where)
    before = release_of(found)
    if _begun(call, found):
        return Result(output=before, summary="an earlier try of this step had begun the deployment")
    if before.rolling:
        raise Rejected("a deployment of that service goes on", mend="wait for its end, or cancel it")
    wanted = params.to or before.previous
    if not wanted:
        raise Rejected("no version before this one is known", detail=f"{len(found)} deployments")
    if before.version.startswith(wanted):
        return Result(output=before, summary=f"{wanted[:12]} is live already")
    source = that_went_well(found, wanted)
    if source is None:
        raise Rejected("no deployment of that version went well there", detail=wanted[:64])
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"would deploy {source.sha[:12]} again")
    gitlab.deploy_again(where.project, source.job)
    undo = UndoStep(uses=f"{call.instance.name}.roll_back", with_={"service": params.service, "to": before.version})
    after = release_of(gitlab.deployments(where))
    return Result(output=after, changed=True, summary=f"deploys {source.sha[:12]} again", undo=undo)


def _begun(call: Call, found: Sequence[Deployment]) -> bool:
    """Whether the newest deployment began after the first try of this step."""
    if call.first_started is None or not found:
        return False
    made = found[0].created_at
    return made is not None and made >= call.first_started.replace(microsecond=0)
