"""The composition root: picks the concrete classes and puts the house together."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.applications import Starlette

from tickless.app.access import alarm_of, oidc_of
from tickless.app.configured import registry_of, rules_of, runbooks_of, runbooks_signature, secrets_of
from tickless.app.inventory import map_desk_of
from tickless.app.language import Language, language_of
from tickless.app.library import LibraryCache
from tickless.app.listening import Listening
from tickless.app.models import composer_of
from tickless.app.policies import policing_of
from tickless.app.record import record_of
from tickless.app.reviewing import reviewed
from tickless.app.settings import Settings
from tickless.app.telemetry import pulling_of, telemetry_of
from tickless.app.web import create_site
from tickless.app.world import WorldCache
from tickless.domain.runbook import Runbook
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.rights import Rights
from tickless.flow.approvals.escalating import Escalating
from tickless.flow.asking import Asking
from tickless.flow.block_steps import BlockSteps
from tickless.flow.brake_watch import BrakeWatch
from tickless.flow.case_steps import CaseSteps
from tickless.flow.dbos_engine import DbosEngine
from tickless.flow.desk.erasing import ErasingDesk
from tickless.flow.desk.front import FrontDesk
from tickless.flow.desk.history import HistoryDesk
from tickless.flow.desk.holding import HoldingDesk
from tickless.flow.desk.identity import IdentityDesk
from tickless.flow.desk.knowledge import KnowledgeCare
from tickless.flow.desk.planning import PlanningDesk
from tickless.flow.desk.sources import Sources
from tickless.flow.desk.tickets import TicketDesk
from tickless.flow.desk.tools import said_of
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.ending.summarising import Summarising
from tickless.flow.ending.taking_back import TakingBack, take_back_runbook
from tickless.flow.foretelling import Foretelling
from tickless.flow.hindsight import Hindsight
from tickless.flow.intake import Intake
from tickless.flow.interpreter import Interpreter
from tickless.flow.lessons import Lessons
from tickless.flow.newcomers import Newcomers
from tickless.flow.posting.postman import Postman
from tickless.flow.publishing import Publishing
from tickless.flow.reassessing import Reassessing
from tickless.flow.refusing import Refusing
from tickless.flow.regroup.children import Children
from tickless.flow.regroup.force import InForce
from tickless.flow.resolution import Resolution
from tickless.flow.rooms import Pace, Rooms
from tickless.flow.run_steps import RunSteps
from tickless.flow.saying.notices import notifier
from tickless.flow.schedules import Schedules
from tickless.flow.shadowing import Shadowing
from tickless.flow.talking.knowing import Knowing
from tickless.flow.talking.second_reading import SecondReading
from tickless.flow.tasks import TaskSteps
from tickless.flow.tickets.relay import TicketTalk
from tickless.flow.tickets.settling import TicketPace
from tickless.flow.tickets.sync import TicketSync
from tickless.flow.tracing import Tracing
from tickless.flow.watching import Watching
from tickless.journal import Journal
from tickless.kit.clock import Clock, SystemClock
from tickless.kit.sealing import Seal
from tickless.sdk.registry import Registry
from tickless.stages.act.house import house_operations
from tickless.stages.act.service import ActRoom
from tickless.stages.act.vault import Vault
from tickless.stages.correlate.served import Served
from tickless.stages.correlate.service import CorrelateRoom
from tickless.stages.decide.service import DecisionRoom
from tickless.stages.learn.service import LearnRoom
from tickless.stages.measure.service import MeasureRoom
from tickless.stages.sense.service import SenseRoom
from tickless.stages.sense.sources import SourceBook
from tickless.stages.verify.service import VerifyRoom

Role = Literal["all", "door", "worker"]


@dataclass
class House:
    """Everything, wired. `start` and `stop` are the lifespan; `site` answers requests in between."""

    settings: Settings
    role: Role
    node: str
    journal: Journal
    rooms: Rooms
    engine: DbosEngine
    intake: Intake
    schedules: Schedules
    desk: FrontDesk
    entrance: Entrance
    world: WorldCache
    site: Starlette
    postman: Postman
    listening: Listening
    library: LibraryCache
    tickets: TicketSync

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
        self.engine.stop()
        self.journal.close()


def build(
    settings: Settings,
    *,
    role: Role = "all",
    clock: Clock | None = None,
    secret_values: Mapping[str, str] | None = None,
) -> House:
    """Put a house together. Raises `SettingsInvalid` or `RunbookInvalid` with everything that is wrong."""
    clock = clock or SystemClock()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = Journal(main_url=settings.main_url, log_url=settings.log_url)
    journal.migrate()
    node = _node(settings)
    engine = DbosEngine(journal, executor=node)
    wake: list[Intake] = []

    def woken() -> None:
        for one in wake:
            one.wake()

    in_force = InForce(journal, clock)
    rooms, language = _rooms(
        settings, journal=journal, clock=clock, secret_values=secret_values or {}, woken=woken, in_force=in_force
    )
    chores: list[Callable[[dt.datetime], None]] = []
    short: Summarising | None = None
    if role != "door":
        run_steps = RunSteps(rooms)
        interpreter = Interpreter(engine, run_steps, TaskSteps(rooms, engine), BlockSteps(rooms, run_steps))
        Resolution(
            engine, steps=CaseSteps(rooms), asking=Asking(rooms), knowing=Knowing(rooms), interpreter=interpreter
        )
        chores.append(SecondReading(rooms, engine, wake=woken).register().sweep)
        short = Summarising(rooms, engine, HandingOff(rooms, home=settings.home)).register()
    intake = Intake(rooms=rooms, engine=engine, node=node, rules=settings.hygiene.rules())
    wake.append(intake)
    care = KnowledgeCare(rooms, settings.knowledge, language.renew)
    lessons = Lessons(rooms, language.teach, language.renew)
    telemetry = telemetry_of(settings, rooms)
    chores += [pulling_of(settings, telemetry).look, Hindsight(rooms).look, Foretelling(rooms).look]
    map_desk = map_desk_of(settings, rooms, telemetry, language.renew)
    chores += [map_desk.look, Reassessing(rooms).look, BrakeWatch(rooms, settings.brakes).look]
    sources = Sources(rooms)
    holding = HoldingDesk(rooms, settings.hygiene.rules(), wake=woken)
    planning = PlanningDesk(rooms, wake=woken)
    chores += [holding.tidy, planning.tend]
    refusing = Refusing(
        rooms,
        taught=lambda: language.world.taught_threshold,
        asked=settings.brain.in_scope_rejection,
        renew=language.renew,
    )
    tracing = Tracing(telemetry.room, rooms.correlate, clock)
    record = record_of(settings, journal=journal, clock=clock, secrets=secrets_of(settings, secret_values))
    history = HistoryDesk(journal, clock, data=settings.data, node=node)
    chores += [record.look, history.look]
    desk = FrontDesk(
        rooms=rooms, engine=engine, wake=woken, renew=language.renew, care=care, lessons=lessons, refusing=refusing
    )
    chores += [*desk.practices.looks, desk.tools.watch]
    schedules = Schedules(
        rooms=rooms, engine=engine, watching=Watching(rooms=rooms, engine=engine), node=node, role=role,
        take_over=settings.database is not None,
        chores=[care.look, lessons.look, Children(rooms).look, IdentityDesk(rooms).sweep, Escalating(rooms).look,
                Shadowing(rooms).look,
                sources.watch, *chores],
        looks=[rooms.runbooks.look, rooms.policing.look, telemetry.look, tracing.look, sources.look, in_force.look],
    )  # fmt: skip
    desk.telemetry = telemetry
    desk.sources = sources
    desk.regroup.learning.changed = in_force.look
    desk.holding = holding
    desk.planning = planning
    desk.map = map_desk
    desk.history = history
    desk.record = record
    desk.erasing = ErasingDesk(journal, clock, renew=language.renew)
    tickets = _tickets(settings, rooms, node=node, desk=desk, short=short)
    entrance = Entrance(journal, clock, settings.entrance)
    entrance.alarm = alarm_of(rooms)
    entrance.rights = Rights(rooms.policy)
    return House(
        settings, role, node, journal, rooms, engine, intake, schedules, desk, entrance, language.world,
        create_site(desk, entrance, settings.entrance, oidc=oidc_of(settings, entrance, secret_values or {})),
        Postman(rooms=rooms, node=node, home=settings.home),
        Listening(desk=desk, registry=rooms.registry, node=node), language.library, tickets,
    )  # fmt: skip


def _rooms(
    settings: Settings,
    *,
    journal: Journal,
    clock: Clock,
    secret_values: Mapping[str, str],
    woken: Callable[[], None],
    in_force: InForce,
) -> tuple[Rooms, Language]:
    vault = Vault(journal=journal, seal=Seal.from_file(settings.data / "seal.key"), clock=clock)
    secret_store = secrets_of(settings, secret_values, once=vault.reveal)
    registry = registry_of(settings, secret_store, said=lambda name: said_of(journal, name))
    look = reviewed(settings.runbooks, settings.publishing.review, journal)
    runbooks = Publishing(
        journal,
        clock,
        read=lambda: _runbooks(settings, registry, look),
        signature=lambda: runbooks_signature(settings),
        strict=settings.publishing.revisions == "required",
    )
    language = language_of(settings, journal=journal, publishing=runbooks, clock=clock, secrets=secret_store)
    runbooks.changed = language.renew
    policing = policing_of(settings, journal, clock)
    policy = policing.engine
    decide = DecisionRoom(
        journal=journal,
        policy=policy,
        runbooks=runbooks,
        world=language.world.world,
        default_rung=settings.default_rung,
        gather_seconds=settings.pace.gather,
        answering=lambda tx, case: knowing.answer_for(tx, case),  # noqa: PLW0108 - it is made below
    )
    rooms = Rooms(
        journal=journal,
        clock=clock,
        registry=registry,
        runbooks=runbooks,
        policy=policy,
        policing=policing,
        world=language.world.world,
        understanding=language.world.understanding,
        sense=SenseRoom(journal=journal, registry=registry, wake=woken, sources=SourceBook(rules_of(settings))),
        correlate=CorrelateRoom(
            world=language.world.world,
            corrections=in_force,
            served=Served(lambda: runbooks.held),
            signals=journal.signals.many,
        ),
        decide=decide,
        act=ActRoom(journal=journal, registry=registry, clock=clock, rules=settings.brakes),
        verify=VerifyRoom(journal=journal, registry=registry, clock=clock),
        measure=MeasureRoom(journal=journal),
        learn=LearnRoom(
            journal=journal,
            default_rung=settings.default_rung,
            world=language.world.world,
            bars=settings.autonomy.bars(),
        ),
        vault=vault,
        data=settings.data,
        pace=Pace(settings.pace.answer, settings.pace.approval, settings.pace.escalate, settings.pace.first_look),
        library=language.library.library,
        intents=language.intents.report,
        composer=composer_of(language.models),
        models=language.models,
        courtesy=settings.courtesy.rules(),
    )
    knowing = Knowing(rooms)
    for operation in house_operations(vault=vault, notify=notifier(rooms), back=TakingBack(rooms),
                                       people=Newcomers(rooms, renew=language.renew)):  # fmt: skip
        registry.add(operation)
    return rooms, language


def _runbooks(settings: Settings, registry: Registry, look: Callable[[], None]) -> dict[str, Runbook]:
    """Those of the folders, and the house's own, to which nothing in a message leads. `look`: at what git says of them."""
    look()
    own = take_back_runbook()
    return {own.runbook: own, **runbooks_of(settings, registry)}


def _tickets(settings: Settings, rooms: Rooms, *, node: str, desk: FrontDesk, short: Summarising | None) -> TicketSync:
    handing, talk = HandingOff(rooms, home=settings.home), TicketTalk(rooms)
    pace = TicketPace(dt.timedelta(seconds=settings.pace.tickets), dt.timedelta(seconds=settings.pace.assume))
    tickets = TicketSync(rooms=rooms, handing=handing, talk=talk, node=node, pace=pace, short=short)
    if short is not None:
        short.wake = tickets.wake
    desk.tickets = TicketDesk(rooms, handing, talk, wake=tickets.wake)
    return tickets


def _node(settings: Settings) -> str:
    """SQLite has one process, always the same node, so that it takes up its own work; on PostgreSQL each has its own."""
    if settings.database is None:
        return "main"
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
