"""Who asks, and what every practice does alike: who may, whose names these are, what goes on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tickless.domain.errors import BadInput, Forbidden
from tickless.domain.person import Person
from tickless.domain.practice import Event
from tickless.domain.signal import Assurance
from tickless.domain.world import World
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.policy_requests import Principal, Resource


@dataclass(frozen=True)
class Keeper:
    """Who asks, with the roles that count: policy decides."""

    by: str
    person: Person | None = None
    roles: frozenset[str] = frozenset()
    assurance: Assurance = "signed_in"


Practice = Literal["changes", "major_incidents", "on_call", "problems", "suppliers", "improvements", "portfolio"]


class Keeping:
    """Shared by the desks of the practices. `now` is the house's clock, `world` its records."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms

    @property
    def now(self) -> dt.datetime:
        return self.rooms.clock.now()

    @property
    def world(self) -> World:
        return self.rooms.world()

    def allow(
        self, by: Keeper, practice: Practice, deed: str, *, services: Iterable[str | None] = (), mine: bool = False
    ) -> None:
        """Raises `Forbidden` with the policies' reasons. `services`: that it is about; `mine`: it is the caller's own."""
        world, about = self.world, [one for one in services if one]
        owns = frozenset(one.id for one in world.services.values() if by.person and one.owner == by.person.id)
        known = [world.services[one].criticality for one in about if one in world.services]
        ruling = self.rooms.policy.may(
            principal=Principal.person(by.person, roles=by.roles, owns=owns)
            if by.person is not None
            else Principal.account(by.by, roles=by.roles),
            action="keep_practice",
            resource=Resource.house(),
            context={
                "assurance": by.assurance,
                "practice": practice,
                "deed": deed,
                "criticality": min((one or 1 for one in known), default=4),
                "owned": bool(about) and set(about) <= owns,
                "mine": mine,
            },
        )
        if not ruling.allowed:
            why = " ".join(reason.text for reason in ruling.reasons)
            raise Forbidden(why, detail=f"{by.by}: {practice} {deed}")

    def service(self, name: str | None) -> str | None:
        """The id of a service by id, name or alias. Raises `BadInput`."""
        if not name:
            return None
        known = self.world.service_named(name)
        if known is None:
            raise BadInput(f"there is no service {name[:80]!r}", mend="name one of the service map")
        return known.id

    def services(self, names: Iterable[str]) -> tuple[str, ...]:
        asked = list(names)
        if not all(name.strip() for name in asked):
            raise BadInput("a service without a name", mend="name it, or leave it out")
        return tuple(dict.fromkeys(found for name in asked if (found := self.service(name))))

    def person(self, name: str | None) -> str | None:
        """The id of somebody who works here. Raises `BadInput`."""
        if not name:
            return None
        known = self.world.person_called(name)
        if known is None or not known.active:
            raise BadInput(f"there is nobody called {name[:80]!r}", mend="give a user name or an address")
        return known.id

    def new_id(self, tx: Tx, prefix: str) -> str:
        """`chg-12`: what people call it."""
        return f"{prefix}-{tx.coordination.next_number(f'practice:{prefix}')}"

    def record(
        self, tx: Tx, by: str, action: str, subject: str, detail: Mapping[str, Any], *, case: str | None = None
    ) -> None:
        """One audit row, in the caller's transaction."""
        tx.audit.append(at=self.now, actor=by, action=action, subject=subject, case=case, detail=dict(detail))

    def event(self, by: str, kind: str, text: str) -> Event:
        """A line of a record's story, now."""
        return Event(at=self.now, by=by, kind=kind, text=text[:4_000])


def names_person(by: Keeper) -> str | None:
    """The id of the person who asks; None for an account without one."""
    return by.person.id if by.person is not None else None
