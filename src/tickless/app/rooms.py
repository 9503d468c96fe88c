"""The eight rooms, with the records, policies, runbooks and connectors that they work with."""

from __future__ import annotations

from collections.abc import Callable

from tickless.app.configured import registry_of, rules_of, runbooks_of, runbooks_signature, secrets_of
from tickless.app.following import make_checkouts
from tickless.app.ground import Ground
from tickless.app.kept_runbooks import kept_signature, with_kept
from tickless.app.language import Language, language_of
from tickless.app.models import ask_policy, composer_of
from tickless.app.policies import policing_of
from tickless.app.reviewing import reviewed
from tickless.app.settings import Settings
from tickless.domain.runbook import Runbook
from tickless.flow.calling import asking_policy
from tickless.flow.desk.tools import said_of
from tickless.flow.ending.taking_back import TakingBack, take_back_runbook
from tickless.flow.newcomers import Newcomers
from tickless.flow.publishing import Publishing
from tickless.flow.rooms import Pace, Rooms
from tickless.flow.saying.notices import notifier
from tickless.flow.talking.knowing import Knowing
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


def rooms_of(ground: Ground) -> tuple[Rooms, Language]:
    """The rooms and what understands. Raises `SettingsInvalid` or `RunbookInvalid` with everything that is wrong."""
    settings, journal, clock = ground.settings, ground.journal, ground.clock
    vault = Vault(journal=journal, seal=Seal.from_file(settings.data / "seal.key"), clock=clock)
    secret_store = secrets_of(settings, ground.secret_values, once=vault.reveal)
    make_checkouts(settings, secret_store)
    registry = registry_of(settings, secret_store, said=lambda name: said_of(journal, name))
    look = reviewed(settings.runbooks, settings.publishing.review, journal)
    runbooks = Publishing(
        journal,
        clock,
        read=lambda: with_kept(_runbooks(settings, registry, look), journal, registry),
        signature=lambda: f"{runbooks_signature(settings)}\n{kept_signature(journal)}",
        strict=settings.publishing.revisions == "required",
    )
    language = language_of(settings, journal=journal, publishing=runbooks, clock=clock, secrets=secret_store)
    runbooks.changed = language.renew
    policing = policing_of(settings, journal, clock)
    policy = policing.engine
    ask_policy(language.models, policy)
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
        sense=SenseRoom(journal=journal, registry=registry, wake=ground.woken, sources=SourceBook(rules_of(settings))),
        correlate=CorrelateRoom(
            world=language.world.world,
            corrections=ground.in_force,
            served=Served(lambda: runbooks.held),
            signals=journal.signals.many,
        ),
        decide=decide,
        act=ActRoom(
            journal=journal,
            registry=registry,
            clock=clock,
            rules=settings.brakes,
            forbidden=asking_policy(policy, runbooks, language.world.world),
        ),
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
    runbooks.rewritten = lambda tx, runbook: rooms.learn.rewritten(tx, runbook, now=clock.now())
    runbooks.look_back()
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
