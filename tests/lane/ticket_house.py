"""A house with a ticket system, in a process of its own that a test may kill: `python ticket_house.py FOLDER URL`.

Says what ends with people, adds something once there is a ticket, and goes on until it is killed. A house that finds what an
earlier one left goes on with it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from tests.lane.houses import house_over

from tickless.app.build import House
from tickless.app.sample_house import QUICK
from tickless.app.settings import ConnectorUse
from tickless.domain.person import Person
from tickless.domain.signal import Sender
from tickless.domain.ticket import Ticket
from tickless.domain.world import World

ANNA = Person(id="p1", username="anna", name="Anna Schmidt", email="anna@lane.example", department="Sales")


def main(folder: Path, url: str) -> None:
    with house_over(
        folder,
        connectors={"rt": ConnectorUse(use="request_tracker", settings={"url": url, "token": "env:RT_TOKEN"})},
        bindings={"ticket": "rt"},
        secrets={},
        world=World.of(people=[ANNA]),
        pace=QUICK.model_copy(update={"tickets": 0.3}),
    ) as house:
        sender = Sender(channel="web", account="anna", conversation="c1", person="p1", assurance="signed_in")
        asyncio.run(house.desk.say(sender, "I was locked out of my account yesterday evening", key="said:1"))
        while not any(ticket.external for ticket in tickets(house)):
            time.sleep(0.1)
        asyncio.run(house.desk.say(sender, "hm, it only happens on the train", key="said:2"))
        time.sleep(300)


def tickets(house: House) -> list[Ticket]:
    with house.journal.read() as tx:
        return tx.tickets.where()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
