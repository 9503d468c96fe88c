"""Listens to a homeserver: long polls, hands in what people say to us, and notes the token where to go on.

The mark is the sync token, noted once everything before it is durable, and the rooms that we were asked into and could not
reach yet. After a crash some events are handed in again: their ids say that they are known. What was said in rooms before the
very first start is not heard. An event or a room that nobody can make sense of is skipped and noted in the log: it must not
keep the others from being heard.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.connect import account_of, is_direct
from tickless.connectors.matrix.events import (
    BUTTONS,
    Heard,
    Room,
    is_message,
    is_reaction,
    names_us,
    part_of,
    relation,
    text_of,
)
from tickless.connectors.matrix.invitations import Invitations
from tickless.connectors.matrix.settings import Settings
from tickless.connectors.matrix.waiting import Waiting
from tickless.domain.errors import OutsideError, Rejected, SettingsInvalid
from tickless.kit.canonical import digest
from tickless.kit.log import get_logger
from tickless.sdk import Ear, listener

CALL_SECONDS = 15.0
MOST_MISSED = 1_000
_ODD = (Rejected, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
"""What comes of one event or room that is refused, gone, or not in the form that it should have."""
_log = get_logger("matrix")
ENCRYPTED = (
    "This room is encrypted, and I cannot read what is written in it. "
    "Please open a room with me without encryption and write to me there."
)


async def listen(ear: Ear) -> None:
    """Until it is cancelled. Raises the client's errors, and `SettingsInvalid` for a token of another account."""
    settings: Settings = ear.instance.settings
    matrix = account_of(ear.instance)
    who = await asyncio.to_thread(matrix.whoami, timeout=CALL_SECONDS)
    if who != settings.user_id:
        raise SettingsInvalid(f"the access token is that of {who[:200]!r}", mend="set `user_id` to the token's account")
    since, waiting = Waiting.read(await ear.mark())
    rooms = Rooms(ear, matrix, settings, waiting)
    while True:
        news = await matrix.news(since, wait=settings.wait if since else 0)
        await rooms.take(news, since=since)
        since = str(news["next_batch"])
        await ear.note(waiting.mark(since))


