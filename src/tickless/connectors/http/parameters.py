"""Parameters and answers of the HTTP connector."""

from __future__ import annotations

from pydantic import ConfigDict, Field, JsonValue

from tickless.connectors.http.settings import Method
from tickless.sdk import Output, Params


class Expectation(Params):
    """`expression`: CEL over `status`, `body` (JSON, or text) that must be true."""

    path: str = Field(min_length=1, max_length=2_000)
    status: int = Field(default=200, ge=100, le=599)
    contains: str = Field(default="", max_length=2_000)
    expression: str = Field(default="", max_length=2_000)


class Checked(Output):
    """`detail` says what was not as expected; empty when `ok`."""

    ok: bool
    status: int
    latency_ms: float
    detail: str = ""


class Request(Params):
    """In runbooks the body is `json_body`."""

    model_config = ConfigDict(populate_by_name=True)

    method: Method
    path: str = Field(min_length=1, max_length=2_000)
    json_body: JsonValue = Field(default=None, alias="json")


class Answered(Output):
    """`status` is 0 in a dry run. `body`: the answer as JSON, None if it is none."""

    status: int
    body: JsonValue = None
