"""May it? One deterministic answer with its reasons, by Cedar policies. Default deny; an error in a policy denies too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cedarpy

from tickless.domain.decision import PolicyReason
from tickless.stages.decide.policy_files import BODIES, Policies, PolicyText, compile_policies
from tickless.stages.decide.policy_folder import Profile, files_of
from tickless.stages.decide.policy_requests import CONTEXT_DEFAULTS, Action, Principal, Resource

__all__ = ["Action", "PolicyEngine", "Principal", "Resource", "Ruling"]


@dataclass(frozen=True)
class Ruling:
    """The answer. `needs`: what would change a no into a yes, such as `step_up` or `approval:manager`, in policy order;
    a no with a blocking policy that nothing can satisfy has no `needs` at all."""

    allowed: bool
    reasons: tuple[PolicyReason, ...]
    needs: tuple[str, ...] = ()


class PolicyEngine:
    """Parsed policies, ready for thousands of questions a second. Safe to share between threads."""

    def __init__(self, policies: Policies) -> None:
        self._state = (policies, _entities_for(policies), _left_out(policies))

    @classmethod
    def load(cls, folder: Path, *, profile: Profile = "small") -> PolicyEngine:
        """Read, check and keep every policy of the folder. Raises `SettingsInvalid` with all problems."""
        return cls(compile_policies(files_of(folder, profile), name=folder.name))

    def take(self, policies: Policies) -> None:
        """Answer by these from the next question on. They are compiled, so they are valid."""
        self._state = (policies, _entities_for(policies), _left_out(policies))

    @property
    def policies(self) -> Policies:
        """What is in force."""
        return self._state[0]

    @property
    def texts(self) -> tuple[PolicyText, ...]:
        """Every policy as its author described it, in the order of the files."""
        return tuple(self.policies.texts.values())

    @property
    def digest(self) -> str:
        """SHA-256 over the policies as they were read."""
        return self.policies.digest

    @property
    def version(self) -> str:
        """What names the policies on record: the first characters of their hash, after the commit where there is one."""
        return self.policies.version

    def may(
        self, *, principal: Principal, action: Action, resource: Resource, context: Mapping[str, Any] | None = None
    ) -> Ruling:
        """Answer one question.

        `context` holds the schema's fields for that action; what is left out is taken in the most careful way
        (`policy_requests.RUN_DEFAULTS`). Raises ValueError for a field that does not exist or a value of the wrong type.
        """
        request = {
            "principal": {"type": principal.kind, "id": principal.id},
            "action": {"type": "Action", "id": action},
            "resource": {"type": resource.kind, "id": resource.id},
            "context": _filled(action, context or {}),
        }
        policies, entities, left_out = self._state
        known = entities(_as_json(principal, resource, left_out))
        answer = cedarpy.is_authorized(request, policies.handle, known)
        if answer.diagnostics.errors:
            return _broken(answer.diagnostics.errors)
        return self._ruling(answer, request["context"], policies)

    @staticmethod
    def _ruling(answer: cedarpy.AuthzResult, context: Mapping[str, Any], policies: Policies) -> Ruling:
        spoke = sorted(answer.diagnostics.reasons, key=lambda name: int(name.removeprefix("policy")))
        texts = [policies.texts[name] for name in spoke]
        reasons = tuple(PolicyReason(policy=text.id, text=text.reason, effect=text.effect) for text in texts)
        if answer.allowed:
            return Ruling(allowed=True, reasons=reasons)
        if not reasons:
            return Ruling(allowed=False, reasons=(_DEFAULT,))
        if any(text.needs is None for text in texts):
            return Ruling(allowed=False, reasons=reasons)
        needs = [need for text in texts if text.needs for need in _each(text.needs, context)]
        return Ruling(allowed=False, reasons=reasons, needs=tuple(dict.fromkeys(needs)))


def _entities_for(policies: Policies) -> Callable[[str], cedarpy.Entities]:
    """Parses what is asked about; the same is parsed once."""
    return lru_cache(maxsize=4_096)(lambda text: cedarpy.Entities.from_json_str(text, policies.schema))


_DEFAULT = PolicyReason(
    policy="default", text="No policy allows this, and what no policy allows is forbidden.", effect="default"
)


def _each(need: str, context: Mapping[str, Any]) -> list[str]:
    """A need, and for quorums each that is still missing."""
    if need != BODIES:
        return [need]
    return [f"approval:{body}" for body in context["bodies_required"] if body not in context["approvals"]]


def _broken(errors: list[str]) -> Ruling:
    """A policy that cannot be evaluated is no permission, even if another one permits."""
    text = "A policy could not be evaluated, so the answer is no: " + " ".join(" ".join(errors).split())[:200]
    return Ruling(allowed=False, reasons=(PolicyReason(policy="error", text=text, effect="default"),))


_SINCE: Mapping[str, Mapping[str, Any]] = {"User": {"groups": []}}
"""Attributes that questions of older releases, which are on record, do not have, and older schemas do not know."""


def _left_out(policies: Policies) -> frozenset[tuple[str, str]]:
    """(kind, attribute) of what this set's schema, of an older release, does not know."""
    return frozenset(
        (kind, name) for kind, names in _SINCE.items() for name in names if not policies.declares(kind, name)
    )


def _as_json(principal: Principal, resource: Resource, left_out: frozenset[tuple[str, str]]) -> str:
    return json.dumps(
        [
            {
                "uid": {"type": entity.kind, "id": entity.id},
                "attrs": {
                    name: value
                    for name, value in {**_SINCE.get(entity.kind, {}), **entity.attributes}.items()
                    if (entity.kind, name) not in left_out
                },
                "parents": [],
            }
            for entity in (principal, resource)
        ],
        sort_keys=True,
    )


def _filled(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = CONTEXT_DEFAULTS[action]
    unknown = set(given) - set(defaults)
    if unknown:
        raise ValueError(f"the context of {action!r} has no field {sorted(unknown)}")
    return {name: _checked(name, given.get(name, default), like=default) for name, default in defaults.items()}


def _checked(name: str, value: Any, *, like: Any) -> Any:
    if isinstance(like, tuple):
        if isinstance(value, (str, bytes)) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{name} is a set of words")
        return sorted(value)
    if type(value) is not type(like):
        raise ValueError(f"{name} is {type(like).__name__}, not {type(value).__name__}")
    return value
