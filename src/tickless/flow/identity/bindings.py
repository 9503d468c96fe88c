"""Whose account is it? A channel account counts for a person only when it is bound to them. All in the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.channel import Binding, BindingWay, Thread
from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.person import Person
from tickless.domain.signal import Sender
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.decide.policy_requests import Principal, Resource

LONGEST_ID = 300


def binding_id(channel: str, account: str) -> str:
    return f"{channel}:{account}"


def recognise(tx: Tx, sender: Sender, rooms: Rooms, *, now: dt.datetime) -> Sender:
    """The sender with the person whom their account is bound to, if it is. Senders of our own doors are known already.

    An account that is bound to nobody is bound here when its channel vouches for an address that one active person has.
    """
    if sender.person is not None or not sender.address:
        return sender
    bound = tx.bindings.get(binding_id(sender.channel, sender.account))
    if bound is not None and bound.active:
        person = tx.people.get(bound.person)
        if person is None or not person.active:
            end_binding(tx, bound, by="tickless", now=now, why="the person is no longer active")
            bound = None
    if bound is None:
        bound = _by_address(tx, sender, rooms, now=now)
    if bound is None or not bound.active:
        return sender
    return sender.model_copy(update={"person": bound.person, "assurance": "channel"})


def trusts_addresses(rooms: Rooms, channel: str) -> bool:
    """Whether this channel's word on an e-mail address is believed: a setting of the connector instance, off by default."""
    instance = rooms.registry.instances.get(channel)
    return instance is not None and getattr(instance.settings, "trust_email", False) is True


def _by_address(tx: Tx, sender: Sender, rooms: Rooms, *, now: dt.datetime) -> Binding | None:
    """Bind by a vouched address. An account that somebody unbound stays unbound until it is proved by a code."""
    if not sender.email or not trusts_addresses(rooms, sender.channel):
        return None
    if tx.bindings.get(binding_id(sender.channel, sender.account)) is not None:
        return None
    wanted = sender.email.strip().casefold()
    found = [one for one in rooms.world().people.values() if one.active and one.email.casefold() == wanted]
    if len(found) != 1 or not may_bind(rooms, found[0], way="directory"):
        return None
    return bind(tx, sender.channel, sender.account, person=found[0], way="directory", by="tickless", now=now)


def may_bind(rooms: Rooms, person: Person, *, way: BindingWay) -> bool:
    """Whether policy lets an account count as this person when we know it in this way."""
    ruling = rooms.policy.may(
        principal=Principal.person(person), action="bind", resource=Resource.house(), context={"way": way}
    )
    return ruling.allowed


def bind(tx: Tx, channel: str, account: str, *, person: Person, way: BindingWay, by: str, now: dt.datetime) -> Binding:
    """Bind an account. Whoever had it before loses it; both are told. The same binding again changes nothing."""
    identity = binding_id(channel, account)
    before = tx.bindings.get(identity, lock=True)
    if before is not None and before.active and before.person == person.id:
        return before
    made = Binding(id=identity, channel=channel, account=account, person=person.id, way=way, at=now, by=by)
    tx.bindings.put(made)
    _threads_are_of(tx, channel, account, person.id)  # before anybody is told: nothing private goes where it was theirs
    if before is not None and before.active:
        _tell(tx, before.person, phrases.taken_over(account, channel), key=f"{identity}:{now.isoformat()}:old", now=now)
    detail = {"way": way, "before": before.person if before and before.active else None}
    tx.audit.append(at=now, actor=by, action="binding.made", subject=f"account:{identity}",
                    detail={**detail, "person": person.id})  # fmt: skip
    _tell(tx, person.id, phrases.bound(account, channel), key=f"{identity}:{now.isoformat()}:new", now=now)
    return made


