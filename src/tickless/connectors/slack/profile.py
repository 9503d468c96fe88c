"""A member of the workspace as `users.info` tells. Pure."""

from __future__ import annotations

from typing import Any

from tickless.connectors.slack.envelope import part, text
from tickless.connectors.slack.parameters import Profile

_NO_MEMBER = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")


def profile_of(answer: dict[str, Any], *, home_team: str) -> Profile:
    """`home_team`: ours; who belongs to another one is no member, whatever else is said."""
    user = part(answer, "user")
    team = text(user, "team_id")
    unconfirmed = user.get("is_email_confirmed") is False
    grid = part(user, "enterprise_user")
    ours = team == home_team or home_team in (grid.get("teams") or [])
    return Profile(
        user=text(user, "id"),
        team=team,
        name=text(user, "profile", "real_name") or text(user, "real_name") or text(user, "name"),
        email=text(user, "profile", "email").strip().lower(),
        member=ours and not unconfirmed and not any(user.get(flag) for flag in _NO_MEMBER),
    )
