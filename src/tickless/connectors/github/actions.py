"""Running failed jobs again, and rolling a service back by the workflow that the settings name."""

from __future__ import annotations

from tickless.connectors.github.client import connect
from tickless.connectors.github.parameters import RunAsked, RunState
from tickless.connectors.github.probes import release_of, state_of, way_back
from tickless.connectors.github.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.release import Release, RollBack


@action("run_again", params=RunAsked, output=RunState)
def run_again(call: Call, params: RunAsked) -> Result:
    """Run the failed jobs of a run again, if it has ended and failed. One that goes on, or went well, is left alone."""
    settings: Settings = call.settings
    if params.repository not in settings.repositories:
        raise Rejected("nothing is run again in that repository", detail=params.repository, mend="see `repositories`")
    github = connect(call)
    before = state_of(github.run(params.repository, params.run))
    if not before.done or before.succeeded:
        return Result(output=before, summary="the run goes on" if not before.done else "the run went well already")
    if call.dry_run:
        return Result(output=before, changed=True, summary="would run the failed jobs again")
    github.run_again(params.repository, params.run)
    return Result(
        output=state_of(github.run(params.repository, params.run)), changed=True, summary="runs the failed jobs again"
    )


@action("roll_back", params=RollBack, output=Release)
def roll_back(call: Call, params: RollBack) -> Result:
    """Start the workflow that rolls a service back. One that an earlier try of this step started is not started again."""
    back = way_back(call, params.service)
    if params.to:
        raise Rejected("the workflow itself says which version it goes back to", mend="leave `to` empty")
    github = connect(call)
    before = release_of(github.deployments(back))
    if github.started(back, call.key) is not None:
        return Result(output=before, summary="an earlier try of this step had started the workflow")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"would start {back.workflow}")
    github.dispatch(back, call.key)
    return Result(output=before.model_copy(update={"rolling": True}), changed=True, summary=f"started {back.workflow}")