def end_binding(tx: Tx, binding: Binding, *, by: str, now: dt.datetime, why: str = "") -> Binding:
    """Unbind an account: from now on nobody speaks from it. The person is told."""
    if not binding.active:
        return binding
    done = tx.bindings.put(binding.model_copy(update={"active": False, "at": now, "by": by}))
    _threads_are_of(tx, binding.channel, binding.account, None)
    text = phrases.unbound(binding.account, binding.channel)
    _tell(tx, binding.person, text, key=f"{binding.id}:{now.isoformat()}:gone", now=now)
    tx.audit.append(at=now, actor=by, action="binding.ended", subject=f"account:{binding.id}",
                    detail={"person": binding.person, "why": why})  # fmt: skip
    return done


def bind_by_hand(
    tx: Tx, rooms: Rooms, *, channel: str, account: str, person: str, by: str, now: dt.datetime
) -> Binding:
    """An administrator binds an account. Raises `NotFound`, `BadInput`, `Forbidden` (policy)."""
    if channel not in rooms.registry.instances:
        raise NotFound(f"there is no connector {channel[:80]!r}", mend="use the name that it has in the settings")
    if not account.strip() or len(binding_id(channel, account)) > LONGEST_ID:
        raise BadInput("that is no account of a channel", mend="use the channel's own id, as a message shows it")
    found = tx.people.get(person) or next(iter(tx.people.by(username=person.lower(), limit=1)), None)
    if found is None:
        raise NotFound(f"nobody is called {person[:80]!r}", mend="use an id or a user name: tickless person find NAME")
    if not may_bind(rooms, found, way="administrator"):
        raise Forbidden(f"policy lets no account count as {found.name}", mend="look at policies/20-identity.cedar")
    return bind(tx, channel, account.strip(), person=found, way="administrator", by=by, now=now)


def end_by_hand(tx: Tx, identity: str, *, by: str, now: dt.datetime) -> Binding:
    """An administrator, or the person themselves, unbinds an account. Raises `NotFound`."""
    found = tx.bindings.get(identity, lock=True)
    if found is None or not found.active:
        raise NotFound(f"there is no binding {identity[:120]!r}", mend="look at the list: tickless binding list")
    return end_binding(tx, found, by=by, now=now, why="by hand")


def end_of_inactive(tx: Tx, rooms: Rooms, *, now: dt.datetime) -> int:
    """Unbind every account of people who are no longer active; returns how many."""
    ended = 0
    for person in _inactive(tx, rooms):
        for binding in tx.bindings.by(person=person):
            if binding.active:
                end_binding(tx, binding, by="tickless", now=now, why="the person is no longer active")
                ended += 1
    return ended


def has_inactive(tx: Tx, rooms: Rooms) -> bool:
    """Whether `end_of_inactive` would find any: a look that takes no lock."""
    return bool(_inactive(tx, rooms))


def _inactive(tx: Tx, rooms: Rooms) -> list[str]:
    """People who have an account bound, and are not active or not known any more."""
    people = rooms.world().people
    bound = tx.bindings.values("person", tx.bindings.table.c.active.is_(True))
    return [one for one in bound if one not in people or not people[one].active]


def _threads_are_of(tx: Tx, channel: str, account: str, person: str | None) -> None:
    """The conversations of an account belong to whom it is bound to; open private notices never go to the one before."""
    for thread in tx.threads.by(channel=channel, account=account, limit=100_000):
        if thread.account == account and thread.person != person:
            tx.threads.put(thread.model_copy(update={"person": person}))


def _tell(tx: Tx, person: str, text: str, *, key: str, now: dt.datetime) -> None:
    say(tx, conversation=personal(person), case=None, text=text, key=key, at=now, private=True)


def note_thread(tx: Tx, sender: Sender, *, now: dt.datetime) -> None:
    """Remember where an outside conversation is answered."""
    if not sender.address:
        return
    before = tx.threads.get(sender.conversation)
    tx.threads.put(
        Thread(
            id=sender.conversation,
            channel=sender.channel,
            account=sender.account,
            person=sender.person,
            address=sender.address,
            private=sender.private,
            last_heard_at=now,
            automatic=(before.automatic if before else 0) + 1 if sender.automatic else 0,
        )
    )
