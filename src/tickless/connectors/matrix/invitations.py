"""Invitations into rooms: taken from those whom we may speak with. One that cannot be taken now holds nothing up."""

from __future__ import annotations

from typing import Any

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.events import part_of, text_of
from tickless.connectors.matrix.settings import Settings
from tickless.connectors.matrix.waiting import Waiting
from tickless.domain.errors import AuthFailed, OutsideError, Rejected
from tickless.kit.log import get_logger

JOIN_SECONDS = 15.0
_log = get_logger("matrix")


class Invitations:
    """Raises `AuthFailed` when our token is not taken any more, and nothing else."""

    def __init__(self, matrix: Matrix, settings: Settings, waiting: Waiting) -> None:
        self._matrix = matrix
        self._settings = settings
        self._waiting = waiting

    def again(self) -> None:
        """Try a room that could not be reached before."""
        for room in self._waiting.due():
            self._come_in(room)

    def invited(self, room: str, invited: Any) -> None:
        """Come in if somebody asks whom we may speak with, else decline."""
        events = part_of(invited, "invite_state").get("events", [])
        asked = [
            text_of(one.get("sender"))
            for one in (events if isinstance(events, list) else [])
            if isinstance(one, dict)
            and one.get("type") == "m.room.member"
            and one.get("state_key") == self._settings.user_id
        ]
        if asked and self._settings.admits(asked[-1]):
            self._come_in(room)
            return
        try:
            self._matrix.leave(room, timeout=JOIN_SECONDS)
        except AuthFailed:
            raise
        except OutsideError as error:
            _put_off(error, room)  # it stays an invitation that nobody takes

    def _come_in(self, room: str) -> None:
        """A room whose homeserver cannot be reached now is tried again later, while the others are heard."""
        try:
            self._matrix.join(room, timeout=JOIN_SECONDS)
        except AuthFailed:
            raise
        except Rejected:
            self._waiting.forget(room)  # taken back meanwhile, or the room is gone: there is nobody to answer
        except OutsideError as error:
            self._waiting.later(room)
            _put_off(error, room)
        else:
            self._waiting.forget(room)


def _put_off(error: OutsideError, room: str) -> None:
    _log.warning("an invitation cannot be answered now", room=room, reason=error.public)
