"""Our account, from the settings and secrets of an instance."""

from __future__ import annotations

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Instance


def account_of(instance: Instance) -> Matrix:
    """The account of an instance."""
    settings: Settings = instance.settings
    token = instance.secrets.reveal(settings.access_token)
    return Matrix.at(settings.homeserver, token=token, ca_file=settings.ca_file)


def alone(matrix: Matrix, room: str, *, me: str, user: str, timeout: float) -> bool:
    """Whether nobody but this person and us is in a room, or can come in or look in by themselves."""
    return set(matrix.members(room, timeout=timeout)) == {me, user} and _closed(matrix, room, timeout=timeout)


def is_direct(matrix: Matrix, room: str, *, timeout: float) -> tuple[bool, dict[str, str]]:
    """Whether a room is the two of ours and nobody can come in or look in by themselves; and who is in it."""
    members = matrix.members(room, timeout=timeout)
    return len(members) == 2 and _closed(matrix, room, timeout=timeout), members


def _closed(matrix: Matrix, room: str, *, timeout: float) -> bool:
    rule = matrix.state(room, "m.room.join_rules", timeout=timeout).get("join_rule", "invite")
    sight = matrix.state(room, "m.room.history_visibility", timeout=timeout).get("history_visibility", "shared")
    return rule in {"invite", "private"} and sight != "world_readable"


def alone_with(matrix: Matrix, me: str, user: str, *, timeout: float, create: bool) -> str | None:
    """The direct room with somebody in which nobody else is; a new one if there is none and `create` says so."""
    known = matrix.direct_rooms(me, timeout=timeout)
    for room in known.get(user, [])[::-1]:
        try:
            members = set(matrix.members(room, timeout=timeout))
            if me in members and members <= {me, user} and _closed(matrix, room, timeout=timeout):
                return room
        except Rejected:
            continue  # we are not in it any more
    return matrix.open_direct(me, user, known, timeout=timeout) if create else None
