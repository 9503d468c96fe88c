"""The one expression language: CEL (Common Expression Language), compiled once and with limits.

Used wherever a person writes a condition or a binding: runbook `if:` and `${{ }}`, mappings, silences, rules.
CEL cannot loop without end and has no side effects; the limits below bound what an expression may cost.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

# The package brings its own command line along, and with it a terminal toolkit: time of every start that nobody here needs.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402

MAX_SOURCE = 2_000
"""Longest expression, in characters."""
MAX_NESTED_COMPREHENSIONS = 2
"""`map`, `filter`, `all`, `exists` inside each other: each level multiplies the work."""

_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_BOUND = re.compile(r"\.(?:map|filter|all|exists|exists_one)\s*\(\s*(\w+)\s*,")
_COMPREHENSION = re.compile(r"\.(map|filter|all|exists|exists_one)\s*\(")


_SPLIT = ".split("
MAX_PARTS = 1_000


class ExpressionError(ValueError):
    """The expression cannot be compiled or evaluated. `source` is the text as written."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{reason} (in `{source.strip()[:120]}`)")
        self.source = source
        self.reason = reason


class Expression:
    """A compiled expression. Build it with `compile_expression`."""

    def __init__(self, source: str, program: cel.Program) -> None:
        self.source = source
        self._program = program
        self.names: frozenset[str] = frozenset(program.variables()) - _bound(source)
        """The variables that it needs; not those that a comprehension of its own brings."""

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """Evaluate over plain JSON-like values. Raises `ExpressionError`, nothing else."""
        try:
            return self._program.execute(_with_functions(variables) if _SPLIT in self.source else dict(variables))
        except KeyError as error:
            raise ExpressionError(self.source, f"there is no field {error}") from error
        except (RuntimeError, TypeError, ValueError, ArithmeticError, IndexError) as error:
            raise ExpressionError(self.source, str(error).split("\n", maxsplit=1)[0][:200]) from error


@lru_cache(maxsize=4_096)
def compile_expression(source: str) -> Expression:
    """Compile CEL text. Raises `ExpressionError` if it does not parse or breaks a limit."""
    text = source.strip()
    if not text:
        raise ExpressionError(source, "the expression is empty")
    if len(text) > MAX_SOURCE:
        raise ExpressionError(source, f"longer than {MAX_SOURCE} characters")
    if _nesting(text) > MAX_NESTED_COMPREHENSIONS:
        raise ExpressionError(source, f"more than {MAX_NESTED_COMPREHENSIONS} nested comprehensions")
    try:
        program = cel.compile(text)
    except ValueError as error:
        raise ExpressionError(source, _first_reason(str(error))) from error
    return Expression(text, program)


def _with_functions(variables: Mapping[str, Any]) -> cel.Context:
    """What CEL itself has not: `text.split(",")` gives the parts without the spaces around them, at most `MAX_PARTS`."""
    context = cel.Context(dict(variables))
    context.add_function("split", _split)
    return context


def _split(text: str, by: str) -> list[str]:
    return [part.strip() for part in text.split(by)][:MAX_PARTS] if by else [text]


def _first_reason(message: str) -> str:
    found = re.search(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)", message)
    if not found:
        return message.split("\n", maxsplit=1)[0][:200]
    return f"column {found[2]}: {found[3][:160]}"


def _bare(text: str) -> str:
    """Without what stands in quotes."""
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "''", text)


def _bound(text: str) -> frozenset[str]:
    """Names that comprehensions give to the entries they go over."""
    return frozenset(_BOUND.findall(_bare(text)))


def _nesting(text: str) -> int:
    """Deepest nesting of comprehension calls, by counting parentheses; strings are blanked out first."""
    bare = _bare(text)
    opened: list[bool] = []
    deepest = index = 0
    while index < len(bare):
        call = _COMPREHENSION.match(bare, index)
        if call:
            opened.append(True)
            deepest = max(deepest, sum(opened))
            index = call.end()
            continue
        if bare[index] == "(":
            opened.append(False)
        elif bare[index] == ")" and opened:
            opened.pop()
        index += 1
    return deepest


def expressions_in(template: Any) -> list[str]:
    """Every `${{ }}` source inside a JSON-like value, in order."""
    if isinstance(template, str):
        return [match.group(1) for match in _TEMPLATE.finditer(template)]
    if isinstance(template, Mapping):
        return [source for value in template.values() for source in expressions_in(value)]
    if isinstance(template, (list, tuple)):
        return [source for value in template for source in expressions_in(value)]
    return []


def render(template: Any, variables: Mapping[str, Any]) -> Any:
    """Fill every `${{ }}` of a JSON-like value. A string that is one expression alone keeps the result's type."""
    if isinstance(template, str):
        return _render_text(template, variables)
    if isinstance(template, Mapping):
        return {key: render(value, variables) for key, value in template.items()}
    if isinstance(template, (list, tuple)):
        return [render(value, variables) for value in template]
    return template


def _render_text(template: str, variables: Mapping[str, Any]) -> Any:
    whole = _TEMPLATE.fullmatch(template.strip())
    if whole and "${{" not in whole.group(1):
        return compile_expression(whole.group(1)).evaluate(variables)
    return _TEMPLATE.sub(lambda match: _as_text(compile_expression(match.group(1)).evaluate(variables)), template)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
