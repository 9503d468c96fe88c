"""Our account, from the settings and secrets of an instance."""

from __future__ import annotations

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.settings import Settings
from tickless.sdk import Instance


def account_of(instance: Instance) -> Matrix:
    """The account of an instance."""
    settings: Settings = instance.settings
    token = instance.secrets.reveal(settings.access_token)
    return Matrix.at(settings.homeserver, token=token, ca_file=settings.ca_file)


def is_direct(matrix: Matrix, room: str, *, timeout: float) -> tuple[bool, dict[str, str]]:
    """Whether a room is the two of ours and nobody can come in or look in by themselves; and who is in it."""
    members = matrix.members(room, timeout=timeout)
    if len(members) != 2:
        return False, members
    rule = matrix.state(room, "m.room.join_rules", timeout=timeout).get("join_rule", "invite")
    sight = matrix.state(room, "m.room.history_visibility", timeout=timeout).get("history_visibility", "shared")
    guests = matrix.state(room, "m.room.guest_access", timeout=timeout).get("guest_access", "forbidden")
    closed = rule in {"invite", "private"} and sight != "world_readable"
    return closed and (guests != "can_join" or rule == "invite"), members
