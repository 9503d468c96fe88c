"""Parameters and answers of the SQL connector."""

from __future__ import annotations

from pydantic import Field, JsonValue

from tickless.sdk import Output, Params

Bound = dict[str, str | int | float | bool | None]


class Asked(Params):
    """`query`: a name from the settings; `values`: its parameters."""

    query: str = Field(min_length=1, max_length=100)
    values: Bound = Field(default_factory=dict)


class Rows(Output):
    """`first` is the first row, empty if there is none. `value` is the first column of it."""

    count: int
    rows: list[dict[str, JsonValue]]
    first: dict[str, JsonValue]
    value: JsonValue = None


class Done(Params):
    """`statement`: a name from the settings; `values`: its parameters."""

    statement: str = Field(min_length=1, max_length=100)
    values: Bound = Field(default_factory=dict)


class Changed(Output):
    """`rows` touched; 0 where there was nothing to do, and in a dry run."""

    rows: int
    done: bool
