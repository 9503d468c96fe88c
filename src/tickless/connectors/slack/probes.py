"""What can be asked: who we are, and who a member is."""

from __future__ import annotations

from tickless.connectors.slack.actions import client_of
from tickless.connectors.slack.envelope import text
from tickless.connectors.slack.parameters import Me, NoParams, Profile, UserId
from tickless.connectors.slack.profile import profile_of
from tickless.sdk import Call, Result, probe


@probe("me", params=NoParams, output=Me)
def me(call: Call, params: NoParams) -> Result:
    """Whether the token works, and for whom."""
    answer = client_of(call).call("auth.test")
    found = Me(
        team=text(answer, "team"),
        team_id=text(answer, "team_id"),
        user_id=text(answer, "user_id"),
        bot_id=text(answer, "bot_id"),
        url=text(answer, "url"),
    )
    return Result(output=found, summary=f"we are in the workspace {found.team}")


@probe("user", params=UserId, output=Profile)
def user(call: Call, params: UserId) -> Result:
    """A member as Slack's directory has them."""
    client = client_of(call)
    team = text(client.call("auth.test"), "team_id")
    found = profile_of(client.call("users.info", user=params.user), home_team=team)
    return Result(output=found, summary="a member of the workspace" if found.member else "no member of the workspace")
