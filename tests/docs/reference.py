"""Writes the reference pages that are read off the code: `python -m tests.docs.reference`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel
from tests.docs.maturity_reference import maturity
from tests.docs.metric_reference import metrics

from tickless.domain.runbook import Runbook
from tickless.kit.expressions import expressions_in
from tickless.sdk.capabilities import CAPABILITIES, Shape
from tickless.sdk.manifest import Manifest, OperationPromise, read_manifest
from tickless.sdk.operations import Params
from tickless.sdk.registry import connector_folders
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_folder
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_files import PolicyText

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `python -m tests.docs.reference`: change the code, not this page. -->"
TIERS = (
    ("bronze", "is complete and reads whatever it gets"),
    ("silver", "recovers by itself: errors told apart, time-outs kept, safe to repeat, no secret leaks"),
    ("gold", "can be tried, proved and taken back: dry run, probe, undo, a live case for every operation"),
    ("proven", "ran against the real product, in the version named below"),
)


def connectors() -> str:
    """Every connector that ships: what it gives, needs and promises."""
    manifests = {folder.name: read_manifest(folder) for folder in connector_folders()}
    lines = [
        *_head("Connectors"),
        "A connector is a folder with everything about one outside system. In the settings you give each use of one a name,",
        "and say which one stands behind a [capability](capabilities.md):",
        "",
        "```toml",
        "[connectors.directory-hq]",
        'use = "ldap"',
        "[connectors.directory-hq.settings]",
        "# the fields are in the connector's settings.py",
        "",
        "[bindings]",
        'directory = "directory-hq"',
        "```",
        "",
        "The tier is not an opinion: the contract suite refuses a tier that the tests do not prove.",
        "",
        *_table(("tier", "a connector of this tier"), [(f"`{name}`", text) for name, text in TIERS]),
        *_table(
            ("connector", "tier", "gives"),
            [(f"[`{name}`](#{name})", f"`{one.tier}`", _words(one.gives)) for name, one in sorted(manifests.items())],
        ),
    ]
    for name, manifest in sorted(manifests.items()):
        lines += _connector(name, manifest)
    return _page(lines)


def _connector(name: str, manifest: Manifest) -> list[str]:
    lines = [
        f"## {manifest.name} {{ #{name} }}",
        "",
        f'`use = "{name}"` · version {manifest.version}',
        "",
        manifest.summary,
        "",
    ]
    facts = [
        ("signs in by", ", ".join(manifest.auth)),
        ("calls", _words(manifest.egress)),
        ("needs", _words(manifest.needs)),
    ]
    facts += [("receives", _words(manifest.kinds))]
    facts += [("proven on", f"{one.product} {one.version}, {one.date}") for one in manifest.proven]
    told = [(what, text) for what, text in facts if text]
    lines += _table(("", ""), told) if told else []
    if manifest.scopes:
        lines += _table(("right it needs", "why"), [(scope.name, scope.reason) for scope in manifest.scopes])
    operations = [(key, "probe", one) for key, one in manifest.probes.items()]
    operations += [(key, "action", one) for key, one in manifest.actions.items()]
    if operations:
        lines += _table(
            ("operation", "what it does", "effect", "taken back by", "answers to"),
            [
                (f"`{key}`", one.summary, _effect(kind, one), _undo(one), _code(one.capability))
                for key, kind, one in operations
            ],
        )
    return lines


def _effect(kind: str, promise: OperationPromise) -> str:
    again = "" if promise.effect == "read" or promise.idempotent else ", not repeated by itself"
    return f"{kind}: {promise.effect}{again}"


def _undo(promise: OperationPromise) -> str:
    return promise.undo if promise.undo.startswith("irreversible") else _code(promise.undo)


def capabilities() -> str:
    """Every vendor-neutral operation, with its typed ends."""
    lines = [
        *_head("Capabilities"),
        "Runbooks use these names, never a product's. The settings say which connector stands behind the part before the dot,",
        "so the same runbook works in every house. A parameter with a question mark may be left out.",
        "",
    ]
    areas: dict[str, list[Shape]] = {}
    for shape in CAPABILITIES.values():
        areas.setdefault(shape.name.partition(".")[0], []).append(shape)
    behind = _behind()
    for area, shapes in sorted(areas.items()):
        lines += [f"## `{area}.*` {{ #{area} }}", ""]
        given = sorted({name for shape in shapes for name in behind.get(shape.name, ())})
        lines += [f"Given by: {_words(given)}.", ""]
        rows = [(f"`{s.name}`", s.kind, _fields(s.params), _fields(s.output)) for s in shapes]
        lines += _table(("name", "kind", "takes", "answers"), rows)
    return _page(lines)


def _behind() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for folder in connector_folders():
        manifest = read_manifest(folder)
        for promise in (*manifest.actions.values(), *manifest.probes.values()):
            found.setdefault(promise.capability, set()).add(manifest.id)
    return found


def _fields(model: type[BaseModel]) -> str:
    fields = model.model_json_schema().get("properties", {})
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    optional = set(fields) - required if issubclass(model, Params) else set()
    return " ".join(f"`{name}?`" if name in optional else f"`{name}`" for name in fields) or "nothing"


def runbooks() -> str:
    """Every runbook that ships."""
    found = compile_folder(ROOT / "runbooks", catalogue=shipped_catalogue())
    lines = [
        *_head("Runbooks"),
        "The procedures that ship. Each is one YAML file in `runbooks/`; how to write your own is in",
        "[Write a runbook](../guides/runbooks.md). The minutes are the runbook's own figure with its basis, and a start until",
        "you have measured yours.",
        "",
        *_table(
            ("runbook", "what it does", "for"),
            [(f"[`{r.runbook}`](#{_anchor(r.runbook)})", r.title, r.kind) for r in found],
        ),
    ]
    for runbook in found:
        lines += _runbook(runbook)
    return _page(lines)


def _runbook(runbook: Runbook) -> list[str]:
    undo = "each step takes itself back" if runbook.undo == "steps" else f"irreversible: {runbook.undo.irreversible}"
    alerts = " ".join(expressions_in(runbook.serves.alerts or "")).strip()
    facts = [
        ("kind", runbook.kind),
        ("owner", runbook.owner),
        ("needs that it serves", _words(runbook.serves.intents)),
        ("alerts that it serves", _code(alerts)),
        ("must know", _words(runbook.inputs)),
        ("about", _code(runbook.subject)),
        ("effect", runbook.effect),
        ("undo", undo),
        ("approval of its own", " and ".join(map(_code, runbook.approval.roles))),
        ("uses", _words(dict.fromkeys(step.uses for step in runbook.steps if step.uses))),
        ("proved by", "; ".join(f"`{check.uses}` {_code(_bare(check.expect))}" for check in runbook.verify)),
        ("must hold for", ", ".join(dict.fromkeys(_hours(check.hold) for check in runbook.verify))),
        ("minutes saved", f"{runbook.value.minutes_saved:g}: {runbook.value.basis}"),
    ]
    head = [
        f"## `{runbook.runbook}` {{ #{_anchor(runbook.runbook)} }}",
        "",
        f"**{runbook.title}.** {runbook.description}".strip(),
        "",
    ]
    return [*head, *_table(("", ""), [(what, text) for what, text in facts if text])]


def _bare(expression: str) -> str:
    return " ".join(expressions_in(expression)).strip() or expression


def _hours(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds:g} seconds"


def policies() -> str:
    """Every policy that ships, as its author described it."""
    texts = PolicyEngine.load(ROOT / "policies").texts
    lines = [
        *_head("Policies"),
        "What may happen, and what it needs: the policies that ship, in the order in which they are read. What no policy",
        "permits is forbidden, and one forbid is stronger than every permit. How to write your own is in",
        "[Write a policy](../guides/policies.md).",
        "",
    ]
    files: dict[str, list[PolicyText]] = {}
    for text in texts:
        files.setdefault(text.file, []).append(text)
    for file, members in files.items():
        lines += [f"## `{file}`", ""]
        rows = [(f"`{text.id}`", text.effect, text.reason, _needs(text)) for text in members]
        lines += _table(("policy", "effect", "reason, as people read it", "what turns the no into a yes"), rows)
    return _page(lines)


def _needs(text: PolicyText) -> str:
    return "" if text.effect == "permit" else (_code(text.needs or "") or "nothing")


def _head(title: str) -> list[str]:
    return [f"# {title}", "", NOTE, ""]


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return [*lines, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _words(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _anchor(identity: str) -> str:
    return identity.replace(".", "-")


GENERATED: Mapping[str, Callable[[], str]] = {
    "connectors.md": connectors,
    "capabilities.md": capabilities,
    "runbooks.md": runbooks,
    "policies.md": policies,
    "metrics.md": metrics,
    "maturity.md": maturity,
}


def main() -> None:
    """Write every page anew."""
    for name, write in GENERATED.items():
        (PAGES / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
