"""What a decision was made from, kept whole, so that it can be made again. Pure.

A `Situation` is data and a few questions that it may ask (of policy, of records). The data is written down, the answers are
listened to; made again, the same questions get the same answers, and another question is a difference.
"""

from __future__ import annotations

import base64
import collections.abc
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from tickless.domain.decision import Decision
from tickless.domain.plan import Plan
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.kit.canonical import digest
from tickless.stages.decide.core import Choice, Situation, choose

_APART = frozenset({"runbooks", "world"})
"""Kept once for many decisions, by their digests."""


class AskedAnew(Exception):
    """Made again, the rules ask something that was not asked then."""


@cache
def _hints() -> tuple[dict[str, Any], dict[str, Any]]:
    """The types of the data, and of the answers to the questions."""
    hints = {name: hint for name, hint in get_type_hints(Situation).items() if name not in _APART}
    calls = {name: get_args(hint)[1] for name, hint in hints.items() if get_origin(hint) is collections.abc.Callable}
    return {name: hint for name, hint in hints.items() if name not in calls}, calls


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


def _key(given: Iterable[object]) -> str:
    parts = [
        one.hash if isinstance(one, Plan) else one.runbook if isinstance(one, Runbook) else str(one) for one in given
    ]
    return " ".join(parts)


class Witness:
    """Listens while a decision is made from `situation`, which is used in place of the given one."""

    def __init__(self, situation: Situation) -> None:
        self._given = situation
        self._answers: dict[str, dict[str, Any]] = {}
        _, calls = _hints()
        listening: dict[str, Any] = {name: self._listening(name, hint) for name, hint in calls.items()}
        self.situation = replace(situation, **listening)

    def _listening(self, name: str, hint: Any) -> Callable[..., Any]:
        asked = getattr(self._given, name)

        def answer(*given: object) -> Any:
            found = asked(*given)
            self._answers.setdefault(name, {})[_key(given)] = _adapter(hint).dump_python(
                found, mode="json", by_alias=True
            )
            return found

        return answer

    @property
    def inputs(self) -> dict[str, Any]:
        """The data and the answers, as plain JSON."""
        plain, _ = _hints()
        data = {
            name: _adapter(hint).dump_python(getattr(self._given, name), mode="json", by_alias=True)
            for name, hint in plain.items()
        }
        return {"data": data, "answers": self._answers}


def pack(value: Any) -> str:
    """A long value, small enough to keep: JSON, deflated, base64. The order of names stays: rules go by it."""
    return base64.b64encode(zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 6)).decode()


def unpack(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def world_body(world: World) -> dict[str, Any]:
    """The records as plain JSON."""
    found: dict[str, Any] = _adapter(World).dump_python(world, mode="json", by_alias=True)
    return found


def runbooks_body(runbooks: Iterable[Runbook]) -> list[Any]:
    return [one.model_dump(mode="json", by_alias=True) for one in runbooks]


def situation_of(inputs: Mapping[str, Any], *, world: Any, runbooks: Any) -> Situation:
    """The situation of then; questions get the answers of then. Raises ValueError for what cannot be read."""
    plain, calls = _hints()
    data = {
        name: _adapter(hint).validate_python(inputs["data"][name])
        for name, hint in plain.items()
        if name in inputs["data"]
    }
    answers = inputs["answers"]

    def remembering(name: str, hint: Any) -> Callable[..., Any]:
        def answer(*given: object) -> Any:
            known = answers.get(name, {})
            if _key(given) not in known:
                raise AskedAnew(name)
            return _adapter(hint).validate_python(known[_key(given)])

        return answer

    remembered: dict[str, Any] = {name: remembering(name, hint) for name, hint in calls.items()}
    return Situation(
        **data,
        **remembered,
        world=_adapter(World).validate_python(world),
        runbooks=tuple(Runbook.model_validate(one) for one in runbooks),
    )


def decide_again(inputs: Mapping[str, Any], *, world: Any, runbooks: Any) -> Choice:
    """Make the decision again by today's rules. Raises `AskedAnew`, ValueError."""
    try:
        return choose(situation_of(inputs, world=world, runbooks=runbooks))
    except (ValidationError, KeyError, TypeError) as error:
        raise ValueError(str(error)[:200]) from error


def differences(made: Decision, again: Choice) -> list[str]:
    """Fields in which the decision came out otherwise."""
    found = []
    for name in Choice.__dataclass_fields__:
        one, other = getattr(made, name), getattr(again, name)
        if name == "plan":
            one, other = one and one.hash, other and other.hash
        if one != other and not (name == "wait_seconds" and abs(one - other) < 1e-6):
            found.append(name)
    return found


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return digest(value)
