"""What is asked of policy: who wants to do what with which record, under which circumstances. All of it frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, PolicyQuestion
from tickless.domain.person import Person
from tickless.domain.runbook import Runbook

Action = Literal[
    "run",
    "suggest",
    "approve",
    "read_case",
    "answer",
    "regroup",
    "use",
    "bind",
    "grant_autonomy",
    "silence",
    "plan_work",
    "keep_practice",
    "consult",
    "call",
]

RUN_DEFAULTS: Mapping[str, Any] = {
    "assurance": "none",
    "acting_for_self": False,
    "manages_target": False,
    "delegate_of_target": False,
    "target_confirmed": False,
    "identity_age_days": 0,
    "asked_for_others": 1_000,
    "resets_lately": 1_000,
    "effect": "destroy",
    "reversible": False,
    "autonomy": "observe",
    "criticality": 1,
    "environment": "prod",
    "blast_radius": 1_000_000,
    "affected_services": 1_000_000,
    "affected_people": 1_000_000,
    "circuit_open": True,
    "approvals": (),
    "approval_required": (),
    "bodies_required": (),
    "eligible": False,
    "freeze": True,
    "kill_switch": True,
    "privileged_target": True,
    "sources": 0,
    "door": "machine",
}
"""What a run's context is taken to be where the caller does not say: the most careful reading of each."""

CONTEXT_DEFAULTS: Mapping[Action, Mapping[str, Any]] = {
    "run": RUN_DEFAULTS,
    "suggest": RUN_DEFAULTS,
    "approve": {
        "assurance": "none",
        "effect": "destroy",
        "reversible": False,
        "on_behalf_of": "",
        "borrowed_key": True,
    },
    "read_case": {"assurance": "none"},
    "answer": {"assurance": "none"},
    "regroup": {"assurance": "none"},
    "use": {"assurance": "none", "right": "", "deed": ""},
    "grant_autonomy": {
        "assurance": "none",
        "before": "observe",
        "to": "auto",
        "up": True,
        "proposed": False,
        "scope": "everywhere",
        "criticality": 1,
        "owned": False,
    },
    "bind": {"way": ""},
    "silence": {"assurance": "none", "hours": 1_000_000, "criticality": 1, "owned": False},
    "plan_work": {"assurance": "none", "hours": 1_000_000, "criticality": 1, "owned": False, "recurring": True},
    "keep_practice": {
        "assurance": "none",
        "practice": "",
        "deed": "",
        "criticality": 1,
        "owned": False,
        "mine": False,
    },
    "consult": {"use": "", "looks_up": ()},
    "call": {"effect": "read", "reversible": False, "criticality": 1, "environment": "prod"},
}


