"""What doors may ask about accounts in channels, and about who stands in for whom."""

from __future__ import annotations

import asyncio
import datetime as dt

from tickless.domain.channel import Binding
from tickless.domain.errors import NotFound
from tickless.domain.person import Delegation
from tickless.flow.identity.bindings import bind_by_hand, end_by_hand, end_of_inactive, has_inactive
from tickless.flow.identity.delegations import end_delegation, put_delegation
from tickless.flow.rooms import Rooms

MOST = 1_000


class IdentityDesk:
    """Each method says who asks (`by`) and writes one audit row."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the connectors in which people can be spoken with."""
        posting = {"chat.post"}
        return tuple(
            name for name, instance in sorted(self._rooms.registry.instances.items())
            if posting & {promise.capability for promise in instance.connector.manifest.actions.values()}
        )  # fmt: skip

    async def bind(self, channel: str, account: str, person: str, *, by: str) -> Binding:
        """Let an account count as a person. Raises `NotFound`, `BadInput`, `Forbidden` (policy)."""

        def write() -> Binding:
            now = self._rooms.clock.now()
            with self._rooms.journal.write() as tx:
                return bind_by_hand(tx, self._rooms, channel=channel, account=account, person=person, by=by, now=now)

        return await asyncio.to_thread(write)

    async def unbind(self, identity: str, *, by: str, of: str | None = None) -> Binding:
        """End a binding; with `of`, only if it is that person's. Raises `NotFound`."""

        def write() -> Binding:
            with self._rooms.journal.write() as tx:
                found = tx.bindings.get(identity)
                if of is not None and (found is None or found.person != of):
                    raise NotFound(f"there is no binding {identity[:120]!r}")
                return end_by_hand(tx, identity, by=by, now=self._rooms.clock.now())

        return await asyncio.to_thread(write)

    async def delegate(
        self,
        person: str,
        delegate: str,
        *,
        since: dt.datetime | None,
        until: dt.datetime,
        by: str,
        note: str = "",
        approves: bool = False,
        own: str | None = None,
    ) -> Delegation:
        """Let somebody stand in for somebody else for a while; with `approves` also in what they are asked to approve. `own`:
        the person who asks may arrange it for themselves only, and for approvals only. Raises `NotFound`, `BadInput`,
        `Conflict`, `Forbidden`."""
        now = self._rooms.clock.now()
        wanted = Delegation(id="", person=person, delegate=delegate, since=since or now, until=until, by=by,
                            note=note.strip()[:500], approves=approves)  # fmt: skip

        def write() -> Delegation:
            with self._rooms.journal.write() as tx:
                return put_delegation(tx, wanted, own=own, now=now)

        return await asyncio.to_thread(write)

    async def end_delegation(self, identity: str, *, by: str, own: str | None = None) -> Delegation:
        """End it now; with `own`, only if it is about that person. Raises `NotFound`."""

        def write() -> Delegation:
            with self._rooms.journal.write() as tx:
                return end_delegation(tx, identity, by=by, own=own, now=self._rooms.clock.now())

        return await asyncio.to_thread(write)

    def delegations(self, *, of: str | None = None) -> list[Delegation]:
        """Newest first, past ones too; `of`: those that are about this person. Blocks."""
        with self._rooms.journal.read() as tx:
            table = tx.delegations.table.c
            mine = () if of is None else ((table.person == of) | (table.delegate == of),)
            return tx.delegations.where(*mine, order=table.id.desc(), limit=MOST)

    def sweep(self, now: dt.datetime) -> None:
        """Unbind the accounts of people who left. By the clock, in one process at a time."""
        with self._rooms.journal.read() as tx:
            if not has_inactive(tx, self._rooms):
                return
        with self._rooms.journal.write() as tx:
            end_of_inactive(tx, self._rooms, now=now)
