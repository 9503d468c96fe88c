"""What the settings name: connectors behind their bindings, and compiled runbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tickless.app.settings import Settings
from tickless.app.shipped import shipped
from tickless.domain.errors import SettingsInvalid
from tickless.domain.runbook import Runbook
from tickless.domain.tool_effect import ToolEffect
from tickless.sdk.capabilities import CAPABILITIES
from tickless.sdk.connector import Instance
from tickless.sdk.registry import Registry, connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.vault import Vault
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.compiler import compile_folder
from tickless.stages.sense.heartbeats import SourceRule

SaidOf = Callable[[str], Mapping[str, ToolEffect]]


def _nothing_said(instance: str) -> Mapping[str, ToolEffect]:
    return {}


def registry_of(settings: Settings, secret_store: Secrets, *, said: SaidOf = _nothing_said) -> Registry:
    """Load the configured connectors. `said`: what people say of the tools of a server, by its name.

    Raises `SettingsInvalid` for an unknown one or an empty binding."""
    folders = {folder.name: folder for folder in connector_folders()}
    instances: dict[str, Instance] = {}
    for name, use in settings.connectors.items():
        if use.use not in folders:
            known = ", ".join(sorted(folders))
            raise SettingsInvalid(
                f"connector {name!r} uses {use.use!r}, which does not exist", mend=f"there are: {known}"
            )
        instances[name] = make_instance(
            name, load_connector(folders[use.use]), use.settings, secret_store, egress=settings.egress,
            said=partial(said, name),
        )  # fmt: skip
    capabilities = {name.partition(".")[0] for name in CAPABILITIES}
    for capability, instance in settings.bindings.items():
        if capability not in capabilities or instance not in instances:
            raise SettingsInvalid(
                f"binding {capability!r} = {instance!r} leads nowhere",
                mend=f"capabilities: {', '.join(sorted(capabilities))}; connectors: {', '.join(sorted(instances))}",
            )
    return Registry(instances, settings.bindings)


def secrets_of(
    settings: Settings, extra: Mapping[str, str] | None = None, *, once: Callable[[str], str | None] | None = None
) -> Secrets:
    """What opens references in this house: with Vault where the settings name one."""
    own = Secrets(dict(extra or {}))
    vault = Vault(settings.vault, own.reveal).read if settings.vault.url else None
    return Secrets(dict(extra or {}), once=once, vault=vault)


def rules_of(settings: Settings) -> dict[str, SourceRule]:
    """What is expected of each source, and allowed to it."""
    telemetry = {**{name: SourceRule() for name in settings.telemetry.pull}, **settings.telemetry.sources}
    return {**telemetry, **{name: use.source for name, use in settings.connectors.items()}}


def runbooks_of(settings: Settings, registry: Registry) -> dict[str, Runbook]:
    """Compile every runbook. Raises `RunbookInvalid` with all problems of all files."""
    catalogue = catalogue_of(registry)
    found: dict[str, Runbook] = {}
    for folder in _folders(settings):
        found |= {runbook.runbook: runbook for runbook in compile_folder(folder, catalogue=catalogue)}
    return found


def runbooks_signature(settings: Settings) -> str:
    """Changes whenever a runbook file is added, removed or written; cheap enough to look every few seconds."""
    parts = []
    try:
        for folder in _folders(settings):
            for path in sorted(one for one in folder.rglob("*") if one.is_file() and ".git" not in one.parts):
                told = path.stat()
                parts.append(f"{path}:{told.st_mtime_ns}:{told.st_size}")
    except OSError:
        return "unreadable"
    return "\n".join(parts)


def _folders(settings: Settings) -> tuple[Path, ...]:
    return tuple(settings.runbooks) or (shipped("runbooks"),)
