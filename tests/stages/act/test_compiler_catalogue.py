"""What a runbook may use: capabilities, the house's own operations, and what the configured connectors add and promise."""

from __future__ import annotations

from pathlib import Path

from tickless.sdk.capabilities import CAPABILITIES
from tickless.sdk.connector import Call, Connector, Instance
from tickless.sdk.manifest import Manifest, OperationPromise
from tickless.sdk.operations import Operation, Output, Params, Result
from tickless.sdk.registry import NoSettings, Registry
from tickless.sdk.secrets import Secrets
from tickless.stages.act.catalogue import catalogue_of, shipped_catalogue


def _never(call: Call, params: Params) -> Result:
    return Result(output=Output(), summary="")


def registry(promises: dict[str, OperationPromise]) -> Registry:
    unlock = CAPABILITIES["directory.unlock"]
    connector = Connector(
        manifest=Manifest(
            id="toy",
            name="Toy",
            version="1",
            tier="bronze",
            owner="us",
            summary="",
            gives=("actions",),
            actions=promises,
        ),
        folder=Path(),
        settings=NoSettings,
        operations={name: Operation(name, "action", unlock.params, unlock.output, _never) for name in promises},
    )
    instance = Instance(name="toy", connector=connector, settings=NoSettings(), secrets=Secrets())
    return Registry({"toy": instance}, {"directory": "toy"})


def test_every_capability_and_the_house_itself_are_known_without_any_connector() -> None:
    known = shipped_catalogue()
    assert set(CAPABILITIES) < set(known)
    house = {
        "temporary_password",
        "notify_person",
        "propose_account",
        "enter_person",
        "retire_person",
        "take_back",
        "taken_back",
    }
    assert {f"tickless.{name}" for name in house} == set(known) - set(CAPABILITIES)
    for name, operation in known.items():
        assert operation.name == name
        assert (operation.kind == "probe") == (operation.effect == "read"), name


def test_what_takes_a_capability_back_exists_and_takes_nothing_that_was_not_given() -> None:
    known = shipped_catalogue()
    for operation in known.values():
        if operation.undo and not operation.undo.startswith("irreversible"):
            assert known[operation.undo].params.model_fields.keys() <= operation.params.model_fields.keys()


def test_a_connector_answers_by_its_own_name_and_by_the_capability() -> None:
    found = catalogue_of(
        registry({"unlock": OperationPromise(summary="", effect="change", capability="directory.unlock")})
    )
    assert found["toy.unlock"].params is found["directory.unlock"].params
    assert "mailbox.set_quota" in found, "what nobody is connected for can still be written about"


def test_a_connector_may_make_an_effect_graver_and_not_smaller() -> None:
    graver = catalogue_of(
        registry({"unlock": OperationPromise(summary="", effect="destroy", capability="directory.unlock")})
    )
    smaller = catalogue_of(
        registry({"unlock": OperationPromise(summary="", effect="read", capability="directory.unlock")})
    )
    assert graver["directory.unlock"].effect == "destroy"
    assert smaller["directory.unlock"].effect == "change"


def test_a_connectors_word_about_undo_and_repeating_counts() -> None:
    promise = OperationPromise(
        summary="", undo="irreversible: so it is", idempotent=False, capability="directory.unlock"
    )
    found = catalogue_of(registry({"unlock": promise}))["directory.unlock"]
    assert found.undo == "irreversible: so it is"
    assert not found.idempotent
