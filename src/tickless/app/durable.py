"""What goes on by itself: durable workflows, and the thread that speaks with ticket systems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tickless.app.ground import Ground
from tickless.flow.asking import Asking
from tickless.flow.block_steps import BlockSteps
from tickless.flow.case_steps import CaseSteps
from tickless.flow.desk.front import FrontDesk
from tickless.flow.desk.tickets import TicketDesk
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.ending.summarising import Summarising
from tickless.flow.interpreter import Interpreter
from tickless.flow.resolution import Resolution
from tickless.flow.rooms import Rooms
from tickless.flow.run_steps import RunSteps
from tickless.flow.talking.knowing import Knowing
from tickless.flow.talking.second_reading import SecondReading
from tickless.flow.tasks import TaskSteps
from tickless.flow.tickets.relay import TicketTalk
from tickless.flow.tickets.settling import TicketPace
from tickless.flow.tickets.sync import TicketSync

Chore = Callable[[dt.datetime], None]


def workflows_of(ground: Ground, rooms: Rooms) -> tuple[Summarising | None, list[Chore]]:
    """Register every workflow, where this process runs any; what puts cases in short, and what is done by the clock."""
    if ground.role == "door":
        return None, []
    engine, run_steps = ground.engine, RunSteps(rooms)
    interpreter = Interpreter(engine, run_steps, TaskSteps(rooms, engine), BlockSteps(rooms, run_steps))
    Resolution(engine, steps=CaseSteps(rooms), asking=Asking(rooms), knowing=Knowing(rooms), interpreter=interpreter)
    again = SecondReading(rooms, engine, wake=ground.woken).register()
    short = Summarising(rooms, engine, HandingOff(rooms, home=ground.settings.home)).register()
    return short, [again.sweep]


def tickets_of(ground: Ground, rooms: Rooms, desk: FrontDesk, short: Summarising | None) -> TicketSync:
    """What keeps tickets and cases alike, both ways."""
    settings = ground.settings
    handing, talk = HandingOff(rooms, home=settings.home), TicketTalk(rooms)
    pace = TicketPace(dt.timedelta(seconds=settings.pace.tickets), dt.timedelta(seconds=settings.pace.assume))
    tickets = TicketSync(rooms=rooms, handing=handing, talk=talk, node=ground.node, pace=pace, short=short)
    if short is not None:
        short.wake = tickets.wake
    desk.tickets = TicketDesk(rooms, handing, talk, wake=tickets.wake)
    return tickets
