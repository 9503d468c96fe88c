"""What an expectation says a probe will answer, as far as that can be told without evaluating it. Pure."""

from __future__ import annotations

import re

from tickless.domain.runbook import Check
from tickless.kit.expressions import expressions_in

_FIELD = re.compile(r"\bresult\.([A-Za-z_]\w*)")
_SAME = re.compile(r"result\.(\w+)\s*==\s*(.+)")
_GUARD = re.compile(r"^!has\(steps\.\w+\)\s*\|\|\s*")
_STEP = re.compile(r"steps\.(\w+)\.\w+")
_OTHER = re.compile(r"result\.(\w+)\s*(!=|<=|>=|<|>)\s*(.+)")


def fields_of(check: Check) -> tuple[str, ...]:
    """The fields of the answer that the expectation looks at, in order."""
    return tuple(dict.fromkeys(_FIELD.findall(" ".join(_sources(check)))))


def expected(check: Check) -> dict[str, str]:
    """Field → what it has to be afterwards: a value, such as `false`, a comparison, such as `< 80.0`, or the part of the
    condition that speaks of it, such as `as in size(result.names) > 2`.

    What an earlier step read is named by the step: `another than in before`.
    """
    found: dict[str, str] = {}
    for part in (one for source in _sources(check) for one in _parts(source)):
        if "||" in part:
            found = {**dict.fromkeys(_FIELD.findall(part), f"as in {part}"), **found}
        elif (same := _SAME.fullmatch(part)) is not None:
            found[same[1]] = _of_a_step("as in", same[2]) or same[2].strip()
        elif (other := _OTHER.fullmatch(part)) is not None:
            told = _of_a_step("another than in", other[3]) if other[2] == "!=" else ""
            found[other[1]] = told or f"{other[2]} {other[3].strip()}"
        elif re.fullmatch(r"!?\s*result\.\w+", part):
            found[part.lstrip("! ").removeprefix("result.")] = "false" if part.startswith("!") else "true"
        else:
            for name in dict.fromkeys(_FIELD.findall(part)):
                found.setdefault(name, f"as in {part}")
    return found


def _parts(source: str) -> list[str]:
    """What has to hold together, each without its brackets and without the guard that says a step may not have run."""
    found = [""]
    depth = 0
    for one in re.split(r"(&&|[()\[\]{}])", source):
        depth += (one in "([{") - (one in ")]}") if one else 0
        if one == "&&" and depth == 0:
            found.append("")
        else:
            found[-1] += one
    told = []
    for part in (one.strip() for one in found):
        inner = part[1:-1].strip() if part.startswith("(") and _closes_at_the_end(part) else part
        bare = _GUARD.sub("", inner)
        told += [bare] if inner == part and bare == inner else _parts(bare)
    return told


def _closes_at_the_end(part: str) -> bool:
    depth = 0
    for at, one in enumerate(part):
        depth += (one == "(") - (one == ")")
        if depth == 0:
            return at == len(part) - 1
    return False


def _of_a_step(how: str, value: str) -> str:
    step = _STEP.fullmatch(value.strip())
    return f"{how} {step[1]}" if step is not None else ""


def _sources(check: Check) -> list[str]:
    return [source.strip() for source in expressions_in(check.expect) or [check.expect]]
