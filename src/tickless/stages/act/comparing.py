"""Two revisions of a runbook: what differs, how much that weighs, and which revision it takes (semantic versions). Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from tickless.domain.runbook import Runbook

Weight = Literal["major", "minor", "patch"]
RANK: dict[Weight, int] = {"patch": 0, "minor": 1, "major": 2}
_MAJOR = frozenset({"inputs", "effect", "undo", "subject", "requires", "approval", "outputs"})
"""What others rely on: who calls it, who approves it, what it may touch."""
_PATCH = frozenset({"title", "description", "owner", "say", "value", "tests"})
"""Words and proof; what is done stays the same."""
_TABLES = frozenset({"inputs", "requires"})
_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One place that differs. `before` and `after` are None where there is nothing."""

    where: str
    before: str | None
    after: str | None
    weight: Weight


def differences(old: Runbook, new: Runbook) -> list[Difference]:
    """Everything that differs, but the revision itself, in the order of the file."""
    one, other = _told(old), _told(new)
    found: list[Difference] = []
    for name in dict.fromkeys([*one, *other]):
        found += _between(name, one.get(name, _ABSENT), other.get(name, _ABSENT), weight=_weight(name))
    return found


def _weight(name: str) -> Weight:
    return "major" if name in _MAJOR else "patch" if name in _PATCH else "minor"


def _told(runbook: Runbook) -> dict[str, Any]:
    told = runbook.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"revision", "version", "attached"}
    )
    return {**told, **({"attached": runbook.attached} if runbook.attached else {})}


def _between(where: str, one: Any, other: Any, *, weight: Weight) -> Iterator[Difference]:
    if one == other:
        return
    if where in _TABLES:  # what is gone or new altogether is told row by row
        one, other = ({} if each is _ABSENT else each for each in (one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys([*one, *other]):
            added_input = where == "inputs" and name not in one and _spare(other[name])
            yield from _between(
                f"{where}.{name}", one.get(name, _ABSENT), other.get(name, _ABSENT),
                weight="minor" if added_input else weight,
            )  # fmt: skip
        return
    if _named(one) and _named(other):
        first, second = {each["id"]: each for each in one}, {each["id"]: each for each in other}
        for name in dict.fromkeys([*first, *second]):
            yield from _between(f"{where}.{name}", first.get(name, _ABSENT), second.get(name, _ABSENT), weight=weight)
        if list(first) != list(second) and set(first) == set(second):
            yield Difference(f"{where} (order)", ", ".join(first), ", ".join(second), weight)
        return
    yield Difference(where, _words(one), _words(other), weight)


def _spare(described: Any) -> bool:
    """Whether nobody has to give it: callers of before go on working."""
    return isinstance(described, dict) and (bool(described.get("optional")) or described.get("default") is not None)


def _named(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "id" in one for one in value)


def _words(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    return value if isinstance(value, str) else _flow(value)


def _flow(value: Any) -> str:
    """As the file would have it, on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=math.inf)
    return str(text).removesuffix("\n...\n").strip()


def least_revision(old: Runbook, found: list[Difference]) -> str:
    """The lowest revision that these differences allow."""
    if not found:
        return old.revision
    major, minor, patch = (int(part) for part in old.revision.split("."))
    match max((one.weight for one in found), key=RANK.__getitem__):
        case "major":
            return f"{major + 1}.0.0"
        case "minor":
            return f"{major}.{minor + 1}.0"
        case _:
            return f"{major}.{minor}.{patch + 1}"


def raised_enough(old: Runbook, new: Runbook) -> bool:
    """Whether the new revision says what was changed."""
    found = differences(old, new)
    return not found or _parts(new.revision) >= _parts(least_revision(old, found))


def _parts(revision: str) -> tuple[int, ...]:
    return tuple(int(part) for part in revision.split("."))
