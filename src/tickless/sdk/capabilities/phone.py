"""`phone.*`: the registered second channel of a person, for one-time codes and short notices."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Text(Params):
    """A short message to a telephone number in international form."""

    phone: str = Field(pattern=r"^\+\d{6,15}$")
    text: str = Field(min_length=1, max_length=480)


class Sent(Output):
    sent: bool


SHAPES = (Shape("phone.send", "action", Text, Sent),)
