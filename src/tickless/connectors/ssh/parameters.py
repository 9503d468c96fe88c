"""Parameters and outputs of what only SSH has."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params


class Command(Params):
    """A command by the name that the settings give it."""

    host: str = Field(min_length=1, max_length=200)
    command: str = Field(min_length=1, max_length=100)


class CommandDone(Output):
    """`ran`: false when there was nothing to do. `output` is text from the host, cut off at 4,000 characters."""

    ran: bool
    output: str = ""
