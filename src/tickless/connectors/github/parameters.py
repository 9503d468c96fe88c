"""Parameters and outputs of workflow runs."""

from __future__ import annotations

from pydantic import Field

from tickless.connectors.github.settings import REPOSITORY
from tickless.sdk import Output, Params


class RunAsked(Params):
    repository: str = Field(pattern=REPOSITORY)
    run: int = Field(gt=0)


class RunState(Output):
    """`conclusion` is GitHub's word once it is `done`; `attempt` counts from 1. `run` 0: not to be seen yet."""

    done: bool
    succeeded: bool
    conclusion: str = ""
    attempt: int = 0
    run: int = 0
