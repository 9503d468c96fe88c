"""The postman: takes messages to outside channels. Each once as far as the channel can tell, in order within a conversation.

A try is written down before it is made, so that after a crash the connector is told to look first (`Call.first_started`).
One process at a time delivers for a channel, under a lease; the delivery's id is the idempotency key.
"""

from __future__ import annotations

import datetime as dt
import threading

from tickless.domain.card import read_card
from tickless.domain.case import Message
from tickless.domain.channel import Delivery, Thread
from tickless.domain.errors import NotFound, TicklessError
from tickless.domain.person import Person
from tickless.flow.approvals.links import letter_card
from tickless.flow.courtesy import HOUR, may_speak_at
from tickless.flow.posting.amending import amend
from tickless.flow.posting.cards import can_be_pressed
from tickless.flow.posting.rules import GIVE_UP_AFTER, holds_up_the_channel, next_try, surely_not_sent
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.kit.redaction import redact_secrets
from tickless.sdk.capabilities.chat import Outgoing
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import BoundOperation

TRY_SECONDS = 10.0
LEASE_SECONDS = TRY_SECONDS + 15.0
IDLE_SECONDS = 0.3
AMEND_EVERY = dt.timedelta(seconds=2)
SWEEP_EVERY = dt.timedelta(minutes=1)
MANY = 2_000
AT_ONCE = 200
"""Messages put off in one go."""
MOST_TEXT = 39_000

log = get_logger("flow")


def channels_of(rooms: Rooms) -> dict[str, dict[str, BoundOperation]]:
    """Instance → its operations that answer to `chat.post` and, if it has one, `chat.update`."""
    found: dict[str, dict[str, BoundOperation]] = {}
    for name, instance in rooms.registry.instances.items():
        for operation, promise in instance.connector.manifest.actions.items():
            if promise.capability in {"chat.post", "chat.update"}:
                found.setdefault(name, {})[promise.capability] = rooms.registry.find(f"{name}.{operation}")
    return {name: operations for name, operations in found.items() if "chat.post" in operations}


