"""What an expectation says a probe will answer, as far as that can be told without evaluating it. Pure."""

from __future__ import annotations

import re

from tickless.domain.runbook import Check
from tickless.kit.expressions import expressions_in

_FIELD = re.compile(r"\bresult\.([A-Za-z_]\w*)")
_SAME = re.compile(r"result\.(\w+)\s*==\s*(.+)")
_OTHER = re.compile(r"result\.(\w+)\s*(!=|<=|>=|<|>)\s*(.+)")


def fields_of(check: Check) -> tuple[str, ...]:
    """The fields of the answer that the expectation looks at, in order."""
    return tuple(dict.fromkeys(_FIELD.findall(" ".join(_sources(check)))))


def expected(check: Check) -> dict[str, str]:
    """Field → what it has to be afterwards: a value, such as `false`, or a comparison, such as `< 80.0`."""
    found: dict[str, str] = {}
    for source in _sources(check):
        for part in re.split(r"\s*&&\s*", source.strip()):
            one = part.strip().strip("()").strip()
            if (same := _SAME.fullmatch(one)) is not None:
                found[same[1]] = same[2].strip()
            elif (other := _OTHER.fullmatch(one)) is not None:
                found[other[1]] = f"{other[2]} {other[3].strip()}"
            elif re.fullmatch(r"!?\s*result\.\w+", one):
                found[one.lstrip("! ").removeprefix("result.")] = "false" if one.startswith("!") else "true"
    return {name: found.get(name, f"as in {' and '.join(_sources(check))}") for name in fields_of(check)}


def _sources(check: Check) -> list[str]:
    return [source.strip() for source in expressions_in(check.expect) or [check.expect]]
