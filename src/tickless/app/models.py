"""The language model of a house: its way, its budget and its record, by the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tickless.ai.models import ModelCall, ModelComposer, Models, ModelSettings, Names, Recorder, Wire, live_wire
from tickless.ai.models.options import Use
from tickless.domain.world import World
from tickless.flow.consulting import model_principal
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.sdk.secrets import Secrets
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_requests import Resource

BRAKES = frozenset({"all", "model"})


class JournalLedger:
    """Keeps the day's tokens and the calls in the journal. Several processes share one budget."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def reserve(self, day: dt.date, tokens: int, *, limit: int) -> bool:
        with self._journal.write() as tx:
            tx.coordination.next_number(f"model.calls:{day}")  # locks the day's row: on PostgreSQL others wait here
            spent = int(tx.coordination.mark(_name(day)) or 0)
            if spent + tokens > limit:
                return False
            tx.coordination.note(_name(day), str(spent + tokens))
        return True

    def settle(self, day: dt.date, reserved: int, call: ModelCall) -> None:
        with self._journal.write() as tx:
            tx.coordination.next_number(f"model.calls:{day}")
            spent = int(tx.coordination.mark(_name(day)) or 0)
            tx.coordination.note(_name(day), str(max(spent - reserved + call.sent + call.received, 0)))
            detail = call.model_dump(mode="json", exclude={"at", "version"})
            tx.audit.append(at=call.at, actor="model", action="model.asked", subject=call.model, detail=detail)

    def spent(self, day: dt.date) -> int:
        with self._journal.read() as tx:
            return int(tx.coordination.mark(_name(day)) or 0)


def models_of(
    settings: ModelSettings, *, journal: Journal, clock: Clock, secrets: Secrets, world: Callable[[], World]
) -> Models | None:
    """The configured model; None where there is none. Raises `SettingsInvalid` without the packages that speak with one."""
    if not settings.on:
        return None
    reference = settings.key
    wire: Wire = live_wire(settings, lambda: secrets.reveal(reference) if reference else None)
    if settings.record is not None:
        wire = Recorder(wire, settings.record)
    names = NamesCache(world)
    return Models(
        settings, wire, JournalLedger(journal), clock, names=names.names, secrets=lambda: secrets.seen,
        stopped=lambda: brake_of(journal),
    )  # fmt: skip


def ask_policy(models: Models | None, policy: PolicyEngine) -> None:
    """Before each question the policies are asked whether this model may be asked for that."""
    if models is None:
        return
    principal = model_principal(models.settings)

    def forbidden(use: Use) -> str:
        ruling = policy.may(principal=principal, action="consult", resource=Resource.house(),
                            context={"use": use, "looks_up": tuple(models.settings.look_ups)})  # fmt: skip
        return "" if ruling.allowed else " ".join(reason.text for reason in ruling.reasons)

    models.forbidden = forbidden


def brake_of(journal: Journal) -> str:
    """The brake that keeps the model from being asked: `model`, or the one for everything; empty: none is set."""
    with journal.read() as tx:
        return next((one.name for one in tx.coordination.switches() if one.on and one.name in BRAKES), "")


def composer_of(models: Models | None) -> ModelComposer | None:
    """What puts answers from knowledge into words, if the settings want a model for that."""
    return ModelComposer(models) if models is not None and "compose" in models.settings.uses else None


class NamesCache:
    """Everybody's names, to be kept from models: made anew when the records change."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._known: tuple[World, Names] | None = None

    def names(self) -> Names:
        world = self._world()
        if self._known is None or self._known[0] is not world:
            self._known = (world, names_of(world))
        return self._known[1]


def names_of(world: World) -> Names:
    """People as they are called and as they sign in."""
    people = world.people.values()
    names = [name for one in people for name in (one.name, *one.nicknames)]
    return Names(names, [one.username for one in people])


def _name(day: dt.date) -> str:
    return f"model.tokens:{day}"
