"""The front desk with everything that stands on it, and what is done by the clock for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tickless.app.architect import architect_of
from tickless.app.brain import encoder_of
from tickless.app.configured import secrets_of
from tickless.app.following import following_of
from tickless.app.ground import Ground
from tickless.app.inventory import map_desk_of
from tickless.app.language import Language
from tickless.app.record import record_of
from tickless.app.telemetry import pulling_of, telemetry_of
from tickless.flow.approvals.escalating import Escalating
from tickless.flow.brake_watch import BrakeWatch
from tickless.flow.desk.erasing import ErasingDesk
from tickless.flow.desk.front import FrontDesk
from tickless.flow.desk.history import HistoryDesk
from tickless.flow.desk.holding import HoldingDesk
from tickless.flow.desk.identity import IdentityDesk
from tickless.flow.desk.knowledge import KnowledgeCare
from tickless.flow.desk.mining import MiningDesk
from tickless.flow.desk.noticing import Looks, Noticing
from tickless.flow.desk.opening import Opening
from tickless.flow.desk.planning import PlanningDesk
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.desk.report_subscriptions import ReportSubscriptions
from tickless.flow.desk.sources import Sources
from tickless.flow.desk.steering import SteeringDesk
from tickless.flow.desk.steering_computing import Computing
from tickless.flow.desk.steering_marks import Marks
from tickless.flow.foretelling import Foretelling
from tickless.flow.hindsight import Hindsight
from tickless.flow.lessons import Lessons
from tickless.flow.reassessing import Reassessing
from tickless.flow.refusing import Refusing
from tickless.flow.regroup.children import Children
from tickless.flow.rooms import Rooms
from tickless.flow.routing import Routing
from tickless.flow.shadowing import Shadowing
from tickless.flow.tracing import Tracing


@dataclass(frozen=True)
class Furnished:
    """`chores` are done every half minute by one process, `looks` by every process for itself."""

    desk: FrontDesk
    chores: tuple[Callable[[dt.datetime], None], ...]
    looks: tuple[Callable[[], None], ...]


def _looks(desk: FrontDesk, rooms: Rooms) -> Looks:
    apart = Marks(
        Computing(rooms, guard=desk.steering.rules)
    )  # so that what the console reads is never older than its own last look
    return Looks(
        rungs=lambda: len(desk.autonomy.proposals()),
        problems=lambda: len(desk.practices.problems.candidates()),
        guard=lambda: len(apart.guard(desk.steering.rules.weeks).warnings),
    )


def furnish(ground: Ground, rooms: Rooms, language: Language) -> Furnished:
    """The desk as doors see it."""
    settings, journal, clock = ground.settings, ground.journal, ground.clock
    care = KnowledgeCare(rooms, settings.knowledge, language.renew)
    lessons = Lessons(rooms, language.teach, language.renew)
    refusing = Refusing(
        rooms,
        taught=lambda: language.world.taught_threshold,
        asked=settings.brain.in_scope_rejection,
        renew=language.renew,
    )
    desk = FrontDesk(
        rooms=rooms,
        engine=ground.engine,
        wake=ground.woken,
        renew=language.renew,
        care=care,
        lessons=lessons,
        routing=Routing(rooms),
        refusing=refusing,
        steering=SteeringDesk(rooms, guard=settings.guard, maturity=settings.maturity),
    )
    desk.telemetry = telemetry = telemetry_of(settings, rooms)
    desk.map = map_desk_of(settings, rooms, telemetry, language.renew)
    desk.sources = sources = Sources(rooms)
    desk.holding = holding = HoldingDesk(rooms, settings.hygiene.rules(), wake=ground.woken)
    desk.planning = planning = PlanningDesk(rooms, wake=ground.woken)
    desk.practices = PracticesDesk.of(rooms, major=settings.major, problems=settings.problems)
    desk.record = record = record_of(
        settings, journal=journal, clock=clock, secrets=secrets_of(settings, ground.secret_values)
    )
    desk.following = following = following_of(settings, rooms, secrets_of(settings, ground.secret_values))
    desk.history = history = HistoryDesk(journal, clock, data=settings.data, node=ground.node, registry=rooms.registry)
    desk.mining = mining = MiningDesk(rooms, node=ground.node, encoder=lambda: encoder_of(settings.brain)[0])
    desk.reports.home = settings.home
    desk.subscriptions = subscriptions = ReportSubscriptions(rooms, desk.reports, home=settings.home)
    desk.architect = architect_of(settings, rooms, desk.drafting)
    desk.opening = Opening(rooms, mining, desk.architect, desk.practices)
    desk.practised, desk.metric_levels = frozenset(settings.practices), settings.metric_levels
    desk.erasing = ErasingDesk(journal, clock, renew=language.renew)
    desk.regroup.learning.changed = ground.in_force.look
    noticing = Noticing(journal, _looks(desk, rooms))
    chores = (
        care.look, lessons.look, Children(rooms).look, IdentityDesk(rooms).sweep, Escalating(rooms).look, Shadowing(rooms).look,
        sources.watch, pulling_of(settings, telemetry).look, Hindsight(rooms).look, Foretelling(rooms).look, desk.map.look,
        Reassessing(rooms).look, BrakeWatch(rooms, settings.brakes).look, holding.tidy, planning.tend, record.look,
        mining.look, *desk.practices.looks, desk.tools.watch, subscriptions.tend, desk.steering.marks.look,
        noticing.look,
    )  # fmt: skip
    tracing = Tracing(telemetry.room, rooms.correlate, clock)
    looks = (
        following.look, rooms.runbooks.look, rooms.policing.look, telemetry.look, tracing.look, sources.look,
        ground.in_force.look, lambda: history.look(clock.now()),
    )  # fmt: skip
    return Furnished(desk, chores, looks)
