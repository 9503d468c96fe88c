"""The composition root: picks the concrete classes and puts the house together."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.applications import Starlette

from tickless.ai import Brain, build_brain
from tickless.ai.late import teach as teach_brain
from tickless.app.brain import encoder_of
from tickless.app.intents import IntentsCache
from tickless.app.library import LibraryCache
from tickless.app.listening import Listening
from tickless.app.models import composer_of, models_of
from tickless.app.settings import Settings
from tickless.app.shipped import shipped
from tickless.app.web import create_site
from tickless.app.world import Lessons, WorldCache
from tickless.domain.errors import SettingsInvalid
from tickless.domain.runbook import Runbook
from tickless.doors.entrance import Entrance
from tickless.flow.asking import Asking
from tickless.flow.case_steps import CaseSteps
from tickless.flow.dbos_engine import DbosEngine
from tickless.flow.desk.front import FrontDesk
from tickless.flow.desk.identity import IdentityDesk
from tickless.flow.desk.knowledge import KnowledgeCare
from tickless.flow.desk.tickets import TicketDesk
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.intake import Intake
from tickless.flow.interpreter import Interpreter
from tickless.flow.posting.postman import Postman
from tickless.flow.resolution import Resolution
from tickless.flow.rooms import Pace, Rooms
from tickless.flow.run_steps import RunSteps
from tickless.flow.saying.conversation import personal, say
from tickless.flow.schedules import Schedules
from tickless.flow.talking.knowing import Knowing
from tickless.flow.tasks import TaskSteps
from tickless.flow.tickets.relay import TicketTalk
from tickless.flow.tickets.settling import TicketPace
from tickless.flow.tickets.sync import TicketSync
from tickless.flow.watching import Watching
from tickless.journal import Journal
from tickless.kit.clock import Clock, SystemClock
from tickless.kit.sealing import Seal
from tickless.sdk.capabilities import CAPABILITIES
from tickless.sdk.connector import Instance
from tickless.sdk.registry import Registry, connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.compiler import compile_folder
from tickless.stages.act.house import Notify, house_operations
from tickless.stages.act.service import ActRoom
from tickless.stages.act.vault import Vault
from tickless.stages.correlate.service import CorrelateRoom
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.service import DecisionRoom
from tickless.stages.learn.service import LearnRoom
from tickless.stages.measure.service import MeasureRoom
from tickless.stages.sense.service import SenseRoom
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
    vault = Vault(journal=journal, seal=Seal.from_file(settings.data / "seal.key"), clock=clock)
    secret_store = Secrets(dict(secret_values or {}), once=vault.reveal)
    registry = registry_of(settings, secret_store)
    runbooks = runbooks_of(settings, registry)
    encoder, without = encoder_of(settings.brain)
    rejection = settings.brain.in_scope_rejection

    def teach(lessons: Lessons) -> Brain:
        given = runbooks.values()
        return build_brain(given, extra_examples=lessons, encoder=encoder, without=without, rejection=rejection)

    library = LibraryCache(journal, encoder)
    cache = WorldCache(journal, teach, runbooks, library.lessons)
    node = _node(settings)
    engine = DbosEngine(journal, executor=node)
    wake: list[Intake] = []

    def woken() -> None:
        for intake in wake:
            intake.wake()

    def renewed() -> None:
        cache.renew()
        library.renew()
        cache.understanding()  # taught here, not while somebody waits with the journal's only writer in hand

    intents = IntentsCache(
        lambda: cache.understanding().brain,
        lambda examples: teach_brain(examples, encoder=encoder, rejection=rejection),
    )
    models = models_of(settings.model, journal=journal, clock=clock, secrets=secret_store, world=cache.world)
    policy = PolicyEngine.load(settings.policies or shipped("policies"))
    decide = DecisionRoom(
        journal=journal,
        policy=policy,
        runbooks=runbooks,
        world=cache.world,
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
        world=cache.world,
        understanding=cache.understanding,
        sense=SenseRoom(journal=journal, registry=registry, wake=woken),
        correlate=CorrelateRoom(world=cache.world),
        decide=decide,
        act=ActRoom(journal=journal, registry=registry, clock=clock),
        verify=VerifyRoom(journal=journal, registry=registry, clock=clock),
        measure=MeasureRoom(journal=journal),
        learn=LearnRoom(journal=journal, default_rung=settings.default_rung),
        vault=vault,
        data=settings.data,
        pace=Pace(settings.pace.answer, settings.pace.approval, settings.pace.first_look),
        library=library.library,
        intents=intents.report,
        composer=composer_of(models),
        models=models,
        courtesy=settings.courtesy.rules(),
    )
    knowing = Knowing(rooms)
    care = KnowledgeCare(rooms, settings.knowledge, renewed)
    for operation in house_operations(vault=vault, notify=_notifier(rooms)):
        registry.add(operation)
    if role != "door":
        interpreter = Interpreter(engine, RunSteps(rooms), TaskSteps(rooms, engine))
        Resolution(engine, steps=CaseSteps(rooms), asking=Asking(rooms), knowing=knowing, interpreter=interpreter)
    intake = Intake(rooms=rooms, engine=engine, node=node)
    wake.append(intake)
    watching = Watching(rooms=rooms, engine=engine)
    schedules = Schedules(
        rooms=rooms, engine=engine, watching=watching, node=node, role=role, take_over=settings.database is not None,
        chores=[care.look, IdentityDesk(rooms).sweep],
    )  # fmt: skip
    desk = FrontDesk(rooms=rooms, engine=engine, wake=woken, renew=renewed, care=care)
    handing = HandingOff(rooms, home=settings.home)
    talk = TicketTalk(rooms)
    pace = TicketPace(dt.timedelta(seconds=settings.pace.tickets), dt.timedelta(seconds=settings.pace.assume))
    tickets = TicketSync(rooms=rooms, handing=handing, talk=talk, node=node, pace=pace)
    desk.tickets = TicketDesk(rooms, handing, talk, wake=tickets.wake)
    entrance = Entrance(journal, clock, settings.entrance)
    site = create_site(desk, entrance, settings.entrance)
    postman = Postman(rooms=rooms, node=node, home=settings.home)
    listening = Listening(desk=desk, registry=registry, node=node)
    return House(
        settings, role, node, journal, rooms, engine, intake, schedules, desk, entrance, cache, site, postman, listening,
        library, tickets,
    )  # fmt: skip


def _node(settings: Settings) -> str:
    """SQLite has one process, always the same node, so that it takes up its own work; on PostgreSQL each has its own."""
    if settings.database is None:
        return "main"
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def registry_of(settings: Settings, secret_store: Secrets) -> Registry:
    """Load the configured connectors. Raises `SettingsInvalid` for an unknown one or an empty binding."""
    folders = {folder.name: folder for folder in connector_folders()}
    instances: dict[str, Instance] = {}
    for name, use in settings.connectors.items():
        if use.use not in folders:
            known = ", ".join(sorted(folders))
            raise SettingsInvalid(
                f"connector {name!r} uses {use.use!r}, which does not exist", mend=f"there are: {known}"
            )
        instances[name] = make_instance(name, load_connector(folders[use.use]), use.settings, secret_store)
    capabilities = {name.partition(".")[0] for name in CAPABILITIES}
    for capability, instance in settings.bindings.items():
        if capability not in capabilities or instance not in instances:
            raise SettingsInvalid(
                f"binding {capability!r} = {instance!r} leads nowhere",
                mend=f"capabilities: {', '.join(sorted(capabilities))}; connectors: {', '.join(sorted(instances))}",
            )
    return Registry(instances, settings.bindings)


def runbooks_of(settings: Settings, registry: Registry) -> dict[str, Runbook]:
    """Compile every runbook. Raises `RunbookInvalid` with all problems of all files."""
    catalogue = catalogue_of(registry)
    found: dict[str, Runbook] = {}
    for folder in settings.runbooks or (shipped("runbooks"),):
        found |= {runbook.runbook: runbook for runbook in compile_folder(folder, catalogue=catalogue)}
    return found


def _notifier(rooms: Rooms) -> Notify:
    """Puts a private message where a person reads: into the case's conversation if it is theirs, else into their notices."""

    def notify(run: str, key: str, person: str, text: str) -> None:
        now = rooms.clock.now()
        with rooms.journal.write() as tx:
            record = tx.runs.get(run)
            case = tx.cases.get(record.case) if record else None
            own = case is not None and case.requester == person
            place = case.conversation if case is not None and own else personal(person)
            say(tx, conversation=place, case=case, text=text, key=key, at=now, private=True)

    return notify
