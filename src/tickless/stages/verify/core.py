"""Judging what probes read. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from tickless.domain.runbook import Check
from tickless.domain.verdict import ProbeReading
from tickless.kit.expressions import ExpressionError, compile_expression, expressions_in


def judge(check: Check, answer: Mapping[str, Any] | None, values: Mapping[str, Any]) -> bool | None:
    """Whether the answer is what was expected; None when it can't be told."""
    if answer is None:
        return None
    sources = expressions_in(check.expect) or [check.expect]
    try:
        found = [compile_expression(source).evaluate({**values, "result": dict(answer)}) for source in sources]
    except ExpressionError:
        return None
    return all(value is True for value in found)


def looks_allowed(check: Check) -> int:
    """How often to look before the time is over: at once, then every `every` seconds until `within` is past."""
    return 1 + math.ceil(check.within / max(check.every, 0.1))


def looks_needed(check: Check) -> int:
    """How many good looks in a row count as steady."""
    return 1 + math.ceil(check.steady / max(check.every, 0.1))


def verdict(readings: Iterable[ProbeReading]) -> Literal["held", "failed", "unknown"]:
    """`held` only if every check held; `failed` if any failed; else `unknown`. No reading proves nothing."""
    found = [reading.held for reading in readings]
    if any(held is False for held in found):
        return "failed"
    return "held" if found and all(held is True for held in found) else "unknown"
