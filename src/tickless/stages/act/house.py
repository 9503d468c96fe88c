"""The house's own operations, bound for the registry: a temporary password, a message to a person, taking a request back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tickless.sdk.connector import Call, Connector, Instance
from tickless.sdk.manifest import Manifest, OperationPromise
from tickless.sdk.operations import Operation, Result
from tickless.sdk.registry import BoundOperation, NoSettings
from tickless.sdk.secrets import Secrets
from tickless.stages.act.catalogue_house import (
    HOUSE_OPERATIONS,
    FinishedRequest,
    HouseOperation,
    NewNames,
    NewPerson,
    Notified,
    NotifyPerson,
    OnRecord,
    PasswordMade,
    TemporaryPassword,
)
from tickless.stages.act.vault import Vault, secret_id

NAME = "tickless"
Notify = Callable[[str, str, str, str], None]
"""(run, key, person, text): puts a private message where the person reads."""


class Back(Protocol):
    """Takes a finished request back with all its parts, and looks how far it is taken back."""

    def take_back(self, call: Call, params: FinishedRequest) -> Result: ...

    def taken_back(self, call: Call, params: FinishedRequest) -> Result: ...


class People(Protocol):
    """Names, enters and retires people who are new."""

    def propose(self, call: Call, params: NewNames) -> Result: ...

    def enter(self, call: Call, params: NewPerson) -> Result: ...

    def retire(self, call: Call, params: OnRecord) -> Result: ...


def house_operations(
    *, vault: Vault, notify: Notify, back: Back | None, people: People | None = None
) -> list[BoundOperation]:
    """Every operation of the house, ready for `Registry.add`. Without `back` nothing is taken back, without `people` nobody is
    entered."""

    def make_password(call: Call, params: TemporaryPassword) -> Result:
        identity = secret_id(call.key)
        if not call.dry_run:
            vault.make_password(key=call.key, person=params.person)
        return Result(
            output=PasswordMade(reference=f"once:{identity}", link=f"/secret/{identity}"),
            changed=False,
            summary=f"a temporary password for {params.username}, behind a link that opens once",
        )

    def notify_person(call: Call, params: NotifyPerson) -> Result:
        if not call.dry_run:
            notify(call.key.partition(":")[0], call.key, params.person, params.text)
        return Result(output=Notified(sent=True), changed=False, summary="a private message")

    functions: dict[str, Callable[..., Result]] = {
        "tickless.temporary_password": make_password,
        "tickless.notify_person": notify_person,
    }
    if back is not None:
        functions |= {"tickless.take_back": back.take_back, "tickless.taken_back": back.taken_back}
    if people is not None:
        functions |= {
            "tickless.propose_account": people.propose,
            "tickless.enter_person": people.enter,
            "tickless.retire_person": people.retire,
        }
    instance = _instance()
    return [
        _bound(instance, promised, functions[promised.name])
        for promised in HOUSE_OPERATIONS
        if promised.name in functions
    ]


def _instance() -> Instance:
    manifest = Manifest(
        id=NAME,
        name="Tickless",
        version="1",
        tier="gold",
        owner="tickless",
        summary="the house itself",
        gives=("actions",),
    )
    connector = Connector(manifest=manifest, folder=Path(), settings=NoSettings)
    return Instance(name=NAME, connector=connector, settings=NoSettings(), secrets=Secrets())


def _bound(instance: Instance, promised: HouseOperation, function: Callable[..., Result]) -> BoundOperation:
    short = promised.name.partition(".")[2]
    run: Callable[[Any, Any], Result] = function
    return BoundOperation(
        full_name=promised.name,
        instance=instance,
        operation=Operation(short, promised.kind, promised.params, promised.output, run),
        promise=OperationPromise(summary=short.replace("_", " "), effect=promised.effect, undo=promised.undo),
    )
