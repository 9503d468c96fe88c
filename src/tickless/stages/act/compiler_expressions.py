"""Checks expressions against what they may read: syntax, names, fields, and the type that comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tickless.kit.expressions import Expression, ExpressionError, compile_expression, expressions_in
from tickless.stages.act.compiler_samples import Open
from tickless.stages.act.compiler_source import Report, Where

_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_CHAIN = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\s*\.\s*[A-Za-z_]\w*)*)(\s*\()?")
_BOUND = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)\s*,")
_HAS = re.compile(r"\bhas\s*\(\s*([\w.\s]+?)\s*\)")
_KEYWORDS = frozenset({"true", "false", "null", "in"})
_MISMATCH = re.compile(r"overload|Unsupported|not defined for|coerce", re.IGNORECASE)

UNKNOWN = object()
"""Nothing can be said about what the expression gives."""


@dataclass(frozen=True)
class Scope:
    """What may be read here. `later`: steps that exist but come later; `maybe`: steps that may have been skipped."""

    variables: Mapping[str, Any]
    later: frozenset[str] = field(default=frozenset())
    maybe: frozenset[str] = field(default=frozenset())


def whole_expression(text: str) -> str | None:
    """The source if the text is one `${{ }}` and nothing else."""
    stripped = text.strip()
    found = expressions_in(stripped)
    return found[0] if len(found) == 1 and stripped == "${{" + found[0] + "}}" else None


def check_template(value: Any, where: Where, *, scope: Scope, report: Report) -> Any:
    """Check every `${{ }}` of a JSON-like value. Returns a value of the right type to go on with, or UNKNOWN."""
    if isinstance(value, Mapping):
        filled = {
            key: check_template(part, (*where, str(key)), scope=scope, report=report) for key, part in value.items()
        }
        return UNKNOWN if any(part is UNKNOWN for part in filled.values()) else filled
    if isinstance(value, list):
        parts = [check_template(part, (*where, index), scope=scope, report=report) for index, part in enumerate(value)]
        return UNKNOWN if any(part is UNKNOWN for part in parts) else parts
    if not isinstance(value, str):
        return value
    if value.count("${{") != len(expressions_in(value)):
        report("bad_expression", where, "a `${{` is not closed", "close it with `}}`")
        return UNKNOWN
    results = [check_expression(source, where, scope=scope, report=report) for source in expressions_in(value)]
    return results[0] if whole_expression(value) is not None else value


def check_condition(value: str, where: Where, *, scope: Scope, report: Report) -> Expression | None:
    """Check a value that must be one whole `${{ }}` giving true or false. Returns it compiled, if it could be."""
    source = whole_expression(value)
    if source is None:
        report(
            "not_a_condition",
            where,
            "a condition is one expression and nothing else",
            "write `${{ … }}` around all of it",
        )
        check_template(value, where, scope=scope, report=report)
        return None
    result = check_expression(source, where, scope=scope, report=report)
    if result is not UNKNOWN and not isinstance(result, bool):
        report(
            "not_a_condition", where, "this does not give true or false", "compare it with something, such as `== true`"
        )
    try:
        return compile_expression(source)
    except ExpressionError:
        return None


def check_expression(source: str, where: Where, *, scope: Scope, report: Report) -> Any:
    """Check one expression. Returns an example of what it gives, or UNKNOWN."""
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        report("bad_expression", where, error.reason, "mend the expression; it is CEL, such as `result.percent < 80.0`")
        return UNKNOWN
    sound, known = _check_names(source, where, scope=scope, report=report)
    return _example(expression, where, scope=scope, report=report) if sound and known else UNKNOWN


def reads(source: str, name: str) -> bool:
    """Whether the expression reads the variable `name`."""
    try:
        return name in compile_expression(source).names
    except ExpressionError:
        return True


def _check_names(source: str, where: Where, *, scope: Scope, report: Report) -> tuple[bool, bool]:
    """(every name exists, every name's type is known)"""
    bare = _STRING.sub('""', source)
    bound = set(_BOUND.findall(bare))
    asked = {"".join(chain.split()) for chain in _HAS.findall(bare)}
    sound = known = True
    for match in _CHAIN.finditer(bare):
        parts = [match[1], *(part.strip() for part in match[2].split(".")[1:])]
        if match[3]:
            parts.pop()
        if not parts or parts[0] in _KEYWORDS or parts[0] in bound:
            known = known and not (parts and parts[0] in bound)
            continue
        asking = ".".join(parts) in asked
        fault, certain = _look_up(parts, scope=scope, asking=asking)
        known = known and certain
        if fault:
            sound = False
            report(fault[0], where, fault[1], fault[2])
        elif _may_be_absent(parts, asked, scope):
            step = f"steps.{parts[1]}"
            report(
                "may_be_skipped", where, f"{step} is not there when its `if` does not hold", f"ask first: `has({step})`"
            )
    return sound, known


def _may_be_absent(parts: list[str], asked: set[str], scope: Scope) -> bool:
    if len(parts) < 3 or parts[0] != "steps" or parts[1] not in scope.maybe:
        return False
    return f"steps.{parts[1]}" not in asked


def steps_asked_for(condition: str | None) -> frozenset[str]:
    """The steps that a condition makes sure of with `has(steps.x)`."""
    chains = {"".join(chain.split()) for chain in _HAS.findall(_STRING.sub('""', condition or ""))}
    return frozenset(chain.split(".")[1] for chain in chains if chain.startswith("steps.") and chain.count(".") == 1)


def _look_up(parts: list[str], *, scope: Scope, asking: bool) -> tuple[tuple[str, str, str] | None, bool]:
    """What is wrong with this chain of names (code, reason, mend), and whether its type is known."""
    root = parts[0]
    if root not in scope.variables:
        return ("unknown_name", f"there is no {root!r} here", f"there are: {_list(scope.variables)}"), False
    here = scope.variables[root]
    for index, part in enumerate(parts[1:], start=1):
        if isinstance(here, Open):
            return None, False
        if not isinstance(here, Mapping):
            return ("unknown_field", f"{'.'.join(parts[:index])} has no fields", "leave out what follows it"), False
        if part not in here:
            return _absent(parts, index, here=here, scope=scope), False
        here = here[part]
    return None, not (isinstance(here, Open) or here is None or asking)


def _absent(parts: list[str], index: int, *, here: Mapping[str, Any], scope: Scope) -> tuple[str, str, str]:
    name = parts[index]
    chain = ".".join(parts[: index + 1])
    if index == 1 and parts[0] == "inputs":
        return "unbound_input", f"there is no input {name!r}", f"add it under `inputs`; there are: {_list(here)}"
    if index == 1 and parts[0] == "steps":
        if name in scope.later:
            return "step_not_yet", f"step {name!r} comes later", "move it up, or read something that is known by now"
        return "unknown_step", f"there is no step {name!r} before this", f"there are: {_list(here)}"
    return "unknown_field", f"{chain} does not exist", f"there are: {_list(here)}"


def _example(expression: Expression, where: Where, *, scope: Scope, report: Report) -> Any:
    """Evaluate over examples, once with every flag up and once down, so that both sides of a choice are seen."""
    results = []
    for flag in (True, False):
        try:
            results.append(
                expression.evaluate({name: _with_flags(value, flag) for name, value in scope.variables.items()})
            )
        except ExpressionError as error:
            if _MISMATCH.search(error.reason):
                mend = "compare like with like; write `double(x)` before calculating with numbers of both kinds"
                report("wrong_type", where, _short(error.reason), mend)
            return UNKNOWN
    return results[0]


def _with_flags(value: Any, flag: bool) -> Any:
    if isinstance(value, bool):
        return flag
    if isinstance(value, Mapping):
        return {key: _with_flags(part, flag) for key, part in value.items()}
    return value


def _short(reason: str) -> str:
    return reason.split(". ", maxsplit=1)[0][:160]


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names)[:12]) or "none"
