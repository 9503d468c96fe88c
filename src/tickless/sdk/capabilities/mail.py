"""`mail.send`: one letter to one address."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

ADDRESS = r"^[^@\s<>,;:\"()\\]{1,64}@[A-Za-z0-9.-]{1,253}$"
ONE_LINE = r"^[^\r\n\x00]*$"
MOST_ATTACHED = 8_000_000
"""Signs of one attachment in base64."""


class Attached(Params):
    """A file that goes with a letter."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    type: str = Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)
    base64: str = Field(max_length=MOST_ATTACHED)


class Letter(Params):
    """`html`: the same as `text`, for programs that show it; nothing in it is loaded from anywhere."""

    to: str = Field(pattern=ADDRESS)
    subject: str = Field(min_length=1, max_length=250, pattern=ONE_LINE)
    text: str = Field(min_length=1, max_length=50_000)
    html: str = Field(default="", max_length=500_000)
    attached: tuple[Attached, ...] = Field(default=(), max_length=5)
    in_reply_to: str = Field(default="", max_length=300, pattern=r"^[^<>\s]*$")
    """Message-ID of the mail that this one answers, without brackets."""


class LetterSent(Output):
    """`sent` is false in a dry run."""

    sent: bool
    message_id: str


SHAPES = (Shape("mail.send", "action", Letter, LetterSent),)
