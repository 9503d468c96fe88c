"""A word aside: where to say what others must not read, to somebody who spoke where others read."""

from __future__ import annotations

from tickless.domain.channel import Thread
from tickless.journal import Tx
from tickless.kit.canonical import digest

DIRECT = "direct"
"""What a connector puts into an address if it can open a conversation with the one who wrote, alone: whom to open it with."""


def aside(tx: Tx, thread: Thread) -> Thread | None:
    """The conversation with the account of this thread that nobody else reads; None where the channel opens none."""
    whom = thread.address.get(DIRECT)
    if thread.private or not whom:
        return None
    alone = Thread(
        id=f"{thread.channel}:{DIRECT}:{digest([thread.channel, thread.account])[:26]}",
        channel=thread.channel,
        account=thread.account,
        person=thread.person,
        address={DIRECT: whom},
        private=True,
        last_heard_at=thread.last_heard_at,
    )
    return tx.threads.put(alone)
