"""Parameters and outputs of pipelines."""

from __future__ import annotations

from pydantic import Field

from tickless.connectors.gitlab.settings import PROJECT
from tickless.sdk import Output, Params


class PipelineAsked(Params):
    project: str = Field(pattern=PROJECT)
    pipeline: int = Field(gt=0)


class PipelineState(Output):
    """`status` is GitLab's word. `done`: it ended, in whatever way."""

    done: bool
    succeeded: bool
    status: str = ""
    ref: str = ""
    commit: str = ""
