"""Listens to a mailbox: waits for mail (IDLE, or looks now and then), hands it in, and marks it as seen once it is durable.

The mark is `UIDVALIDITY:UID`. A crash in between hands a mail in again: its Message-ID says that it is known.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque

from tickless.connectors.email.attachments import without_attachments
from tickless.connectors.email.inbox import Found, Inbox
from tickless.connectors.email.parts import ODD, parsed
from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import BOUNDED, PROVEN, UNREADABLE, sender_of
from tickless.connectors.email.threads import proven_place
from tickless.domain.errors import PayloadRejected, SettingsInvalid
from tickless.kit.log import get_logger
from tickless.sdk import Ear, listener

IDLE_SECONDS = 240.0
"""How long one IDLE lasts: shorter than the time after which routers forget a silent connection."""
MAIL = "message/rfc822"
_HOUR = dt.timedelta(hours=1)
_MOST_ADDRESSES = 2_000
_log = get_logger("email")


class Pace:
    """Counts mails by address: a machine that does not say that it is one answers at once, and without end."""

    def __init__(self, most_per_hour: int) -> None:
        self._most = most_per_hour
        self._seen: dict[str, deque[dt.datetime]] = {}

    def over(self, address: str, at: dt.datetime) -> bool:
        """Count a mail; True when there were too many within the hour before it."""
        times = self._seen.pop(address, deque())
        while times and times[0] <= at - _HOUR:
            times.popleft()
        times.append(at)
        self._seen[address] = times
        if len(self._seen) > _MOST_ADDRESSES:
            del self._seen[next(iter(self._seen))]
        return len(times) > self._most


async def listen(ear: Ear) -> None:
    """Until it is cancelled. Raises the errors of `Inbox`, and `SettingsInvalid`."""
    settings: Settings = ear.instance.settings
    if settings.imap is None:
        raise SettingsInvalid(f"{ear.instance.name} has no IMAP server", mend="set `imap`, or `listen = false`")
    reveal = ear.instance.secrets.reveal
    inbox = Inbox(
        settings.imap,
        password=reveal(settings.imap.password) if settings.imap.password else "",
        folder=settings.folder,
        largest=settings.largest_mail,
    )
    try:
        await _attend(ear, inbox, settings, key=reveal(settings.thread_key) if settings.thread_key else "")
    finally:
        inbox.close()


async def _attend(ear: Ear, inbox: Inbox, settings: Settings, *, key: str) -> None:
    validity = await asyncio.to_thread(inbox.open)
    if settings.done_folder:
        await asyncio.to_thread(inbox.ready_folder, settings.done_folder)
    told = await asyncio.to_thread(inbox.tells)
    last, pace = _read_mark(await ear.mark(), validity), Pace(settings.most_per_hour)
    newest = await asyncio.to_thread(inbox.newest)
    while True:
        mails = await asyncio.to_thread(inbox.after, last)
        for mail in mails:
            await hand_in(ear, mail, settings, key=key, pace=pace)
            await asyncio.to_thread(inbox.done, mail.uid, move_to=settings.done_folder)
            if last is not None:
                last = mail.uid
                await ear.note(f"{validity}:{last}")
        if mails:
            continue
        if last is None:  # what was unseen at the beginning is taken in; from here on every new mail counts
            last = newest
            await ear.note(f"{validity}:{last}")
        elif told:
            await asyncio.to_thread(inbox.wait, IDLE_SECONDS)
        else:
            await asyncio.sleep(settings.poll)
            await asyncio.to_thread(inbox.still_there)


def _read_mark(mark: str | None, validity: int) -> int | None:
    """The UID that was handed in last; None at first, and when the mailbox was made anew."""
    before, _, uid = (mark or "").partition(":")
    return int(uid) if before == str(validity) and uid.isdigit() else None


async def hand_in(ear: Ear, mail: Found, settings: Settings, *, key: str, pace: Pace) -> None:
    """Hand a mail in; one that nobody can make sense of is put aside, so that those behind it are read.

    Raises the house's errors: then it is not in, and the next try begins with it.
    """
    try:
        body, headers = await asyncio.to_thread(taken, mail, settings, key=key, pace=pace)
        await ear.hand_in(body, content_type=MAIL, headers=headers)
    except ODD as error:
        _log.error("a mail cannot be read", channel=ear.instance.name, uid=mail.uid, error=type(error).__name__)
        await ear.hand_in(mail.raw, content_type=MAIL, headers={UNREADABLE: "yes"})


def taken(mail: Found, settings: Settings, *, key: str, pace: Pace) -> tuple[bytes, dict[str, str]]:
    """What is handed in: the mail without what is attached, and what only we can know of it."""
    headers: dict[str, str] = {}
    try:
        message = parsed(mail.raw)
        _, address = sender_of(message)
    except PayloadRejected:
        return mail.raw, headers  # the receiver says why
    place = proven_place(message, sender=settings.sender, address=address, key=key) if key else None
    if place is not None:
        headers[PROVEN] = place
    if pace.over(address, mail.at):
        headers[BOUNDED] = "too many mails within an hour"
    try:
        return without_attachments(message), headers
    except ODD:
        return mail.raw, headers


LISTENER = listener(
    listen, wanted=lambda settings: settings.listen and settings.imap is not None and bool(settings.sender)
)
