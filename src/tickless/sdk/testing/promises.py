"""The manifest's promises, checked against the code without calling anything."""

from __future__ import annotations

from pydantic import ValidationError

from tickless.sdk.capabilities import CAPABILITIES
from tickless.sdk.connector import Connector
from tickless.sdk.manifest import OperationPromise
from tickless.sdk.operations import Output, Params

IRREVERSIBLE = "irreversible:"


def check_promises(connector: Connector) -> None:
    """Probes only read; every change says how it is taken back, or why it cannot be, and whether it is safe twice."""
    manifest = connector.manifest
    for name, promise in manifest.probes.items():
        assert promise.effect == "read", f"probe {name} must not change anything"
        assert promise.summary, f"probe {name} needs a summary"
    for name, promise in manifest.actions.items():
        assert promise.summary, f"action {name} needs a summary"
        if promise.effect == "read":
            continue
        stated = promise.model_fields_set
        assert {"effect", "undo", "idempotent"} <= stated, f"action {name} must state effect, undo and idempotent"
        _check_undo(connector, name, promise)


def _check_undo(connector: Connector, name: str, promise: OperationPromise) -> None:
    if promise.undo.startswith(IRREVERSIBLE):
        assert len(promise.undo.removeprefix(IRREVERSIBLE).strip()) >= 12, f"{name}: say why it cannot be taken back"
        return
    assert promise.undo in connector.manifest.actions, (
        f"{name}: undo must name an action of this connector, or say `irreversible: why`, not {promise.undo!r}"
    )


def check_gives(connector: Connector) -> None:
    """What the manifest says the connector gives is there, and the other way round."""
    manifest = connector.manifest
    assert ("signals" in manifest.gives) == (connector.receiver is not None), "`gives` and signals.RECEIVER disagree"
    assert ("actions" in manifest.gives) == bool(manifest.actions), "`gives` and the actions disagree"
    assert ("probes" in manifest.gives) == bool(manifest.probes), "`gives` and the probes disagree"
    assert bool(manifest.kinds) == (connector.receiver is not None), "`kinds` lists what the receiver can yield"
    for scope in manifest.scopes:
        assert scope.reason, f"the right {scope.name} needs its reason"


def check_params(connector: Connector) -> None:
    """Every operation's parameters refuse unknown names; every output is a typed `Output`."""
    for name, operation in connector.operations.items():
        assert issubclass(operation.params, Params), name
        assert issubclass(operation.output, Output), name
        assert _refuses_unknown(operation.params), f"{name} accepts unknown parameters"


def _refuses_unknown(params: type[Params]) -> bool:
    try:
        params.model_validate({"no_such_parameter": 1})
    except ValidationError as refused:
        return any(problem["type"] == "extra_forbidden" for problem in refused.errors())
    return False


def check_capabilities(connector: Connector) -> None:
    """An operation with a capability has exactly its types and kind."""
    for name, promise in {**connector.manifest.actions, **connector.manifest.probes}.items():
        if not promise.capability:
            continue
        assert promise.capability in CAPABILITIES, f"{name}: there is no capability {promise.capability!r}"
        shape = CAPABILITIES[promise.capability]
        operation = connector.operations[name]
        assert operation.kind == shape.kind, f"{name}: {shape.name} is a {shape.kind}"
        assert operation.params is shape.params, f"{name}: {shape.name} takes {shape.params.__name__}"
        assert operation.output is shape.output, f"{name}: {shape.name} answers {shape.output.__name__}"
