"""Putting mails away without touching those of others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tickless.connectors.email.inbox import Inbox
from tickless.connectors.email.settings import Server


class Box:
    """A folder in memory: what is in it, and what is marked as deleted (by somebody else: 1)."""

    def __init__(self, *knows: str) -> None:
        self.knows = knows
        self.inside = {1, 2, 3}
        self.deleted = {1}
        self.done: set[int] = set()

    def has_capability(self, name: str) -> bool:
        return name in self.knows

    def add_flags(self, uids: Sequence[int], flags: Sequence[bytes]) -> None: ...

    def move(self, uids: Sequence[int], folder: str) -> None:
        self.inside -= set(uids)
        self.done |= set(uids)

    def copy(self, uids: Sequence[int], folder: str) -> None:
        self.done |= set(uids)

    def delete_messages(self, uids: Sequence[int]) -> None:
        self.deleted |= set(uids)

    def expunge(self, uids: Sequence[int] | None = None) -> None:
        self.inside -= self.deleted if uids is None else self.deleted & set(uids)


@pytest.mark.parametrize(("knows", "inside"), [(("MOVE", "UIDPLUS"), {1, 3}), (("UIDPLUS",), {1, 3}), ((), {1, 2, 3})])
def test_mails_that_others_marked_as_deleted_stay(knows: tuple[str, ...], inside: set[int]) -> None:
    inbox, box = Inbox(Server(host="x", port=1), password="", folder="INBOX", largest=10_000), Box(*knows)
    inbox._client = box
    inbox.done(2, move_to="Done")
    assert box.inside == inside
    assert box.done == {2}
