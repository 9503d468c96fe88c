"""Runs a contract case against its world: dry run, effect, twice, undo, and every way in which it can fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.domain.errors import OutsideError, RateLimited, Rejected, TicklessError
from tickless.sdk.connector import Call, Connector, Instance
from tickless.sdk.egress import only_to
from tickless.sdk.operations import Result
from tickless.sdk.registry import make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing.cases import EXPECTED_ERROR, ContractCase, Fault, World

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
PATIENCE = 10.0
IMPATIENCE = 0.5
"""Seconds an operation is given where the server never answers."""


def run_case(
    connector: Connector,
    case: ContractCase,
    world: World,
    *,
    dry_run: bool = False,
    again: bool = False,
    timeout: float | None = None,
) -> Result:
    """Run the case's operation once, with the key that the suite always uses."""
    return run_operation(
        connector, case.operation, {**case.params, **world.params}, world,
        dry_run=dry_run, first_started=NOW if again else None, timeout=timeout or case.patience,
    )  # fmt: skip


def run_operation(
    connector: Connector,
    name: str,
    params: dict[str, Any],
    world: World,
    *,
    key: str = "run_contract:step",
    dry_run: bool = False,
    first_started: dt.datetime | None = None,
    timeout: float = PATIENCE,
    instance: Instance | None = None,
) -> Result:
    """Run an operation, of `instance` or of the one that the world configures. Whatever comes back, or goes wrong, is
    searched for the world's secrets."""
    operation = connector.operations[name]
    call = Call(
        instance=instance or instance_in(connector, world), key=key, now=dt.datetime.now(dt.UTC), timeout=timeout,
        dry_run=dry_run, first_started=first_started,
    )  # fmt: skip
    try:
        with only_to(call.instance.egress):
            result = operation.run(call, operation.params.model_validate(params))
    except TicklessError as error:
        _check_no_secret(world, f"{error} {error.public} {error.detail} {error.mend} {error!r}", "an error")
        raise
    assert isinstance(result.output, operation.output), f"{name} answers {type(result.output).__name__}"
    assert result.summary, f"{name} gives no summary"
    _check_no_secret(world, result.model_dump_json(serialize_as_any=True), "a result")
    return result


def instance_in(connector: Connector, world: World) -> Instance:
    """The connector as this world configures it, named like its folder."""
    return make_instance(
        connector.manifest.id, connector, world.settings, Secrets(dict(world.secrets)), said=lambda: world.said
    )


def _check_no_secret(world: World, text: str, where: str) -> None:
    for name, value in world.secrets.items():
        assert value not in text, f"the secret {name} shows up in {where}"


def check_dry_run(connector: Connector, case: ContractCase) -> None:
    """A dry run says what would change, and changes nothing."""
    with case.world() as world:
        before = world.look()
        result = run_case(connector, case, world, dry_run=True)
        assert world.look() == before, f"the dry run of {case.title} changed something"
        assert result.changed == case.changes, f"the dry run of {case.title} foretells something else"


def check_effect(connector: Connector, case: ContractCase) -> None:
    """The operation does what the case says, and reports it."""
    with case.world() as world:
        before = world.look()
        result = run_case(connector, case, world)
        assert result.changed == case.changes, f"{case.title}: changed is {result.changed}"
        if case.changes:
            assert world.look() != before, f"{case.title} reports a change, but there is none to see"
        else:
            assert world.look() == before, f"{case.title} changed something and does not say so"
        found = result.output.model_dump()
        assert {name: found.get(name) for name in case.expect} == dict(case.expect)


def check_twice(connector: Connector, case: ContractCase) -> None:
    """Run again with the same key, as after a crash, it leaves the world as the first run left it."""
    with case.world() as world:
        run_case(connector, case, world)
        after_first = world.look()
        if case.refuses_repeat:
            _check_refused(connector, case, world)
        else:
            run_case(connector, case, world, again=True)
        assert world.look() == after_first, f"{case.title} had its effect twice"


def _check_refused(connector: Connector, case: ContractCase, world: World) -> None:
    try:
        run_case(connector, case, world, again=True)
    except Rejected:
        return
    raise AssertionError(f"{case.title} should refuse a repeat")


def check_undo(connector: Connector, case: ContractCase) -> None:
    """The result names the promised undo with parameters that it accepts; run, it restores what the case says."""
    promised = connector.manifest.actions[case.operation].undo
    with case.world() as world:
        before = world.look()
        result = run_case(connector, case, world)
        assert result.undo is not None, f"{case.title} promises an undo and hands out none"
        instance, _, operation = result.undo.uses.partition(".")
        assert (instance, operation) == (connector.manifest.id, promised), f"{case.title}: undo is {result.undo.uses}"
        run_operation(connector, operation, result.undo.with_, world, key="run_contract:undo", timeout=case.patience)
        if case.undo_restores:
            assert world.look() == before, f"the undo of {case.title} does not restore what was"


def check_no_undo(connector: Connector, case: ContractCase) -> None:
    """What the manifest calls irreversible hands out no undo."""
    with case.world() as world:
        assert run_case(connector, case, world).undo is None, f"{case.title} is called irreversible, yet gives an undo"


@contextmanager
def _failing(connector: Connector, case: ContractCase, fault: Fault) -> Iterator[OutsideError]:
    with case.faults[fault]() as world:
        timeout = IMPATIENCE if fault == "hangs" else case.patience
        try:
            run_case(connector, case, world, timeout=timeout)
        except OutsideError as error:
            yield error
        else:
            raise AssertionError(f"{case.title} succeeds although the server is {fault}")


def check_fault(connector: Connector, case: ContractCase, fault: Fault) -> None:
    """The outside failure comes back as the house's error for it, and so with the right bit about trying again."""
    with _failing(connector, case, fault) as error:
        expected = EXPECTED_ERROR[fault]
        assert isinstance(error, expected), f"{case.title}, {fault}: {type(error).__name__}, not {expected.__name__}"
        assert error.public, "an error says what went wrong"
        if isinstance(error, RateLimited):
            assert error.retry.seconds > 0, "a rate limit says when to come back"
