"""Types as example values: what an expression may read, with one value of the right type in each place.

One value serves twice: a name that is not in it does not exist, and evaluating over it shows what type comes out.
"""

from __future__ import annotations

import datetime as dt
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from tickless.domain.runbook import InputType, RunbookInput, Step
from tickless.stages.act.catalogue import OperationCatalogue


class Open(dict[str, Any]):
    """Something whose fields are not known: every name may be read, and nothing can be said about its type."""


_TEXT = "text"
_RECORDS: dict[InputType, tuple[str, ...]] = {
    "person": ("id", "username", "name", "email", "department", "manager"),
    "device": ("id", "tag"),
    "app": ("id", "name", "group", "package", "approval", "owner"),
    "department": ("name",),
}


def sample_signal() -> dict[str, Any]:
    return {**dict.fromkeys(("class", "service", "severity", "state"), _TEXT), "labels": Open()}


def sample_case() -> dict[str, Any]:
    return {"id": _TEXT, "number": 1}


def sample_input(described: RunbookInput) -> Any:
    """What `inputs.<name>` holds, by its type."""
    match described.type:
        case "person" | "device" | "app" | "department":
            return dict.fromkeys(_RECORDS[described.type], _TEXT)
        case "service":
            return {"id": _TEXT, "name": _TEXT, "criticality": 3}
        case "ci":
            return {**dict.fromkeys(("id", "kind", "name", "service"), _TEXT), "attributes": Open()}
        case "apps":
            return {"ids": [_TEXT], "names": _TEXT, "count": 1}
        case "number" | "duration":
            return 1.5
        case "date":
            return dict.fromkeys(("day", "at", "name"), _TEXT)
        case "text":
            return _TEXT


def sample_step(step: Step, catalogue: OperationCatalogue) -> Any:
    """What `steps.<id>` holds after that step."""
    if step.ask is not None:
        return {"answer": _TEXT}
    if step.approve is not None:
        return {"approved": True, "by": _TEXT}
    if step.tasks is not None:
        return {"total": 1, "verified": 1, "left": 0, "open": _TEXT}
    if step.manual is not None:
        return {"answer": _TEXT}
    if step.wait_for is not None:
        return {"held": True}
    if step.for_each is not None:
        last = step.for_each.steps[-1]
        found = sample_output(last.uses, catalogue) if last.uses else Open()
        return {"total": 1, "done": 1, "failed": 0, "failed_items": [_TEXT], "results": [found]}
    if step.parallel is not None:
        return {one.id: sample_step(one, catalogue) for one in step.parallel.steps}
    if step.call is not None:
        return Open()
    if step.uses is not None:
        return sample_output(step.uses, catalogue)
    return {}


def sample_output(uses: str, catalogue: OperationCatalogue) -> dict[str, Any]:
    """What an operation answers; unknown operations may answer anything."""
    operation = catalogue.get(uses)
    return Open() if operation is None else sample_model(operation.output)


def sample_model(model: type[BaseModel]) -> dict[str, Any]:
    return {name: sample_of(info.annotation) for name, info in model.model_fields.items()}


def sample_of(annotation: Any) -> Any:
    """One value as JSON would carry it; None stands for a type that nothing is known about."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return sample_of(arguments[0])
    if origin in (Union, UnionType):
        return sample_of(next(kind for kind in arguments if kind is not NoneType))
    if origin is Literal:
        return arguments[0]
    if origin in (tuple, list, set, frozenset):
        return [sample_of(arguments[0])] if arguments else []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return sample_model(annotation)
    return _PLAIN.get(annotation, Open() if annotation in (dict, Any) or origin is dict else None)


_PLAIN: dict[Any, Any] = {str: _TEXT, bool: True, int: 1, float: 1.5, dt.datetime: "2026-01-01T00:00:00Z"}
