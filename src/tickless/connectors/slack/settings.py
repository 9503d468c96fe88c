"""Settings of one Slack app in one workspace (or grid). Tokens are references."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

REFERENCE = r"^(env:|file:/).+"


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_token: str = Field(default="env:SLACK_BOT_TOKEN", pattern=REFERENCE)
    """Reference of the bot's token (`xoxb-…`)."""
    mode: Literal["socket", "events"] = "socket"
    """`socket`: we call Slack and nothing has to reach us. `events`: Slack calls `/hooks/<instance>`."""
    app_token: str = Field(default="env:SLACK_APP_TOKEN", pattern=REFERENCE)
    """Reference of the app-level token (`xapp-…`) with `connections:write`; for `socket`."""
    signing_secret: str = Field(default="env:SLACK_SIGNING_SECRET", pattern=REFERENCE)
    """Reference of the signing secret; for `events`."""
    trust_email: bool = False
    """Believe the addresses of members of this workspace, so that nobody has to link an account. Only where members
    cannot set them: with single sign-on or a managed directory. Needs `users:read.email` and `socket`."""
    when_unsure: Literal["send_again", "refuse"] = "send_again"
    """After a crash in the middle of sending, where we may not read back: rather two or rather none?"""
    catch_up: int = Field(default=100, ge=0, le=1_000)
    """After a pause: in how many direct conversations to look for what was missed."""
    longest_text: int = Field(default=8_000, ge=100, le=20_000)
    """Longer messages are cut."""
    base_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://.+")
    """Of the Web API: other for GovSlack and for tests."""
