"""The part of the house that receives: what `Desk` promises of it, over the real room."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.signal import Payload
from tickless.flow.desk.promise import Accepted, Greeting
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.stages.sense.service import SenseRoom


@dataclass
class Receiving:
    journal: Journal
    clock: ManualClock
    room: SenseRoom

    async def receive(self, payload: Payload) -> Accepted:
        return Accepted(**(await self.room.receive(payload)).__dict__)

    def signed(self, source: str) -> bool:
        return self.room.signed(source)

    def greet(self, payload: Payload) -> Greeting:
        return Greeting(*self.room.greet(payload))
