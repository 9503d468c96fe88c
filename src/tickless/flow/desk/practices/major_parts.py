"""What happens in a major incident whoever does it: roles are given and called, everybody is told, the story goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tickless.domain.case import Case, Participant
from tickless.domain.known import Bulletin
from tickless.domain.major import MajorIncident
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.regroup.bulletins import tell_bulletin
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.known import announce as announce_bulletin
from tickless.practices.major.core import filled, with_roles

_CALLED = {"commander": "leads", "communications": "writes the news of", "specialist": "is called to"}


class MajorParts:
    """In the caller's transaction; people's desk and the clock share it."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def roles(
        self,
        tx: Tx,
        major: MajorIncident,
        *,
        commander: str | None,
        communications: str | None,
        specialists: Sequence[str] | None,
        case: Case | None,
    ) -> MajorIncident:
        """With these roles; whoever gets one is called. Raises `BadInput`."""
        keeping, now = self._keeping, self._keeping.now
        chosen = None if specialists is None else [key for one in specialists if (key := keeping.person(one))]
        done = with_roles(major, commander=keeping.person(commander), communications=keeping.person(communications),
                          specialists=chosen)  # fmt: skip
        if filled(done) and done.roles_filled_at is None:
            done = done.model_copy(update={"roles_filled_at": now})
        for person in (done.owner, done.communications, *done.specialists):
            if (person and major.holds(person) != done.holds(person)) or (person and major.declared_at == now):
                self._call(tx, done, person, case)
        return done

    def _call(self, tx: Tx, major: MajorIncident, person: str, case: Case | None) -> None:
        now, role = self._keeping.now, major.holds(person)
        label = _CALLED[role or "specialist"]
        real = "This is a rehearsal. " if major.rehearsal else ""
        where = f" Bridge: {major.bridge}" if major.bridge else ""
        text = f"{real}{self._keeping.world.people[person].name} {label} {major.id}: {major.title}.{where}"
        say(
            tx,
            conversation=personal(person),
            case=case,
            text=text,
            key=f"{major.id}:{role}:{person}",
            at=now,
            private=True,
        )
        if case is not None:
            if role == "commander":
                tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=person, since=now))
            else:
                tx.alerts.add_participant(Participant(case=case.id, role="helper", ref=person, since=now))

    def announce(self, tx: Tx, major: MajorIncident, text: str, *, by: str) -> None:
        """To everybody in the case. In a rehearsal nobody outside of the bridge is told anything."""
        case, now = tx.cases.get(major.case or ""), self._keeping.now
        if case is None:
            return
        made = Bulletin(id=new_id("bul"), case=case.id, text=text, next_update_at=major.next_update_at, by=by, at=now)
        tell_bulletin(tx, case, announce_bulletin(tx, made, case, by=by, now=now), now=now)

    def told(self, major: MajorIncident, by: str, kind: str, text: str) -> MajorIncident:
        """With a line of its story."""
        changes: dict[str, Any] = {"story": (*major.story, self._keeping.event(by, kind, text))[-400:]}
        return major.model_copy(update=changes)


def allow_major(keeping: Keeping, major: MajorIncident, by: Keeper, deed: str) -> None:
    """Whoever leads one, or writes its news, answers for it. Raises `Forbidden`."""
    person = names_person(by)
    mine = person is not None and major.holds(person) in {"commander", "communications"}
    keeping.allow(by, "major_incidents", deed, services=[major.service], mine=mine)
