"""The mailbox that is listened to: one signed-in connection, used by one caller at a time. Blocks; errors are the house's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from imapclient import SEEN
from imapclient.exceptions import IMAPClientError

from tickless.connectors.email.imap import connected, failure
from tickless.connectors.email.settings import Server

CONNECT_SECONDS = 20.0
AT_ONCE = 20


@dataclass(frozen=True)
class Found:
    """A mail: its UID, when the server took it, and its bytes, cut where they are too many."""

    uid: int
    at: dt.datetime
    raw: bytes


class Inbox:
    """Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected` from every method but `close`."""

    def __init__(self, server: Server, *, password: str, folder: str, largest: int) -> None:
        self._server = server
        self._password = password
        self._folder = folder
        self._largest = largest
        self._client: Any = None

    def open(self) -> int:
        """Sign in and select the folder. Returns its UIDVALIDITY."""
        with self._told():
            self._client = connected(self._server, timeout=CONNECT_SECONDS)
            self._client.login(self._server.user, self._password)
            self._client.normalise_times = False
            return int(self._client.select_folder(self._folder)[b"UIDVALIDITY"])

    def ready_folder(self, name: str) -> None:
        """Make a folder if it is not there."""
        with self._told():
            if not self._client.folder_exists(name):
                self._client.create_folder(name)

    def after(self, uid: int | None) -> list[Found]:
        """The oldest mails after this UID, at most twenty; None: the oldest that nobody has seen."""
        with self._told():
            uids = self._client.search("UNSEEN" if uid is None else ["UID", f"{uid + 1}:*"])
            wanted = sorted(one for one in uids if uid is None or one > uid)[:AT_ONCE]
            if not wanted:
                return []
            part = f"BODY.PEEK[]<0.{self._largest}>"
            got = self._client.fetch(wanted, ["INTERNALDATE", part])
        return [_found(one, got[one]) for one in wanted if one in got]

    def newest(self) -> int:
        """The UID of the newest mail; 0 without any."""
        with self._told():
            return max(self._client.search(["UID", "*"]), default=0)

    def done(self, uid: int, *, move_to: str) -> None:
        """Mark a mail as seen, and put it away.

        Without MOVE and UIDPLUS it stays behind, marked as deleted: a plain EXPUNGE removes what others marked, too.
        """
        with self._told():
            self._client.add_flags([uid], [SEEN])
            if not move_to:
                return
            if self._client.has_capability("MOVE"):
                self._client.move([uid], move_to)
                return
            self._client.copy([uid], move_to)
            self._client.delete_messages([uid])
            if self._client.has_capability("UIDPLUS"):
                self._client.expunge([uid])

    def tells(self) -> bool:
        """Whether the server tells of new mail by itself."""
        with self._told():
            return bool(self._client.has_capability("IDLE"))

    def wait(self, seconds: float) -> None:
        """Until the server tells of something, or this long."""
        with self._told():
            self._client.idle()
            try:
                self._client.idle_check(timeout=seconds)
            finally:
                self._client.idle_done()

    def still_there(self) -> None:
        """Ask the server for a sign of life."""
        with self._told():
            self._client.noop()

    def close(self) -> None:
        """Cut the connection, also under the hands of a call that waits on it."""
        if self._client is not None:
            with suppress(IMAPClientError, OSError, EOFError, ValueError, AttributeError):
                self._client.shutdown()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (IMAPClientError, OSError, EOFError) as error:
            raise failure(error, self._password) from None


def _found(uid: int, got: Any) -> Found:
    raw = next((value for name, value in got.items() if name.startswith(b"BODY[]")), b"") or b""
    return Found(uid, got[b"INTERNALDATE"], bytes(raw))
