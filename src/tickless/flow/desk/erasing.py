"""Erasing a person: their key, their words, their accounts; and saying what stays, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tickless.domain.case import LIVE_STATES
from tickless.domain.errors import Conflict, Forbidden
from tickless.domain.person import Person
from tickless.journal import Journal, Tx, tables
from tickless.journal.audit_holds import shelf as holds_of
from tickless.journal.entries import shelf as entries_of
from tickless.journal.erasing import Eraser, erase_signals, settle_files, signals_of, thoroughly
from tickless.kit.clock import Clock
from tickless.practices.people.erasing import STAYS, Named, tombstone
from tickless.stages.decide.evidence import pack, unpack

MOST = 100_000


@dataclass(frozen=True)
class Erasure:
    """What went, by table; what stays, and why."""

    person: str
    erased: dict[str, int]
    stays: tuple[str, ...]


class ErasingDesk:
    """Blocks for as long as it takes to read every table."""

    def __init__(self, journal: Journal, clock: Clock, *, renew: Callable[[], None]) -> None:
        self._journal = journal
        self._clock = clock
        self._renew = renew

    def erase(self, person: str, *, by: str, reason: str) -> Erasure:
        """Take somebody out of everything that this house keeps. It cannot be taken back.

        Raises `NotFound`, `Forbidden` (oneself), `Conflict` (a legal hold, or cases that are still going on).
        """
        now = self._clock.now()
        with self._journal.write() as tx:
            thoroughly(tx.connection)
            known = tx.people.need(person, lock=True)
            if by == person:
                raise Forbidden("nobody erases themselves", mend="ask another administrator")
            held = self._held(tx, known)
            accounts = [one.account for one in tx.bindings.by(person=person)]
            named = Named.of(known, more=accounts)
            sent = self._sent(person, accounts)
            eraser = Eraser(tx.connection, others=named.out_of, own=named.own_words_out_of)
            self._records(tx, eraser, known, held)
            asked = frozenset(one.id for one in tx.cases.by(requester=person, limit=MOST))
            eraser.inputs(asked, skip=held, at=now, world=lambda text: _world_without(text, known))
            self._access(tx, eraser, known)
            tx.people.put(tombstone(known))
            eraser.counts["people"] += 1
            with self._journal.log_engine.begin() if self._apart else _same(tx) as log:
                thoroughly(log)
                eraser.counts["signals"] += erase_signals(log, sent, own=named.own_words_out_of, terms=_in_bytes(named))
            if tx.audit.people.destroy(person, at=now):
                eraser.counts["audit (made unreadable)"] += 1
            stays = (*STAYS, *(f"Case {tx.cases.need(one).number}: a legal hold keeps it." for one in sorted(held)))
            counts = {name: count for name, count in sorted(eraser.counts.items()) if count}
            detail = {"erased": counts, "held": sorted(held), "request": reason.strip()[:100]}
            tx.audit.append(at=now, actor=by, action="person.erase", subject=f"person:{person}", detail=detail)
        settle_files(self._journal.engine, self._journal.log_engine)
        self._renew()
        return Erasure(person, counts, stays)

    @property
    def _apart(self) -> bool:
        return self._journal.log_engine is not self._journal.engine

    def _held(self, tx: Tx, known: Person) -> frozenset[str]:
        """Cases that a hold keeps. Raises `Conflict` where everything of theirs is held, or something is not over."""
        holds = [one for one in holds_of(tx.connection).where(limit=MOST) if one.active]
        if any(one.covers == "everything" or (one.covers == "person" and one.ref == known.id) for one in holds):
            raise Conflict("a legal hold keeps what is known of this person", mend="end the hold first")
        live = [case.number for case in tx.cases.by(requester=known.id, limit=MOST) if case.state in LIVE_STATES]
        if live:
            told = ", ".join(str(number) for number in live[:10])
            raise Conflict(f"they have cases that are not over: {told}", mend="close them first")
        return frozenset(one.ref for one in holds if one.covers == "case")

    def _sent(self, person: str, accounts: list[str]) -> list[str]:
        def matches(body: dict[str, Any]) -> bool:
            sender = body.get("sender") or {}
            return sender.get("person") == person or sender.get("account") in accounts

        with self._journal.log_engine.connect() as log:
            return signals_of(log, matches)

    def _records(self, tx: Tx, eraser: Eraser, known: Person, held: frozenset[str]) -> None:
        cases = {one.id for one in tx.cases.by(requester=known.id, limit=MOST)} - held
        talks = {one.conversation for one in tx.cases.by(requester=known.id, limit=MOST) if one.conversation}

        def owned(table: str, body: dict[str, Any]) -> bool:
            if table == "cases":
                return body.get("id") in cases
            if table == "messages":
                theirs = body.get("conversation") in talks or f":{known.id}:" in f":{body.get('conversation')}:"
                return bool(theirs) and body.get("author") == "person"
            return body.get("case") in cases and table in {
                "findings",
                "questions",
                "ratings",
                "tickets",
                "runs",
                "approvals",
            }

        eraser.every_body(owned=owned, skip=held)
        for table, column in ((tables.alerts, "title"), (tables.case_signals, "title"), (tables.case_signals, "why")):
            eraser.texts(table, column)

    def _access(self, tx: Tx, eraser: Eraser, known: Person) -> None:
        """Accounts, channels, keys and whatever else opens a door for them."""
        for user in tx.access.users.by(person=known.id):
            eraser.counts["sessions"] += tx.access.end_sessions(user.id)
            eraser.counts["api_tokens"] += tx.access.revoke_tokens_of(user.id)
            tx.access.untie_externals(user.id)
            gone = {"login": f"erased-{user.id}", "password": None, "active": False, "person": None}
            tx.access.users.put(user.model_copy(update=gone))
            eraser.counts["users"] += 1
        entries = entries_of(tx.connection)
        for entry in entries.by(kind="User", limit=MOST):
            if entry.person == known.id:
                entries.delete(entry.id)
                eraser.counts["directory_entries"] += 1
        for shelf, name in ((tx.bindings, "bindings"), (tx.threads, "threads"), (tx.delegations, "delegations"),
                            (tx.person_changes, "person_changes")):  # fmt: skip
            for record in shelf.by(person=known.id, limit=MOST):
                shelf.delete(record.id)
                eraser.counts[name] += 1
        tx.paging_rules.delete(known.id)


def _world_without(text: str, known: Person) -> str | None:
    world = unpack(text)
    if known.id not in world.get("people", {}) or world["people"][known.id].get("name") == tombstone(known).name:
        return None
    world["people"][known.id] = tombstone(known).model_dump(mode="json")
    return pack(world)


def _in_bytes(named: Named) -> Callable[[bytes], bytes]:
    def taken(body: bytes) -> bytes:
        text = body.decode(errors="surrogateescape")
        return str(named.out_of(text)).encode(errors="surrogateescape")

    return taken


class _same:  # noqa: N801 - reads as a word
    """On PostgreSQL the log is in the same database: the same transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def __enter__(self) -> Any:
        return self._tx.connection

    def __exit__(self, *_: object) -> None:
        return None
