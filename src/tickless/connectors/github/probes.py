"""What GitHub can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.connectors.github.client import connect
from tickless.connectors.github.parameters import RunAsked, RunState
from tickless.sdk import Call, Result, probe


@probe("run", params=RunAsked, output=RunState)
def run(call: Call, params: RunAsked) -> Result:
    """How a workflow run stands."""
    state = state_of(connect(call).run(params.repository, params.run))
    return Result(output=state, summary=state.conclusion or "the run goes on")


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
