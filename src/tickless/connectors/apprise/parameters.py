"""Parameters and answer of a notification."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params


class Notification(Params):
    """`target`: a name from the settings."""

    target: str = Field(min_length=1, max_length=100)
    title: str = Field(min_length=1, max_length=250)
    text: str = Field(min_length=1, max_length=10_000)


class Sent(Output):
    """`sent` is false in a dry run."""

    sent: bool
    target: str
