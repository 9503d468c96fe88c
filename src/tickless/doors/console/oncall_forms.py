"""Forms of on-call that are shown again as they were sent, each field with what is wrong in it and how to mend that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from tickless.domain.record import Record

R = TypeVar("R", bound=Record)

_PLAIN = {
    "int_parsing": "write a whole number", "int_type": "write a whole number", "date_from_datetime_parsing": "choose a day",
    "date_parsing": "choose a day", "time_parsing": "write a time of the day, such as 09:00", "missing": "fill this in",
    "string_too_short": "fill this in", "too_short": "name at least one",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What the fields hold. `errors`: field → what to do; of `""`, what is wrong with the whole."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str, otherwise: str) -> str:
        """A number's field; where it is empty, the usual one."""
        return self.value(name).strip() or otherwise


def read(
    shape: type[R], values: Mapping[str, Any], *, names: Sequence[tuple[str, str]]
) -> tuple[R | None, dict[str, str]]:
    """A draft, else what is wrong by field. `names`: patterns of where a value stands (`urgent.steps.0.after`) and the fields
    that hold it, the first that fits counts."""
    try:
        return shape.model_validate(dict(values)), {}
    except ValidationError as error:
        found: dict[str, str] = {}
        for one in error.errors():
            place = ".".join(str(part) for part in one["loc"])
            found.setdefault(_field(place, names), said_plainly(one["type"], one["msg"], one.get("ctx", {})))
        return None, found


def _field(place: str, names: Sequence[tuple[str, str]]) -> str:
    for pattern, name in names:
        if re.fullmatch(pattern, place):
            return re.sub(pattern, name, place)
    return place.split(".", maxsplit=1)[0]


def said_plainly(kind: str, message: str, limits: Mapping[str, Any]) -> str:
    """What to do, in words for whoever fills in a form."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "greater_than_equal":
        return f"write {limits['ge']} or more"
    if kind == "less_than_equal":
        return f"write {limits['le']} or less"
    return message.removeprefix("Value error, ")


def rows_of(
    values: Mapping[str, str], start: str, fields: Sequence[str], *, most: int
) -> list[tuple[int, dict[str, str]]]:
    """The rows `start-0-after`, `start-0-by` … of a form in which something is written, each with its number there."""
    found = []
    for number in range(most):
        row = {name: values.get(f"{start}-{number}-{name}", "").strip() for name in fields}
        if any(row.values()):
            found.append((number, row))
    return found
