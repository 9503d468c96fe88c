"""Checks one use of an operation: is there such a one, of the right kind, with the right parameters."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tickless.kit.expressions import expressions_in
from tickless.stages.act.catalogue import OperationCatalogue, OperationType
from tickless.stages.act.compiler_expressions import UNKNOWN, Scope, check_template
from tickless.stages.act.compiler_source import Report, Where

_SECRET_NAME = re.compile(r"passw(or)?d|passphrase|secret|token|api_?key|private_?key|credential", re.IGNORECASE)
_REFERENCE = re.compile(r"(env|file|once|vault):\S+")


def check_use(
    uses: str,
    given: Mapping[str, Any],
    where: Where,
    *,
    kind: Literal["probe", "any", "action"],
    catalogue: OperationCatalogue,
    scope: Scope,
    report: Report,
) -> OperationType | None:
    """Check `uses` and `with`, which stand under `where`. Returns the operation if there is one."""
    operation = catalogue.get(uses)
    if operation is None:
        near = difflib.get_close_matches(uses, catalogue, n=3, cutoff=0.5)
        mend = (
            f"perhaps {' or '.join(near)}"
            if near
            else "connect the system that can do it, or look for a slip in the name"
        )
        report("unknown_action", (*where, "uses"), f"nothing is called {uses!r}", mend)
        check_template(dict(given), (*where, "with"), scope=scope, report=report)
        return None
    if kind == "probe" and operation.kind == "action":
        report("not_a_probe", (*where, "uses"), f"{uses} is an action", "use a probe, which only asks")
    if kind == "action" and operation.kind == "probe":
        report("not_an_action", (*where, "uses"), f"{uses} is a probe, which changes nothing", "use an action here")
    _check_params(operation, given, (*where, "with"), scope=scope, report=report)
    return operation


def _check_params(
    operation: OperationType, given: Mapping[str, Any], where: Where, *, scope: Scope, report: Report
) -> None:
    fields = operation.params.model_fields
    for name, value in given.items():
        result = check_template(value, (*where, name), scope=scope, report=report)
        described = fields.get(name)
        if described is None:
            mend = f"it takes: {', '.join(sorted(fields)) or 'nothing'}"
            report("unknown_param", (*where, name), f"{operation.name} takes no {name!r}", mend)
            continue
        if _SECRET_NAME.search(name) and _is_plain_secret(value):
            mend = "write a reference: env:NAME, file:/path, or what tickless.temporary_password gives"
            report("plain_secret", (*where, name), "a secret stands here in plain text", mend)
            continue
        if result is not UNKNOWN:
            _check_type(name, value, result, (*where, name), described=described, report=report)
    for name, described in fields.items():
        if described.is_required() and name not in given:
            report("missing_param", where, f"{operation.name} needs {name!r}", f"add `{name}:` under `with`")


def _is_plain_secret(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not expressions_in(value) and not _REFERENCE.fullmatch(value)


def _check_type(name: str, value: Any, result: Any, where: Where, *, described: FieldInfo, report: Report) -> None:
    """A literal must satisfy the parameter entirely; of an expression only the type is known."""
    literal = not expressions_in(value)
    adapter: TypeAdapter[Any] = TypeAdapter(_annotated(described))
    try:
        adapter.validate_python(result)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if literal or first["type"].endswith(("_type", "_parsing")):
            report("wrong_type", where, f"{name}: {first['msg']}", "give it a value of that type")


def _annotated(described: FieldInfo) -> Any:
    annotation: Any = described.annotation
    return Annotated[(annotation, *described.metadata)] if described.metadata else annotation
