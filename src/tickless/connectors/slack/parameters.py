"""Parameters and answers of Slack's operations, besides those of `chat.*`."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params

USER = r"^[UW][A-Z0-9]{2,30}$"


class NoParams(Params):
    """Nothing to say."""


class UserId(Params):
    """Slack's id of a member: `U…` or `W…`."""

    user: str = Field(pattern=USER)


class Direct(Output):
    """The direct conversation with a member."""

    channel: str


class Me(Output):
    """Who we are in Slack."""

    team: str
    team_id: str
    user_id: str
    bot_id: str
    url: str


class Profile(Output):
    """What Slack's directory says of a member. `email` is empty without the right to see it.

    `member`: a full member of this workspace: no bot, no guest, nobody of another company, not switched off.
    """

    user: str
    team: str
    name: str
    email: str
    member: bool
