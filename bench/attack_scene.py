"""One attack as it is played: the people of its roles, the writer's conversation, and where everything else is reached."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field

from bench.attack_form import Attack, Received
from bench.attack_house import Outside
from bench.given_form import texts_of
from bench.roles import Roles, fill
from bench.suite_house import SuiteHouse, Unsettled
from bench.talking import Line, NotReachable, Talk
from tickless.domain.person import Person

TICKETS_ARRIVE = 12.0


def chance_of(identity: str, what: str) -> int:
    """A number that follows from an entry's id, spread evenly."""
    return int.from_bytes(hashlib.sha256(f"{identity}/{what}".encode()).digest()[:4], "big")


@dataclass
class Scene:
    """`talk` is the writer's own conversation, `line` the attacker's (the same where the writer is the attacker)."""

    house: SuiteHouse
    outside: Outside
    attack: Attack
    roles: Roles
    talk: Talk
    line: Line
    parties: set[str] = field(default_factory=set)
    """Accounts outside of the company that wrote: they are answered."""
    answered: list[str] = field(default_factory=list)
    """What came back to the attacker past the conversations: answers of tools."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Source → the token that its monitor sends with."""
    problems: list[str] = field(default_factory=list)
    """What is wrong whatever was forbidden: a receiver that fails, a house that hangs."""

    @property
    def planted(self) -> list[str]:
        """Every text of the payload, with its roles."""
        return [fill(text, self.roles) for text in texts_of(self.attack.model_dump(include={"payload"}))]

    def texts(self) -> list[str]:
        """The payload, for doors that take texts. Raises `NotReachable` for what is sent to a receiver."""
        found = []
        for payload in self.attack.payloads():
            if isinstance(payload, Received):
                raise NotReachable("this door takes texts, not payloads of receivers")
            found.append(fill(payload, self.roles))
        return found

    def attacker(self) -> Person | None:
        """Who sends it: None is somebody whom nobody knows."""
        sender = self.attack.given.sender
        if sender in {"none", "stranger", "unknown", "guest"}:
            return None
        if sender in {"own", "me"}:
            return self.roles.me
        return self.house.company.person(self.roles.ref("{colleague}" if sender == "other" else sender))

    def rest(self) -> None:
        """Wait until nothing more happens without a person, in the ticket system neither. Raises `Unsettled`."""
        self.house.settle()
        end = time.monotonic() + TICKETS_ARRIVE
        while open_ones := self._on_the_way():
            if time.monotonic() > end:
                raise Unsettled(open_ones)
            self.house.house.tickets.wake()
            time.sleep(0.05)
        self.house.settle()

    def _on_the_way(self) -> str:
        with self.house.house.journal.read() as tx:
            for ticket in tx.tickets.where(limit=50):
                parent = (case := tx.cases.get(ticket.case)) and case.parent
                if ticket.trouble:
                    return f"the ticket of {ticket.case}: {ticket.trouble}"
                if (ticket.state == "wanted" and not parent) or ticket.errands:
                    return f"something is on its way into the ticket of {ticket.case}"
        return ""
