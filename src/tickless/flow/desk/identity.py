"""What doors may ask about accounts in channels, and about who stands in for whom."""

from __future__ import annotations

import asyncio
import datetime as dt

from tickless.domain.channel import Binding
from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.person import Delegation, Person
from tickless.flow.identity.bindings import bind_by_hand, end_by_hand, end_of_inactive, has_inactive
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id

LONGEST = dt.timedelta(days=366)


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
    ) -> Delegation:
        """Let somebody stand in for somebody else for a while; with `approves` also in what they are asked to approve.
        Raises `NotFound`, `BadInput`, `Conflict`."""
        return await asyncio.to_thread(
            lambda: self._delegate(person, delegate, since=since, until=until, by=by, note=note, approves=approves)
        )

    def _delegate(
        self,
        person: str,
        delegate: str,
        *,
        since: dt.datetime | None,
        until: dt.datetime,
        by: str,
        note: str,
        approves: bool,
    ) -> Delegation:
        now = self._rooms.clock.now()
        begins = since or now
        if until <= max(begins, now) or until - begins > LONGEST:
            raise BadInput("it has to end after it begins, within a year", mend="give the day on which it ends")
        with self._rooms.journal.write() as tx:
            whom, who = _active(tx, person), _active(tx, delegate)
            if whom.id == who.id:
                raise BadInput("nobody stands in for themselves")
            if any(
                one.until > begins and one.since < until for one in tx.delegations.by(person=whom.id, delegate=who.id)
            ):
                raise Conflict(f"{who.name} stands in for {whom.name} then already", mend="end that one first")
            made = Delegation(id=new_id("dlg"), person=whom.id, delegate=who.id, since=begins, until=until, by=by,
                              note=note.strip()[:500], approves=approves)  # fmt: skip
            tx.delegations.put(made)
            tx.audit.append(at=now, actor=by, action="delegation.made", subject=f"person:{whom.id}",
                            detail={"delegate": who.id, "since": begins.isoformat(), "until": until.isoformat(),
                                    "approves": approves})  # fmt: skip
        return made

    async def end_delegation(self, identity: str, *, by: str) -> Delegation:
        """End it now. Raises `NotFound`."""

        def write() -> Delegation:
            now = self._rooms.clock.now()
            with self._rooms.journal.write() as tx:
                found = tx.delegations.get(identity, lock=True)
                if found is None or found.until <= now:
                    raise NotFound(f"there is no delegation {identity[:80]!r}", mend="tickless delegation list")
                done = found.model_copy(update={"since": min(found.since, now), "until": now})
                tx.audit.append(at=now, actor=by, action="delegation.ended", subject=f"person:{found.person}",
                                detail={"delegate": found.delegate})  # fmt: skip
                return tx.delegations.put(done)

        return await asyncio.to_thread(write)

    def sweep(self, now: dt.datetime) -> None:
        """Unbind the accounts of people who left. By the clock, in one process at a time."""
        with self._rooms.journal.read() as tx:
            if not has_inactive(tx, self._rooms):
                return
        with self._rooms.journal.write() as tx:
            end_of_inactive(tx, self._rooms, now=now)


def _active(tx: Tx, wanted: str) -> Person:
    found = tx.people.get(wanted) or next(iter(tx.people.by(username=wanted.lower(), limit=1)), None)
    if found is None or not found.active:
        raise NotFound(f"nobody is called {wanted[:80]!r}", mend="use an id or a user name: tickless person find NAME")
    return found
