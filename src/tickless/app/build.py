"""The composition root: picks the concrete classes and puts the house together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from starlette.applications import Starlette

from tickless.app.access import alarm_of, oidc_of
from tickless.app.desks import furnish
from tickless.app.durable import tickets_of, workflows_of
from tickless.app.ground import Role, ground_of
from tickless.app.library import LibraryCache
from tickless.app.listening import Listening
from tickless.app.rooms import rooms_of
from tickless.app.settings import Settings
from tickless.app.world import WorldCache
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.rights import Rights
from tickless.flow.desk.front import FrontDesk
from tickless.flow.engine import Engine
from tickless.flow.intake import Intake
from tickless.flow.posting.postman import Postman
from tickless.flow.rooms import Rooms
from tickless.flow.schedules import Schedules
from tickless.flow.tickets.sync import TicketSync
from tickless.flow.watching import Watching
from tickless.journal import Journal
from tickless.kit.clock import Clock, SystemClock

__all__ = ["House", "Role", "build"]


@dataclass
class House:
    """Everything, wired. `start` and `stop` are the lifespan; `site` answers requests in between."""

    settings: Settings
    role: Role
    node: str
    journal: Journal
    rooms: Rooms
    engine: Engine
    intake: Intake
    schedules: Schedules
    desk: FrontDesk
    entrance: Entrance
    world: WorldCache
    lay_out: Callable[[], Starlette]
    postman: Postman
    listening: Listening
    library: LibraryCache
    tickets: TicketSync

    @cached_property
    def site(self) -> Starlette:
        """What answers requests. It is laid out when it is asked for first: a worker has none, and what was interrupted
        goes on before the doors open."""
        return self.lay_out()

    def start(self) -> None:
        """Begin to work: durable runs first, then the intake, then what happens by the clock."""
        if self.role == "door":
            self.engine.prepare()
        else:
            self.engine.launch()
            self.intake.deliver()
            self.intake.start()
            self.postman.start()
            self.tickets.start()
            self.listening.start()
        self.schedules.start()

    def stop(self) -> None:
        """Stop working; what is pending goes on with the next start."""
        if self.role != "door":
            self.listening.stop()
            self.intake.stop()
            self.postman.stop()
            self.tickets.stop()
        self.schedules.stop()
        self.desk.telemetry.close()
        self.desk.history.close()
        self.desk.mining.close()
        self.engine.stop()
        self.journal.close()


def build(
    settings: Settings,
    *,
    role: Role = "all",
    clock: Clock | None = None,
    secret_values: Mapping[str, str] | None = None,
    engine: Engine | None = None,
) -> House:
    """Put a house together. `engine`: of a simulation; such a house is played and can't be started.

    Raises `SettingsInvalid` or `RunbookInvalid` with everything that is wrong.
    """
    ground = ground_of(settings, role, clock or SystemClock(), secret_values or {}, engine)
    engine, node = ground.engine, ground.node
    rooms, language = rooms_of(ground)
    short, chores = workflows_of(ground, rooms)
    intake = Intake(rooms=rooms, engine=engine, node=node, rules=settings.hygiene.rules())
    ground.wake.append(intake)
    furnished = furnish(ground, rooms, language)
    desk = furnished.desk
    schedules = Schedules(
        rooms=rooms,
        engine=engine,
        watching=Watching(rooms=rooms, engine=engine),
        node=node,
        role=role,
        take_over=settings.database is not None,
        chores=(*furnished.chores, *chores),
        looks=furnished.looks,
    )
    tickets = tickets_of(ground, rooms, desk, short)
    entrance = Entrance(ground.journal, ground.clock, settings.entrance)
    entrance.alarm = alarm_of(rooms)
    entrance.rights = Rights(rooms.policy)

    oidc = oidc_of(settings, entrance, ground.secret_values)

    def lay_out() -> Starlette:
        from tickless.app.web import create_site  # a third of what a start has to read: only for those who listen

        return create_site(desk, entrance, settings.entrance, oidc=oidc)

    postman = Postman(rooms=rooms, node=node, home=settings.home)
    listening = Listening(desk=desk, registry=rooms.registry, node=node)
    return House(
        settings, role, node, ground.journal, rooms, engine, intake, schedules, desk, entrance, language.world, lay_out,
        postman, listening, language.library, tickets,
    )  # fmt: skip
