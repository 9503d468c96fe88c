"""What the stories of the channels share: a house with a real directory, a phone that gets codes, people, and patience."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.lane.houses import house_over
from tests.servers.slapd import Slapd
from tests.servers.webhook import Inbox
from tests.waiting import until

from tickless.app.build import House
from tickless.app.settings import ConnectorUse
from tickless.domain.channel import Binding
from tickless.domain.person import Person
from tickless.domain.world import World

ANNA = Person(
    id="p1", username="anna", name="Anna Schmidt", email="anna@lane.example", department="Sales", phone="+491700000001"
)
BEN = Person(
    id="p2", username="ben", name="Ben Okafor", email="ben@lane.example", department="Sales", phone="+491700000002"
)
T = TypeVar("T")


@contextmanager
def house_with(
    folder: Path, slapd: Slapd, phones: Inbox, *, name: str, use: str, settings: dict[str, Any], secrets: dict[str, str]
) -> Iterator[House]:
    """A house that is reached over the channel `name` and cares for the accounts of a real directory."""
    ldap = {
        "url": slapd.url,
        "bind_dn": slapd.service_dn,
        "password": "env:LDAP",
        "people_base": slapd.people_base,
        "groups_base": slapd.groups_base,
        "policy_dn": slapd.policy,
    }
    gateway = phones.url.replace("http://", "json://")
    with house_over(
        folder,
        connectors={
            name: ConnectorUse(use=use, settings=settings),
            "ldap": ConnectorUse(use="ldap", settings=ldap),
            "texts": ConnectorUse(use="apprise", settings={"phone": "env:SMS"}),
        },
        bindings={"directory": "ldap", "phone": "texts"},
        secrets={**secrets, "LDAP": slapd.service_password, "SMS": f"{gateway}/{{phone}}"},
        world=World.of(people=[ANNA, BEN]),
    ) as house:
        yield house


def bind(house: House, person: Person, *, channel: str, account: str) -> None:
    """An administrator says whose account it is."""
    with house.journal.write() as tx:
        tx.bindings.put(
            Binding(
                id=f"{channel}:{account}",
                channel=channel,
                account=account,
                person=person.id,
                way="administrator",
                at=dt.datetime.now(dt.UTC),
                by="test",
            )
        )


def code_on(phones: Inbox, person: Person) -> str:
    """The newest code on that person's phone, when one has come."""
    ending = (person.phone or "").removeprefix("+")

    def look() -> str:
        for path, body in reversed(list(zip(phones.paths, phones.bodies, strict=True))):
            if path.endswith(ending) and (found := re.search(r"\b(\d{6})\b", str(body.get("message", "")))):
                return found[1]
        return ""

    return until(look, f"a code for {person.name}")


def said_by_people(house: House) -> list[str]:
    """What people wrote in outside conversations, in no order."""
    with house.journal.read() as tx:
        return [
            line.text.raw
            for thread in tx.threads.where()
            for line in tx.conversation(thread.id)
            if line.author == "person"
        ]


def settled(house: House) -> None:
    """Wait until nothing is on its way to anybody."""

    def look() -> bool:
        with house.journal.read() as tx:
            return not tx.deliveries.where(tx.deliveries.table.c.state == "pending")

    until(look, "everything is delivered")
