"""Plain values → a `Runbook`, with every mistake of shape; and a repaired draft, so that the other checks can go on."""

from __future__ import annotations

import copy
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tickless.domain.runbook import Runbook
from tickless.stages.act.compiler_source import Report, Where

_ROUNDS = 8
_STUBS: dict[str, Any] = {
    "runbook": "unnamed",
    "title": "unnamed",
    "owner": "unnamed",
    "kind": "incident",
    "serves": {},
    "subject": "",
    "effect": "destroy",
    "undo": "steps",
    "steps": [{"id": "missing", "wait": 0}],
    "value": {"minutes_saved": 0, "basis": ""},
    "minutes_saved": 0,
    "basis": "",
    "id": "missing",
    "uses": "",
    "expect": "",
    "with": {},
    "text": "",
    "wait": 0,
    "ask": {"text": ""},
    "approve": {"by": "manager", "text": ""},
    "hand_off": {"reason": ""},
    "by": "manager",
    "type": "text",
    "reason": "",
    "irreversible": "missing",
    "each": "",
    "at_most": 1,
    "manual": {"text": ""},
}
"""What stands in for a required thing that is missing or wrong. Checks leave alone what was stood in for."""
_MENDS = {
    "extra_forbidden": "remove it, or look for a slip in the name",
    "missing": "add it",
    "too_short": "add at least one",
    "string_pattern_mismatch": "use small letters, digits and the separators shown in the pattern",
}


@dataclass
class Shape:
    """`runbook` is None only if not even a draft could be made. `repaired`: where something was stood in for."""

    runbook: Runbook | None
    whole: bool
    repaired: set[Where] = field(default_factory=set)

    def trusts(self, where: Where) -> bool:
        """Nothing at or around this place was stood in for."""
        return not any(where[:length] in self.repaired for length in range(len(where) + 1))


def check_shape(value: Any, report: Report) -> Shape:
    """Validate against the model. Reports each mistake once, at its place."""
    if not isinstance(value, dict):
        report("not_a_runbook", (), "a runbook is a mapping of names to values", "start with `runbook: <area>.<name>`")
        return Shape(None, whole=False)
    draft = copy.deepcopy(value)
    shape = Shape(None, whole=True)
    for round_ in range(_ROUNDS):
        try:
            shape.runbook = Runbook.model_validate(draft)
        except ValidationError as error:
            shape.whole = False
            for where, details in _by_place(draft, error.errors(include_url=False, include_context=False)).items():
                if round_ == 0 or where not in shape.repaired:
                    _tell(where, details, report)
                shape.repaired.add(where)
                _repair(draft, where, details[0]["type"])
        else:
            return shape
    return shape


def _by_place(draft: Any, errors: list[ErrorDetails]) -> dict[Where, list[ErrorDetails]]:
    """Errors by the place in the text: a union's members each complain, and the place is what they have in common."""
    found: dict[Where, list[ErrorDetails]] = {}
    for error in errors:
        where = _real(draft, error["loc"], missing=error["type"] == "missing")
        found.setdefault(where, []).append(error)
    return found


def _real(draft: Any, loc: tuple[int | str, ...], *, missing: bool) -> Where:
    where: Where = ()
    here: Any = draft
    for index, part in enumerate(loc):
        if part in _steps_into(here):
            here = here[part]
            where = (*where, part)
        elif missing and index == len(loc) - 1 and where == loc[:-1]:
            return (*where, part)
        else:
            break
    return where


def _steps_into(value: Any) -> Container[int | str]:
    """The names or indexes that lead further in."""
    if isinstance(value, dict):
        return value.keys()
    return range(len(value)) if isinstance(value, list) else ()


def _tell(where: Where, details: list[ErrorDetails], report: Report) -> None:
    first = details[0]
    if where and where[-1] == "undo":
        mend = "write `undo: {irreversible: why}`, or `steps` (runbook), or `{uses: …, with: …}` (step)"
        report(
            "missing_undo" if first["type"] == "missing" else "wrong_undo", where, "says nothing that can be used", mend
        )
        return
    if first["type"] == "missing":
        report("missing_field", where, f"{where[-1]!r} is missing", _MENDS["missing"])
    elif first["type"] == "extra_forbidden":
        report("unknown_field", where, f"{where[-1]!r} is not known here", _MENDS["extra_forbidden"])
    else:
        reason = first["msg"].removeprefix("Value error, ")
        report("wrong_value", where, reason, _MENDS.get(first["type"], "write what is expected here"))


def _repair(draft: Any, where: Where, kind: str) -> None:
    if not where:
        return
    parent: Any = draft
    for part in where[:-1]:
        parent = parent[part]
    last = where[-1]
    if isinstance(parent, list) and isinstance(last, int):
        parent[last] = {"id": f"missing{last}", "wait": 0} if where[-2] == "steps" else "missing"
    elif kind == "missing" or (kind != "extra_forbidden" and last in _STUBS):
        parent[last] = copy.deepcopy(_STUBS.get(str(last), "missing"))
    else:
        parent.pop(last, None)
