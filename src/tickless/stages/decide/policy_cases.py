"""Tests for policies, as data: a question, and the answer that the policies must give. For our own and for anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from tickless.domain.errors import SettingsInvalid
from tickless.domain.record import Record
from tickless.kit.yaml_text import read_yaml
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_requests import Action, Principal, Resource

_USER: dict[str, Any] = {
    "roles": ["employee"],
    "department": "Sales",
    "employment": "employee",
    "privileged": False,
    "active": True,
    "owns": [],
    "groups": [],
}
_ATTRIBUTES: Mapping[str, dict[str, Any]] = {
    "User": _USER,
    "System": {},
    "Model": {"provider": "", "name": "", "in_house": False},
    "Token": {"owner": "", "roles": [], "scopes": [], "source": ""},
    "Runbook": {"kind": "request", "about": "person", "verified_identity": True},
    "Case": {"participants": [], "service": ""},
    "Approval": {
        "requester": "",
        "beneficiary": "",
        "typed_by": "",
        "approvers": [],
        "pending": True,
        "parties": [],
        "agreed": [],
    },
    "Operation": {"connector": "", "effect": "change"},
    "House": {},
}


class Named(Record):
    """A principal or resource: `kind`, `id`, and whatever differs from an ordinary one of its kind."""

    kind: Literal["User", "System", "Model", "Token", "Runbook", "Case", "Approval", "Operation", "House"]
    id: str
    attributes: dict[str, Any] = Field(default_factory=dict)

    def filled(self) -> dict[str, Any]:
        return filled(self.kind, self.id, self.attributes)


def filled(kind: str, identity: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an ordinary one of its kind, and what differs. Raises ValueError for an unknown kind."""
    if kind not in _ATTRIBUTES:
        raise ValueError(f"there is no kind {kind!r}; there are: {', '.join(_ATTRIBUTES)}")
    area = {"area": identity.partition(".")[0]} if kind in {"Runbook", "Operation"} else {}
    return {"id": identity, **area, **_ATTRIBUTES[kind], **attributes}


class Expected(Record):
    """`policies`: exactly those that decide. `needs`: exactly what would change the answer."""

    allowed: bool
    policies: tuple[str, ...]
    needs: tuple[str, ...] = ()


class PolicyCase(Record):
    """One question and its answer. `context` says only what differs from the file's `base`."""

    name: str
    principal: Named
    action: Action
    resource: Named
    context: dict[str, Any] = Field(default_factory=dict)
    expect: Expected


class PolicyCases(Record):
    base: dict[str, Any] = Field(default_factory=dict)
    cases: tuple[PolicyCase, ...]


def read_cases(*folders: Path) -> tuple[PolicyCase, ...]:
    """Every case of every `*.yaml`, with its file's base filled in; of two with the same name in files
    of the same name the last counts. Raises
    `SettingsInvalid` with file and reason."""
    found: dict[tuple[str, str], PolicyCase] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        try:
            file = PolicyCases.model_validate(read_yaml(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise SettingsInvalid(f"the policy tests in {path.name} cannot be read", detail=str(error)) from error
        for case in file.cases:
            found[path.name, case.name] = case.model_copy(update={"context": {**file.base, **case.context}})
    return tuple(found.values())


def check_case(engine: PolicyEngine, case: PolicyCase) -> str | None:
    """None if the policies answer as expected; otherwise one sentence that says how they differ."""
    ruling = engine.may(
        principal=Principal(case.principal.kind, case.principal.id, case.principal.filled()),
        action=case.action,
        resource=Resource(case.resource.kind, case.resource.id, case.resource.filled()),
        context=case.context,
    )
    policies = tuple(reason.policy for reason in ruling.reasons)
    answer = Expected(allowed=ruling.allowed, policies=policies, needs=ruling.needs)
    return None if answer == case.expect else f"{case.name}: expected {case.expect!r}, the policies say {answer!r}"
