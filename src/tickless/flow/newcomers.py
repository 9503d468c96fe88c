"""Somebody new: the names they get, and their record, which comes by the same import as everybody's."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice

from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.flow.rooms import Rooms
from tickless.kit.tabular import read_table
from tickless.practices.people import import_people
from tickless.practices.people.naming import proposals
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.operations import Result
from tickless.stages.act.catalogue_house import EnteredPerson, NewNames, NewPerson, OnRecord, Proposed

MOST_TRIES = 50
BY = "tickless"


class Newcomers:
    """The operations of the house for a person who is not on record yet. `renew`: reads the records again."""

    def __init__(self, rooms: Rooms, *, renew: Callable[[], None]) -> None:
        self._rooms = rooms
        self._renew = renew

    def propose(self, call: Call, params: NewNames) -> Result:
        """A user name and an address that neither the records nor the directory know yet."""
        try:
            found = list(islice(proposals(params.name, self._rooms.world().people.values()), MOST_TRIES))
        except ValueError as error:
            raise Rejected("that is no name of a person", mend="give first and last name") from error
        account = self._rooms.registry.find("directory.account")
        for one in found:
            asked = Call(account.instance, key=f"{call.key}:{one.username}", now=call.now, timeout=call.timeout)
            if not invoke(account, {"username": one.username}, asked).output.model_dump()["exists"]:
                output = Proposed(username=one.username, email=one.email, given_name=one.given, family_name=one.family)
                return Result(output=output, summary=f"{one.username} and {one.email} are free")
        raise Rejected(f"{MOST_TRIES} user names for {params.name!r} are taken")

    def enter(self, call: Call, params: NewPerson) -> Result:
        """Put the person on record by the import of people. A second try finds them there."""
        known = self._rooms.world().person_called(params.username)
        if known is not None and known.email != params.email:
            raise Rejected("somebody else is on record by that user name")
        if call.dry_run or (known is not None and known.active):
            there = known is not None and known.active
            return Result(
                output=EnteredPerson(person=known.id if known else params.username),
                changed=not there,
                summary="is on record" if there else "would be entered",
                undo=self._way_back(params) if there and call.first_started else None,
            )
        row = {name: value for name, value in params.model_dump().items() if value} | {"active": True}
        with self._rooms.journal.write() as tx:
            done = import_people(tx, "people", read_table(json.dumps([row]), "json"), by=BY, at=self._rooms.clock.now())
        if not done.written:
            why = "; ".join(f"{one.field} {one.reason}" for one in done.refused)
            raise Rejected("the people records do not take this person", detail=why, mend=why)
        self._renew()
        person = done.changes[0].key
        return Result(output=EnteredPerson(person=person), changed=True, summary=f"{params.name} is in the people records",
                      undo=self._way_back(params))  # fmt: skip

    @staticmethod
    def _way_back(params: NewPerson) -> UndoStep:
        return UndoStep(uses="tickless.retire_person", with_={"username": params.username})

    def retire(self, call: Call, params: OnRecord) -> Result:
        """The person is not one of us: inactive from now on. Nobody's record is ever deleted."""
        with self._rooms.journal.read() as tx:
            known = next(iter(tx.people.by(username=params.username)), None)
        active = known is not None and known.active
        if known is None or not active or call.dry_run:
            person, told = (known.id if known else ""), "would be inactive" if active else "is not active"
            return Result(output=EnteredPerson(person=person), changed=active, summary=told)
        row = {"id": known.id, "username": known.username, "name": known.name, "email": known.email, "active": False}
        with self._rooms.journal.write() as tx:
            import_people(tx, "people", read_table(json.dumps([row]), "json"), by=BY, at=self._rooms.clock.now())
        self._renew()
        return Result(
            output=EnteredPerson(person=known.id), changed=True, summary=f"{known.name} is not active any more"
        )
