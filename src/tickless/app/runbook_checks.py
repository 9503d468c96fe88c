"""`tickless runbook check`: files compiled without a server, with the runbooks that they call or open tasks with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tickless.app.configured import registry_of
from tickless.app.settings import Settings, read_settings
from tickless.app.shipped import shipped
from tickless.domain.errors import RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.sdk.registry import Registry
from tickless.sdk.secrets import Secrets
from tickless.stages.act.catalogue import OperationCatalogue, catalogue_of
from tickless.stages.act.compiler import compile_runbook, operations_used
from tickless.stages.act.compiler_tasks import wrong_tasks
from tickless.stages.act.linking import attach, link


def check_files(files: Sequence[Path], *, data: Path | None) -> dict[Path, list[str]]:
    """Every problem of every file, those of calls and tasks too. What these lead to is looked for among the files, and
    in the folders of runbooks that the settings name (or the ones that ship)."""
    settings = read_settings(data)
    registry = registry_of(settings, Secrets())
    catalogue = catalogue_of(registry)
    found: dict[Path, list[str]] = {}
    own: dict[str, Runbook] = {}
    where: dict[str, Path] = {}
    for path in (one for file in files for one in (sorted(file.rglob("*.yaml")) if file.is_dir() else [file])):
        try:
            runbook = compile_runbook(path.read_text(encoding="utf-8"), path=str(path), catalogue=catalogue)
        except RunbookInvalid as error:
            found[path] = [str(problem) for problem in error.problems]
            continue
        except (OSError, UnicodeDecodeError) as error:
            found[path] = [f"{path}: cannot be read: {error}"]
            continue
        runbook, faults = attach(runbook, path.parent)
        found[path] = [f"{path}: {fault.code}: {fault.where}: {fault.reason} ({fault.mend})" for fault in faults]
        found[path] += [f"{path}: {line}" for line in _not_here(runbook, registry)]
        if runbook.runbook in where:
            found[path].append(f"{path}: duplicate_id: the id {runbook.runbook!r} is taken by {where[runbook.runbook]}")
        own[runbook.runbook], where[runbook.runbook] = runbook, path
    for name, line in _led_wrong({**_others(settings, catalogue), **own}, own):
        found[where[name]].append(f"{where[name]}: {line}")
    return found


def _not_here(runbook: Runbook, registry: Registry) -> Iterator[str]:
    """Operations that Tickless knows, and that the connector which the settings name for them does not offer. Where nothing
    is bound yet, nothing is said: a runbook may be written before its house is."""
    for uses in sorted(operations_used(runbook) - set(registry.names())):
        capability = uses.partition(".")[0]
        if (bound := registry.bindings.get(capability)) is not None:
            offered = ", ".join(one for one in registry.names() if one.startswith(f"{capability}.")) or "none of them"
            reason = f"{uses!r} is not offered by {bound!r}, which is bound to {capability!r} here"
            yield f"not_offered_here: {reason} (bind a connector that can do it; this one offers {offered})"


def _led_wrong(all_of_them: Mapping[str, Runbook], own: Mapping[str, Runbook]) -> list[tuple[str, str]]:
    """(id, problem) of calls and tasks of the files that lead nowhere, or do not fit what they lead to."""
    _, faults = link(all_of_them)
    wrong = [(one.runbook, f"{one.code}: {one.where}: {one.reason} ({one.mend})") for one in faults]
    wrong += [(name, f"task_leads_nowhere: {at}: {why}") for name, at, why in wrong_tasks(all_of_them)]
    return [(name, line) for name, line in wrong if name in own]


def _others(settings: Settings, catalogue: OperationCatalogue) -> dict[str, Runbook]:
    """The runbooks of the settings' folders that compile; whatever is wrong with the others is not asked here."""
    found: dict[str, Runbook] = {}
    for folder in tuple(settings.runbooks) or (shipped("runbooks"),):
        for path in sorted(Path(folder).rglob("*.yaml")):
            try:
                runbook = compile_runbook(path.read_text(encoding="utf-8"), path=str(path), catalogue=catalogue)
            except (RunbookInvalid, OSError, UnicodeDecodeError):
                continue
            found[runbook.runbook] = runbook
    return found
