"""The operations of the house itself, which no connector has to bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from tickless.domain.runbook import Effect
from tickless.sdk.operations import Output, Params


class TemporaryPassword(Params):
    """For whom to make a password. `person` is the only one who may open the link."""

    username: str = Field(min_length=1, max_length=128)
    person: str = Field(min_length=1, max_length=64)


class PasswordMade(Output):
    """`reference` (`once:…`) goes to the directory, `link` (a path that opens once) to the person; the value to nobody."""

    reference: str
    link: str


class NotifyPerson(Params):
    """A private message to one person, never into a channel that others read."""

    person: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=2_000)


class Notified(Output):
    sent: bool


class FinishedRequest(Params):
    """A request that is over, by the id of its case."""

    request: str = Field(min_length=1, max_length=64)


class TakenBack(Output):
    """How far a request is taken back: with its parts, effect by effect. `read_back`: asked again, each of the systems
    says that there is nothing to take back any more. `open`: what stands, in words, for the people who see to it."""

    undone: int
    left: int
    read_back: bool
    open: str
    number: int = 0


class NewNames(Params):
    """Somebody new, by their full name."""

    name: str = Field(min_length=1, max_length=200)


class Proposed(Output):
    """What they would be called; neither the records nor the directory know it yet."""

    username: str
    email: str
    given_name: str
    family_name: str


class NewPerson(Params):
    """Somebody new, as the people records want them. `manager`: an id."""

    username: str = Field(min_length=1, max_length=128)
    email: str = Field(min_length=3, max_length=200)
    name: str = Field(min_length=1, max_length=200)
    department: str = ""
    title: str = ""
    location: str = ""
    manager: str = ""


class OnRecord(Params):
    """Somebody on record, by their user name."""

    username: str = Field(min_length=1, max_length=128)


class EnteredPerson(Output):
    """Their id in the people records."""

    person: str


@dataclass(frozen=True)
class HouseOperation:
    name: str
    effect: Effect
    params: type[Params]
    output: type[Output]
    undo: str
    kind: Literal["action", "probe"] = "action"


HOUSE_OPERATIONS = (
    HouseOperation(
        "tickless.temporary_password",
        "change",
        TemporaryPassword,
        PasswordMade,
        "irreversible: a password that is not used expires with its link",
    ),
    HouseOperation(
        "tickless.notify_person",
        "change",
        NotifyPerson,
        Notified,
        "irreversible: a message that was read cannot be unread",
    ),
    HouseOperation(
        "tickless.take_back",
        "change",
        FinishedRequest,
        TakenBack,
        "irreversible: what was taken back is asked for again",
    ),
    HouseOperation("tickless.propose_account", "read", NewNames, Proposed, "", "probe"),
    HouseOperation("tickless.enter_person", "change", NewPerson, EnteredPerson, "tickless.retire_person"),
    HouseOperation(
        "tickless.retire_person",
        "change",
        OnRecord,
        EnteredPerson,
        "irreversible: whoever comes after all is entered again",
    ),
    HouseOperation("tickless.taken_back", "read", FinishedRequest, TakenBack, "", "probe"),
)