class Postman:
    """One thread for each channel, so that a slow one holds up no other. `home`: base URL of the house, for links."""

    def __init__(self, *, rooms: Rooms, node: str, home: str = "") -> None:
        self._rooms = rooms
        self._node = node
        self._home = home
        self._channels = channels_of(rooms)
        self._rests: dict[str, tuple[int, dt.datetime]] = {}
        self._amended_at: dict[str, dt.datetime] = {}
        self._swept_at: dict[str, dt.datetime] = {}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for channel in self._channels:
            thread = threading.Thread(target=self._loop, args=(channel,), name=f"post-{channel}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=TRY_SECONDS + 2)
        if self._channels:
            with self._rooms.journal.write() as tx:
                for channel in self._channels:
                    tx.coordination.release(_lease(channel), holder=self._node)

    def _loop(self, channel: str) -> None:
        while not self._stop.is_set():
            try:
                self.work(channel)
            except Exception as error:  # ADR 0013
                log.error("the postman could not work", channel=channel, exc_info=error)
            self._stop.wait(IDLE_SECONDS)

    def work(self, channel: str) -> int:
        """Deliver what is due in a channel and look after its cards; returns how many tries were made."""
        tries = 0
        while not self._stop.is_set() and not self._resting(channel):
            taken = self._take(channel)
            if taken is None:
                break
            tries += 1
            self._deliver(channel, *taken)
        self._amend(channel)
        self._sweep(channel)
        return tries

    # Delivering

    def _resting(self, channel: str) -> bool:
        return channel in self._rests and self._rooms.clock.now() < self._rests[channel][1]

    def _take(self, channel: str) -> tuple[Delivery, Thread, Message] | None:
        """The next delivery, noted as begun; it is given as it was before."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            if self._due(tx, channel, now) is None:
                return None
        with self._rooms.journal.write() as tx:
            if not tx.coordination.take_lease(_lease(channel), holder=self._node, now=now, seconds=LEASE_SECONDS):
                return None
            delivery = self._due(tx, channel, now)
            for _ in range(AT_ONCE):
                if delivery is None or not self._put_off(tx, delivery, now):
                    break
                delivery = self._due(tx, channel, now)
            else:
                return None
            if delivery is None:
                return None
            thread, message = tx.threads.need(delivery.thread), tx.messages.need(delivery.message)
            begun = {"tries": delivery.tries + 1, "begun_at": delivery.begun_at or now}
            tx.deliveries.put(delivery.model_copy(update=begun))
        return delivery, thread, message

    def _put_off(self, tx: Tx, delivery: Delivery, now: dt.datetime) -> bool:
        """Whether a message that nobody waits for has to wait for a better hour; then it is due at that hour."""
        if not delivery.proactive or delivery.tries:
            return False
        person = self._rooms.world().people.get(tx.threads.need(delivery.thread).person or "")
        spoken = self._spoken(tx, delivery, person, now)
        location = person.location if person else ""
        at = may_speak_at(now, location=location, spoken=spoken, rules=self._rooms.courtesy)
        if at > now:
            tx.deliveries.put(delivery.model_copy(update={"due_at": at}))
        return at > now

    @staticmethod
    def _spoken(tx: Tx, delivery: Delivery, person: Person | None, now: dt.datetime) -> list[dt.datetime]:
        """When this person got a message unasked within the last hour, wherever they write."""
        table, threads = tx.deliveries.table.c, tx.threads.table
        theirs = table.thread == delivery.thread
        if person is not None:
            known = threads.select().with_only_columns(threads.c.id).where(threads.c.person == person.id)
            theirs = theirs | table.thread.in_(known)
        told = tx.deliveries.where(theirs, table.spoken_at > now - HOUR, order=table.spoken_at.desc(), limit=AT_ONCE)
        return [one.sent_at for one in told if one.sent_at is not None]

    @staticmethod
    def _due(tx: Tx, channel: str, now: dt.datetime) -> Delivery | None:
        """The first message of a conversation that is due. One that is to be tried again holds up those behind it; one that
        was put off from the start (at night) does not."""
        table, threads, other = tx.deliveries.table.c, tx.threads.table, tx.deliveries.table.alias("other")
        own = threads.select().with_only_columns(threads.c.id).where(threads.c.channel == channel)
        in_front = (other.c.thread == table.thread) & (other.c.state == "pending") & (other.c.id < table.id)
        holds_up = other.select().where(in_front, (other.c.due_at <= now) | (other.c.tries > 0)).exists()
        due = tx.deliveries.where(
            table.state == "pending", table.due_at <= now, table.thread.in_(own), ~holds_up, order=table.due_at, limit=1
        )
        return next(iter(due), None)

    def _deliver(self, channel: str, before: Delivery, thread: Thread, message: Message) -> None:
        now = self._rooms.clock.now()
        params = Outgoing(
            address=thread.address,
            text=message.text.raw[:MOST_TEXT],
            card=letter_card(self._rooms, dict(message.card) if message.card else None, thread),
            title=message.text.tame(80),
            private=message.private,
            author=message.name if message.author == "operator" else "",
            home=self._home,
        )
        bound = self._channels[channel]["chat.post"]
        call = Call(bound.instance, key=before.id, now=now, timeout=TRY_SECONDS, first_started=before.begun_at)
        try:
            if message.private and not thread.private:
                raise NotFound("a private message has no place in a conversation that others read")
            result = invoke(bound, params.model_dump(), call)
        except TicklessError as error:
            self._failed(channel, before, message, error)
        except Exception as error:  # noqa: BLE001 (ADR 0013: a connector's bug ends its delivery, not the post)
            log.error("a connector broke", uses=bound.full_name, delivery=before.id, error=repr(error))
            self._failed(channel, before, message, NotFound(f"the connector broke: {type(error).__name__}"))
        else:
            self._rests.pop(channel, None)
            self._sent(channel, before, message, str(result.output.model_dump().get("external", "")))

    def _sent(self, channel: str, before: Delivery, message: Message, external: str) -> None:
        opens = "chat.update" in self._channels[channel] and can_be_pressed(read_card(message.card))
        now = self._rooms.clock.now()
        done = {"state": "open" if opens and external else "sent", "tries": before.tries + 1, "external": external}
        with self._rooms.journal.write() as tx:
            tx.deliveries.put(
                before.model_copy(update={**done, "due_at": now, "sent_at": now, "begun_at": None, "reason": ""})
            )

    def _failed(self, channel: str, before: Delivery, message: Message, error: TicklessError) -> None:
        now = self._rooms.clock.now()
        tries = before.tries + 1
        due = next_try(error, tries=tries, written=message.at, now=now)
        reason = redact_secrets(f"{error.public} {error.mend}".strip())[:500]
        if holds_up_the_channel(error):
            count = self._rests.get(channel, (0, now))[0] + 1
            self._rests[channel] = (count, now + dt.timedelta(seconds=min(2.0 ** min(count, 5), 30.0)))
        begun = None if surely_not_sent(error) else before.begun_at or now
        after = before.model_copy(update={"tries": tries, "reason": reason, "begun_at": begun})
        with self._rooms.journal.write() as tx:
            if due is None:
                self._give_up(tx, after, message.case, channel, now)
            else:
                tx.deliveries.put(after.model_copy(update={"due_at": due}))
        if due is None or tries == 1:
            log.warning("a message did not get through", channel=channel, delivery=before.id, tries=tries, reason=reason,
                        detail=redact_secrets(error.detail)[:300], again=due.isoformat() if due else "never")  # fmt: skip

    @staticmethod
    def _give_up(tx: Tx, delivery: Delivery, case: str | None, channel: str, now: dt.datetime) -> None:
        tx.deliveries.put(delivery.model_copy(update={"state": "failed"}))
        detail = {"delivery": delivery.id, "channel": channel, "tries": delivery.tries, "reason": delivery.reason}
        tx.audit.append(at=now, actor="tickless", action="delivery.failed", subject=f"thread:{delivery.thread}"[:300],
                        case=case, detail=detail)  # fmt: skip

    # Cards that were answered, and what nobody will ever deliver

    def _amend(self, channel: str) -> None:
        now = self._rooms.clock.now()
        bound = self._channels[channel].get("chat.update")
        if bound is None or now - self._amended_at.get(channel, _LONG_AGO) < AMEND_EVERY:
            return
        self._amended_at[channel] = now
        with self._rooms.journal.read() as tx:
            mine = tx.coordination.holder_of(_lease(channel), now=now) in {None, self._node}
        if mine:
            amend(self._rooms, channel, bound, home=self._home, timeout=TRY_SECONDS)

    def _sweep(self, channel: str) -> None:
        """Give up what stands behind a dead message for too long, or belongs to a channel that is not there any more."""
        now = self._rooms.clock.now()
        if now - self._swept_at.get(channel, _LONG_AGO) < SWEEP_EVERY:
            return
        self._swept_at[channel] = now
        with self._rooms.journal.read() as tx:
            table = tx.deliveries.table.c
            late = tx.deliveries.where(table.state == "pending", table.due_at < now - GIVE_UP_AFTER, limit=MANY)
        for delivery in late:
            with self._rooms.journal.write() as tx:
                still = tx.deliveries.get(delivery.id, lock=True)
                if still is not None and still == delivery:
                    message = tx.messages.get(delivery.message)
                    reason = delivery.reason or "its channel was not reachable for too long"
                    self._give_up(tx, delivery.model_copy(update={"reason": reason}),
                                  message.case if message else None, channel, now)  # fmt: skip


_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _lease(channel: str) -> str:
    return f"posting:{channel}"
