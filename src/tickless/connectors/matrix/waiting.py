"""Rooms that we were asked into and could not reach: tried again with growing pauses, and kept in the listener's mark. Pure."""

from __future__ import annotations

import json

MOST = 20
MOST_TRIES = 10


class Waiting:
    """Counts looks at the homeserver, one for each `due`: after a failure 1, 2, 4 … of them go by before the next try."""

    def __init__(self, rooms: list[str]) -> None:
        self._tries = dict.fromkeys(rooms[:MOST], 0)
        self._pause = dict.fromkeys(rooms[:MOST], 0)

    @classmethod
    def read(cls, mark: str | None) -> tuple[str | None, Waiting]:
        """(where to go on, the rooms that wait) from a mark; a mark without rooms is the sync token alone."""
        if mark is None or not mark.startswith("{"):
            return mark, cls([])
        found = json.loads(mark)
        return str(found["since"]), cls([str(room) for room in found["waiting"]])

    def mark(self, since: str) -> str:
        return json.dumps({"since": since, "waiting": list(self._tries)}) if self._tries else since

    def later(self, room: str) -> None:
        """It could not be reached. After ten tries, or with twenty others waiting, it is given up."""
        tries = self._tries.get(room, 0) + 1
        if tries > MOST_TRIES or (room not in self._tries and len(self._tries) >= MOST):
            self.forget(room)
            return
        self._tries[room] = tries
        self._pause[room] = 2 ** (tries - 1)

    def forget(self, room: str) -> None:
        self._tries.pop(room, None)
        self._pause.pop(room, None)

    def due(self) -> list[str]:
        """The rooms to try now, at most one."""
        self._pause = {room: pause - 1 for room, pause in self._pause.items()}
        return [room for room, pause in self._pause.items() if pause < 0][:1]
