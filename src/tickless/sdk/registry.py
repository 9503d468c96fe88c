"""Loads connectors by the name in their manifest. Nobody imports a connector; this is how they are reached."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tickless.domain.errors import NotFound, SettingsInvalid
from tickless.domain.tool_effect import ToolEffect
from tickless.sdk.connector import Connector, Instance
from tickless.sdk.drop_in import DropIn
from tickless.sdk.egress import EgressSettings, egress_of
from tickless.sdk.listening import Listener
from tickless.sdk.manifest import Manifest, OperationPromise, read_manifest
from tickless.sdk.operations import Operation, operations_of
from tickless.sdk.receiving import Receiver
from tickless.sdk.secrets import Secrets

PACKAGE = "tickless.connectors"
_CONFIGURED = EgressSettings()


class NoSettings(BaseModel):
    """For connectors that need none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def connector_folders() -> Iterator[Path]:
    """Every connector folder that ships, in order of name."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return
    for root in spec.submodule_search_locations:
        yield from sorted(path.parent for path in Path(root).glob("*/manifest.toml"))


def _module(connector: str, part: str) -> Any | None:
    name = f"{PACKAGE}.{connector}.{part}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def load_connector(folder: Path) -> Connector:
    """Read the manifest, import the code and check that both promise the same operations."""
    manifest = read_manifest(folder)
    settings_module = _module(manifest.id, "settings")
    modules = [module for part in ("actions", "probes") if (module := _module(manifest.id, part))]
    operations = operations_of(*modules)
    _check_promises(manifest, operations)
    signals = _module(manifest.id, "signals")
    receiver = getattr(signals, "RECEIVER", None)
    if receiver is not None and not isinstance(receiver, Receiver):
        raise SettingsInvalid(f"{manifest.id}: signals.RECEIVER must be made with sdk.receiver(...)")
    listener = getattr(_module(manifest.id, "listening"), "LISTENER", None)
    if listener is not None and not isinstance(listener, Listener):
        raise SettingsInvalid(f"{manifest.id}: listening.LISTENER must be made with sdk.listener(...)")
    return Connector(
        manifest=manifest,
        folder=folder,
        settings=getattr(settings_module, "Settings", NoSettings),
        operations=operations,
        receiver=receiver,
        listener=listener,
    )


def drop_ins() -> Iterator[tuple[str, DropIn]]:
    """(id of the connector, the API of its vendor) for every folder that has one. Raises `SettingsInvalid`."""
    for folder in connector_folders():
        if (folder / "drop_in.py").is_file():
            found = getattr(_module(folder.name, "drop_in"), "DROP_IN", None)
            if not isinstance(found, DropIn):
                raise SettingsInvalid(f"{folder.name}: drop_in.DROP_IN must be made with sdk.drop_in.drop_in(...)")
            yield folder.name, found


def _check_promises(manifest: Manifest, operations: Mapping[str, Operation]) -> None:
    for kind, promised in (("action", manifest.actions), ("probe", manifest.probes)):
        written = {name for name, operation in operations.items() if operation.kind == kind}
        if written != set(promised):
            raise SettingsInvalid(
                f"{manifest.id}: manifest and code disagree about its {kind}s",
                detail=f"only in the code: {sorted(written - set(promised))}, "
                f"only in the manifest: {sorted(set(promised) - written)}",
            )


class BoundOperation(BaseModel):
    """An operation of one instance: what a runbook's `uses` resolves to."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    full_name: str
    instance: Any
    operation: Any
    promise: OperationPromise


class Registry:
    """The configured instances, and every name that a runbook may use.

    `uses: ldap.unlock` names an instance and its operation. `uses: directory.unlock` names a *capability*: `bindings`
    says which instance stands behind `directory` here (ADR 0004), so that the same runbook works in every house.
    """

    def __init__(self, instances: Mapping[str, Instance], bindings: Mapping[str, str]) -> None:
        self.instances = dict(instances)
        self.bindings = dict(bindings)
        self._by_name: dict[str, BoundOperation] = {}
        for instance in self.instances.values():
            self._bind(instance)

    def _bind(self, instance: Instance) -> None:
        manifest = instance.connector.manifest
        for name, operation in instance.connector.operations.items():
            promise = manifest.actions.get(name) or manifest.probes[name]
            bound = BoundOperation(
                full_name=f"{instance.name}.{name}", instance=instance, operation=operation, promise=promise
            )
            self._by_name[bound.full_name] = bound
            capability, _, short = promise.capability.partition(".")
            if short and self.bindings.get(capability) == instance.name:
                self._by_name[promise.capability] = bound

    def add(self, bound: BoundOperation) -> None:
        """Make an operation of the house itself usable, under its full name."""
        self._by_name[bound.full_name] = bound

    def find(self, uses: str) -> BoundOperation:
        """The operation behind a runbook's `uses`. Raises `NotFound` that says what would help."""
        try:
            return self._by_name[uses]
        except KeyError:
            prefix = uses.partition(".")[0]
            near = sorted(name for name in self._by_name if name.startswith(prefix + "."))
            mend = f"there are: {', '.join(near[:12])}" if near else f"bind {prefix!r} to a connector in the settings"
            raise NotFound(f"no operation is called {uses!r}", mend=mend) from None

    def names(self) -> list[str]:
        """Every usable name, sorted."""
        return sorted(self._by_name)


def make_instance(
    name: str,
    connector: Connector,
    settings: Mapping[str, Any],
    secrets: Secrets,
    *,
    egress: EgressSettings = _CONFIGURED,
    said: Callable[[], Mapping[str, ToolEffect]] = dict,
) -> Instance:
    """Check the settings of one instance. Raises `SettingsInvalid` with each field and reason."""
    try:
        checked = connector.settings.model_validate(dict(settings))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(f"settings of connector {name!r}: {problems}") from error
    places = egress_of(name, connector.manifest, checked, egress)
    return Instance(name=name, connector=connector, settings=checked, secrets=secrets, egress=places, said=said)
