"""Listens by Socket Mode. An envelope is acknowledged when it is durable; what is not acknowledged, Slack sends again.

After a pause the direct conversations are read for what was missed; whatever is found twice is told by its key.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any

from tickless.connectors.slack.client import SlackClient
from tickless.connectors.slack.envelope import HEARD, PROFILE, part, text
from tickless.connectors.slack.missed import Mark, missed
from tickless.connectors.slack.profile import profile_of
from tickless.connectors.slack.settings import Settings
from tickless.connectors.slack.socket import Socket
from tickless.domain.errors import OutsideError, TicklessError, Unreachable
from tickless.kit.log import get_logger
from tickless.sdk import Ear, listener

TIMEOUT = 10.0
PROFILE_SECONDS = 2.0
"""Slack wants its acknowledgement within three seconds."""
PROFILE_KEPT = 900.0
MOST_PROFILES = 5_000
LOOK_SECONDS = 0.5
NOTE_SECONDS = 5.0
AGAIN_SECONDS = 30.0

log = get_logger("slack")


class Listening:
    """One connection's worth of listening."""

    def __init__(self, ear: Ear) -> None:
        settings: Settings = ear.instance.settings
        reveal = ear.instance.secrets.reveal
        token = reveal(settings.bot_token)
        self._ear = ear
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._client = SlackClient(token=token, base_url=settings.base_url, timeout=TIMEOUT)
        self._quick = SlackClient(token=token, base_url=settings.base_url, timeout=PROFILE_SECONDS)
        self._profiles: OrderedDict[str, tuple[float, dict[str, str]]] = OrderedDict()
        self._mark = Mark()
        self._noted = Mark()
        self._whole = False
        """Whether everything that was missed is in."""
        self._team = ""
        self._socket = Socket(
            app_token=reveal(settings.app_token), base_url=settings.base_url, timeout=TIMEOUT, hear=self._heard
        )

    async def run(self) -> None:
        """Until it is cancelled or the connection is lost. Raises errors of the house."""
        self._mark = self._noted = Mark.read(await self._ear.mark())
        who = await asyncio.to_thread(self._client.call, "auth.test")
        self._team = text(who, "team_id")
        before = self._mark
        self._whole = not before.at
        try:
            await asyncio.to_thread(self._socket.open)
            catching_up = asyncio.ensure_future(self._catch_up(before, who))
            try:
                await self._stay()
            finally:
                catching_up.cancel()
                await asyncio.gather(catching_up, return_exceptions=True)
        finally:
            await asyncio.shield(asyncio.to_thread(self._socket.close))
            await asyncio.shield(self._note())

    async def _stay(self) -> None:
        rounds = 0
        while self._socket.is_open:
            await asyncio.sleep(LOOK_SECONDS)
            rounds += 1
            if rounds % int(NOTE_SECONDS / LOOK_SECONDS) == 0:
                await self._note()
        raise Unreachable("Slack closed the socket")

    async def _note(self) -> None:
        """Not before everything that was missed is in: else a crash now would leave a hole behind the mark."""
        if self._whole and self._mark != self._noted:
            mark = self._mark
            await self._ear.note(mark.written())
            self._noted = mark

    def _heard(self, envelope: dict[str, Any]) -> bool:
        """In the socket's thread: hand it in, and say whether it is durable."""
        work = asyncio.run_coroutine_threadsafe(self._hand_in(envelope), self._loop)
        try:
            work.result(timeout=TIMEOUT)
        except TookTooLong:
            work.cancel()
            return False
        except TicklessError as error:
            log.warning("an envelope was not taken in; Slack sends it again", reason=error.public)
            return False
        return True

    async def _hand_in(self, envelope: dict[str, Any]) -> None:
        body = part(envelope, "payload")
        profile = await self._profile(body) if self._settings.trust_email else {}
        handed = {"payload": body, **({PROFILE: profile} if profile else {})}
        await self._ear.hand_in(json.dumps(handed).encode(), headers={HEARD: "socket"})
        event = part(body, "event")
        if text(event, "type") in {"message", "app_mention"}:
            self._mark = self._mark.after(text(event, "channel"), text(event, "ts"))
        if not self._noted.at:  # the first word ever: from now on there is something to go back to
            await self._note()

    async def _profile(self, body: dict[str, Any]) -> dict[str, str]:
        """What Slack vouches for of who speaks; nothing when it is no member of ours or does not answer in time."""
        user = text(body, "event", "user") or text(body, "user", "id") or text(body, "user_id")
        now = self._loop.time()
        known = self._profiles.get(user)
        if not user or (known is not None and now - known[0] < PROFILE_KEPT):
            return known[1] if known is not None else {}
        try:
            found = profile_of(await asyncio.to_thread(self._quick.call, "users.info", user=user), home_team=self._team)
        except OutsideError as error:
            log.warning("Slack's directory did not answer", reason=error.public)
            return {}
        profile = {"email": found.email, "name": found.name} if found.member else {}
        self._profiles[user] = (now, profile)
        while len(self._profiles) > MOST_PROFILES:
            self._profiles.popitem(last=False)
        return profile

    async def _catch_up(self, before: Mark, who: dict[str, Any]) -> None:
        """Hand in what was written while nobody listened, beside the listening; again while Slack does not answer."""
        while before.at and self._settings.catch_up:
            try:
                async for envelope in missed(self._client, before, who, most=self._settings.catch_up):
                    await self._hand_in(envelope)
                break
            except TicklessError as error:
                log.warning("what was missed cannot be read", reason=error.public)
                if error.retry.when != "after":
                    return  # the mark stays where it is: the next connection looks again from there
                await asyncio.sleep(AGAIN_SECONDS)
        self._whole = True


async def listen(ear: Ear) -> None:
    await Listening(ear).run()


LISTENER = listener(listen, wanted=lambda settings: bool(settings.mode == "socket"))
