"""Parameters and outputs of what only systemd has."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params


class OnHost(Params):
    host: str = Field(min_length=1, max_length=200)


class FailedUnits(Output):
    """In order of name, a hundred at most."""

    units: tuple[str, ...] = ()