@dataclass(frozen=True)
class _Entity:
    kind: str
    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Principal(_Entity):
    """Who wants to: a `User`, a `Token`, a `Model`, a `Runbook` that runs, or the `System` itself."""

    @classmethod
    def person(
        cls, person: Person, *, roles: frozenset[str] = frozenset(), owns: frozenset[str] = frozenset()
    ) -> Principal:
        """A person with their roles (such as operator, auditor, admin) and the ids of the services they own."""
        return cls(
            "User",
            person.id,
            {
                "id": person.id,
                "roles": sorted({"employee", *roles}),
                "department": person.department,
                "employment": person.employment,
                "privileged": person.privileged,
                "active": person.active,
                "owns": sorted(owns),
                "groups": sorted(person.groups),
            },
        )

    @classmethod
    def account(cls, login: str, *, roles: frozenset[str]) -> Principal:
        """A user of this house of whom no person is known: roles, and nothing that they own."""
        known = cls.nobody()
        return cls("User", login, {**known.attributes, "id": login, "roles": sorted(roles)})

    @classmethod
    def nobody(cls) -> Principal:
        """Somebody whom we don't know: active, with no role and no name."""
        empty: dict[str, Any] = {
            "id": "",
            "roles": [],
            "department": "",
            "employment": "",
            "privileged": False,
            "active": True,
            "owns": [],
            "groups": [],
        }
        return cls("User", "", empty)

    @classmethod
    def model(cls, label: str, *, provider: str, name: str, in_house: bool) -> Principal:
        """A language model that is switched on. `in_house`: what it is told does not leave the organisation."""
        return cls("Model", label, {"id": label, "provider": provider, "name": name, "in_house": in_house})

    @classmethod
    def runbook(cls, runbook: Runbook) -> Principal:
        """A procedure while it runs."""
        return cls("Runbook", runbook.runbook, _procedure(runbook))

    @classmethod
    def planned(cls, name: str, *, about: str) -> Principal:
        """One that was retired while it ran: what its plan still says of it, and no identity that it would ask for."""
        attributes = {
            "id": name,
            "area": name.partition(".")[0],
            "kind": "",
            "about": about,
            "verified_identity": False,
        }
        return cls("Runbook", name, attributes)

    @classmethod
    def system(cls) -> Principal:
        """Tickless, acting on a signal from the machine door."""
        return cls("System", "tickless", {"id": "tickless"})

    @classmethod
    def token(
        cls, token_id: str, *, owner: str, roles: frozenset[str], scopes: frozenset[str], source: str = ""
    ) -> Principal:
        """A program with an API token: its owner's login and roles, its scopes, and the one source that it is bound to."""
        attributes = {
            "id": token_id,
            "owner": owner,
            "roles": sorted(roles),
            "scopes": sorted(scopes),
            "source": source,
        }
        return cls("Token", token_id, attributes)


@dataclass(frozen=True)
class Resource(_Entity):
    """What it is about: a `Runbook`, `Case`, `Approval`, `Operation`, or the `House`."""

    @classmethod
    def runbook(cls, runbook: Runbook) -> Resource:
        return cls("Runbook", runbook.runbook, _procedure(runbook))

    @classmethod
    def operation(cls, name: str, *, connector: str, effect: str) -> Resource:
        """What can be done to a system. `name`: the neutral one where there is one; `connector`: the instance, or nothing."""
        attributes = {"id": name, "area": name.partition(".")[0], "connector": connector, "effect": effect}
        return cls("Operation", name, attributes)

    @classmethod
    def case(cls, case: Case, *, participants: frozenset[str]) -> Resource:
        """`participants`: ids of the people in it, whatever their role."""
        people = participants | ({case.requester} if case.requester else set())
        attributes = {"id": case.id, "participants": sorted(people), "service": case.service or ""}
        return cls("Case", case.id, attributes)

    @classmethod
    def approval(
        cls,
        request: ApprovalRequest,
        *,
        beneficiary: str | None,
        typed_by: str | None = None,
        parties: frozenset[str] = frozenset(),
    ) -> Resource:
        """`beneficiary`: whom the plan is for; `typed_by`: who wrote the request for somebody else; `parties`: every account
        of everybody who asked, typed or gains."""
        return cls(
            "Approval",
            request.id,
            {
                "id": request.id,
                "requester": request.requester or "",
                "beneficiary": beneficiary or "",
                "typed_by": typed_by or "",
                "parties": sorted(parties),
                "agreed": sorted(request.agreed),
                "approvers": sorted(request.approvers),
                "pending": request.state == "pending",
            },
        )

    @classmethod
    def house(cls) -> Resource:
        return cls("House", "main", {"id": "main"})


def _procedure(runbook: Runbook) -> dict[str, Any]:
    return {
        "id": runbook.runbook,
        "area": runbook.runbook.partition(".")[0],
        "kind": runbook.kind,
        "about": runbook.subject.partition(":")[0],
        "verified_identity": runbook.requires.verified_identity,
    }


def question_of(principal: Principal, action: Action, resource: Resource, context: Mapping[str, Any]) -> PolicyQuestion:
    """A question to keep, so that it can be asked again."""

    def plain(entity: _Entity) -> dict[str, Any]:
        return {"kind": entity.kind, "id": entity.id, "attributes": dict(entity.attributes)}

    return PolicyQuestion(
        principal=plain(principal),
        action=action,
        resource=plain(resource),
        context={name: sorted(value) if isinstance(value, tuple) else value for name, value in context.items()},
    )