class Rooms:
    """What happens in the rooms that we are in or asked into."""

    def __init__(self, ear: Ear, matrix: Matrix, settings: Settings, waiting: Waiting) -> None:
        self._ear = ear
        self._invitations = Invitations(matrix, settings, waiting)
        self._matrix = matrix
        self._settings = settings
        self._threads: set[tuple[str, str]] = set()
        """Threads that we are known to be in."""

    async def take(self, news: dict[str, Any], *, since: str | None) -> None:
        """Answer invitations, then hand in what was said, room by room in order."""
        rooms = part_of(news, "rooms")
        for room, invited in part_of(rooms, "invite").items():
            await asyncio.to_thread(self._invitations.invited, room, invited)
        await asyncio.to_thread(self._invitations.again)
        if since is None:
            return
        for room, joined in part_of(rooms, "join").items():
            try:
                await self._joined(room, joined, since=since)
            except _ODD as error:
                _skipped(error, room=room)

    async def _joined(self, room: str, joined: Any, *, since: str) -> None:
        timeline = part_of(joined, "timeline")
        events = [one for one in timeline.get("events", []) if isinstance(one, dict)]
        if timeline.get("limited") and not self._came_in(events) and isinstance(timeline.get("prev_batch"), str):
            events = await asyncio.to_thread(self._missed, room, timeline["prev_batch"], since) + events
        await self._room(room, events)

    def _came_in(self, events: list[dict[str, Any]]) -> bool:
        """Whether we came into the room just now: what was said there before was not said to us."""
        return any(
            one.get("type") == "m.room.member"
            and one.get("state_key") == self._settings.user_id
            and part_of(one, "content").get("membership") == "join"
            and part_of(part_of(one, "unsigned"), "prev_content").get("membership") != "join"
            for one in events
        )

    def _missed(self, room: str, start: str, until: str) -> list[dict[str, Any]]:
        """What the homeserver left out between two looks, the oldest first."""
        found: list[dict[str, Any]] = []
        while start and len(found) < MOST_MISSED:
            chunk, start = self._matrix.before(room, start, until=until, timeout=CALL_SECONDS)
            found += chunk
            if not chunk:
                break
        return list(reversed(found))

    async def _room(self, room: str, events: list[dict[str, Any]]) -> None:
        me = self._settings.user_id
        secret = [one for one in events if one.get("type") == "m.room.encrypted" and one.get("sender") != me]
        if secret:
            await asyncio.to_thread(self._say_encrypted, room)
        spoken = [one for one in events if is_message(one, me=me) or is_reaction(one, me=me)]
        spoken = [one for one in spoken if self._settings.admits(text_of(one.get("sender"))) and not _before_us(one)]
        if not spoken:
            return
        direct, members = await asyncio.to_thread(is_direct, self._matrix, room, timeout=CALL_SECONDS)
        for event in spoken:
            sender = text_of(event.get("sender"))
            try:
                heard = await self._heard(Room(room, direct and set(members) == {me, sender}), event)
                body = (
                    msgspec.json.encode(msgspec.structs.replace(heard, name=members.get(sender, ""))) if heard else b""
                )
            except _ODD as error:
                _skipped(error, room=room, event_id=text_of(event.get("event_id"), 255))
                continue
            if body:
                await self._ear.hand_in(body)

    async def _heard(self, room: Room, event: dict[str, Any]) -> Heard | None:
        """What is to be handed in; None when it was not said to us."""
        about: dict[str, Any] = {}
        if is_reaction(event, me=self._settings.user_id):
            about = await asyncio.to_thread(self._about, room.id, event)
            to_us = bool(about)
        else:
            to_us = room.direct or await asyncio.to_thread(self._for_us, room.id, event)
        return Heard(event, room, about=about) if to_us else None

    def _about(self, room: str, event: dict[str, Any]) -> dict[str, Any]:
        """The content of our own message that a reaction is on; empty when it is on another's, or on nothing to press."""
        try:
            found = self._matrix.event(room, relation(event)[1], timeout=CALL_SECONDS)
        except Rejected:
            return {}
        content = part_of(found, "content")
        return content if found.get("sender") == self._settings.user_id and content.get(BUTTONS) else {}

    def _for_us(self, room: str, event: dict[str, Any]) -> bool:
        """In a room that others read: what names us, and what is said in a thread that we are in."""
        if self._settings.shared_rooms == "off":
            return False
        if names_us(event, self._settings):
            return True
        how, root, _ = relation(event)
        if how != "m.thread" or not root:
            return False
        if (room, root) not in self._threads:
            try:
                said = self._matrix.in_thread(room, root, timeout=CALL_SECONDS)
            except Rejected:
                return False  # where the thread begins, we may not look: we are not in it
            if all(one.get("sender") != self._settings.user_id for one in said):
                return False
            self._threads.add((room, root))
        return True

    def _say_encrypted(self, room: str) -> None:
        """Once a day at most: the homeserver forgets transaction ids after that."""
        content = {"msgtype": "m.notice", "body": ENCRYPTED}
        try:
            self._matrix.send(
                room, "m.room.message", content, key=f"encrypted-{digest(room)[:20]}", timeout=CALL_SECONDS
            )
        except Rejected:
            return  # we may not write there either


def _skipped(error: Exception, **where: str) -> None:
    reason = error.public if isinstance(error, OutsideError) else type(error).__name__
    _log.warning("something in a room is skipped", reason=reason, **where)


def _before_us(event: dict[str, Any]) -> bool:
    """Said when we were neither in the room nor asked into it (Matrix v1.11, `unsigned.membership`)."""
    return part_of(event, "unsigned").get("membership") in {"leave", "ban"}


LISTENER = listener(listen)
