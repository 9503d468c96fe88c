"""Whose yes a plan needs, who may never give it, and when it was given. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Set

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalAnswer, ApprovalAsk, ApprovalRequest
from tickless.domain.person import Delegation, Person
from tickless.domain.plan import Plan
from tickless.domain.world import World

BODY = re.compile(r"(?P<kind>group|role):(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63}):(?P<count>[1-9])")
"""A role that is a quorum: so many different people of a group, or of those who hold a role here."""
_PROOFS = {
    "step_up": "a one-time code from who asks",
    "step_up:target": "a one-time code from whom it is for",
    "person": "a person to do it",
}
Holders = Mapping[str, tuple[str, ...]]
"""Role in this house → ids of the people who hold it."""


def needed_by(role: str) -> int:
    """How many different people have to say yes in that role."""
    body = BODY.fullmatch(role)
    return int(body["count"]) if body else 1


def in_words(need: str) -> str:
    """What would change a no into a yes (`step_up`, `person`, `approval:…`), as people say it."""
    if need in _PROOFS:
        return _PROOFS[need]
    role = need.removeprefix("approval:")
    body = BODY.fullmatch(role)
    if body is None:
        return f"a yes of the {role.replace('_', ' ')}"
    whom = f"the group {body['name']}" if body["kind"] == "group" else f"whoever is {body['name']} here"
    return f"a yes of {whom}" if body["count"] == "1" else f"{body['count']} different yeses of {whom}"


def beneficiary_of(plan: Plan) -> str:
    """Whom the plan is for; empty: nobody in particular."""
    return str((plan.inputs.get("person") or {}).get("id") or "")


def one_human(ids: Iterable[str], people: Mapping[str, Person]) -> frozenset[str]:
    """These people, with every record that is the same human: accounts that belong to one another, or that share the address
    or the registered phone, to any depth."""
    found = {one for one in ids if one}
    while True:
        keys = {key for one in found if one in people for key in _keys(people[one])} | {f"id:{one}" for one in found}
        more = {one.id for one in people.values() if one.id not in found and not keys.isdisjoint(_keys(one))}
        if not more:
            return frozenset(found)
        found |= more


def _keys(person: Person) -> set[str]:
    """What only one human has: their own ids, whom an account belongs to, a mailbox (whatever is behind a `+`), a phone."""
    local, _, domain = person.email.casefold().partition("@")
    keys = {f"id:{person.id}", f"login:{person.username.casefold()}", f"mail:{local.partition('+')[0]}@{domain}"}
    if person.belongs_to:
        keys |= {f"id:{person.belongs_to}", f"login:{person.belongs_to.casefold()}"}
    digits = re.sub(r"\D", "", person.phone or "").lstrip("0")
    return keys | ({f"phone:{digits}"} if digits else set())


def parties(case: Case, plan: Plan | None, typed: Iterable[str], people: Mapping[str, Person]) -> frozenset[str]:
    """Who may not say yes: whoever asked, spoke, typed, or gains (by the plan, or by the case as it is by now), as every
    account that they have."""
    gains = beneficiary_of(plan) if plan is not None else ""
    return one_human({case.requester or "", case.speaker or "", gains, case.inputs.get("person", ""), *typed}, people)


def approvers_for(
    role: str,
    plan: Plan,
    case: Case,
    world: World,
    *,
    barred: Set[str] = frozenset(),
    holders: Holders | None = None,
) -> tuple[str, ...]:
    """Who may say yes in that role: never the requester, never the person it is for, nobody who left, no machine.

    `barred`: more who may not. A quorum has everybody who may take part, or nobody where they are too few.
    """
    beneficiary = beneficiary_of(plan)
    closed = {case.requester or "", case.speaker or "", case.typed_by or "", beneficiary, "", *barred}
    body = BODY.fullmatch(role)
    if body is not None:
        return _members(body, closed, world, holders or {})
    if role == "manager":
        return _first_free(_manager(beneficiary or case.requester or "", world), closed, world)
    if role == "app_owner":
        owner = (plan.inputs.get("app") or {}).get("owner") or ""
    else:
        service = (plan.inputs.get("service") or {}).get("id") or case.service or ""
        owner = (world.services[service].owner if service in world.services else None) or ""
    return _first_free(str(owner), closed, world)


def ask_for(
    role: str, plan: Plan, case: Case, world: World, *, barred: Set[str], holders: Holders | None = None
) -> ApprovalAsk | None:
    """Whom to ask in that role, and how many of them have to agree; None: nobody may."""
    people = approvers_for(role, plan, case, world, barred=barred, holders=holders)
    return ApprovalAsk(role=role, approvers=people, needed=needed_by(role)) if people else None


def next_above(approvers: Iterable[str], barred: Set[str], world: World) -> tuple[str, ...]:
    """Whom to ask when nobody answers: the manager of each, or the next above who may."""
    asked = set(approvers)
    found = [_first_free(_manager(one, world), {*barred, *asked, ""}, world) for one in approvers]
    return tuple(dict.fromkeys(one for many in found for one in many))


def stands_in_for(
    person: str, asked: ApprovalRequest, delegations: Iterable[Delegation], *, closed: Set[str], now: dt.datetime
) -> str | None:
    """For whom of those asked this person may answer these days: by a delegation for approvals that none of `closed` made, one
    step deep, and never for one of `closed`."""
    for one in sorted(delegations, key=lambda delegation: delegation.id):
        if one.delegate != person or not one.approves or not one.holds(now) or one.by in closed:
            continue
        if one.person in asked.approvers and one.person not in closed:
            return one.person
    return None


def still_counts(asked: ApprovalRequest, plan_hash: str, *, closed: Set[str], people: Mapping[str, Person]) -> bool:
    """Whether this yes is one to that plan, now: the same plan, in time, by enough different people, none of whom has come to
    be one who may not give it."""
    if asked.state != "approved" or asked.plan_hash != plan_hash:
        return False
    if any(not answer.approve for answer in asked.answers):
        return False
    given = answers_of(asked)
    if any(answer.at >= asked.expires_at for answer in given):
        return False
    if any({answer.by, answer.on_behalf_of} & closed for answer in given):
        return False
    return different_humans((answer.by for answer in given), people) >= asked.needed


def answers_of(asked: ApprovalRequest) -> tuple[ApprovalAnswer, ...]:
    """Every yes; requests of an older release have but the last one."""
    if asked.answers or asked.answered_by is None or asked.answered_at is None:
        return tuple(answer for answer in asked.answers if answer.approve)
    return (ApprovalAnswer(by=asked.answered_by, approve=True, at=asked.answered_at, assurance="signed_in"),)


def different_humans(ids: Iterable[str], people: Mapping[str, Person]) -> int:
    """How many different humans these are."""
    left, count = set(ids), 0
    while left:
        left -= one_human({next(iter(left))}, people)
        count += 1
    return count


def satisfied(role: str) -> frozenset[str]:
    """What else counts as said with a yes in that role: two of a group are one of it, too."""
    body = BODY.fullmatch(role)
    if body is None:
        return frozenset({role})
    return frozenset(f"{body['kind']}:{body['name']}:{count}" for count in range(1, int(body["count"]) + 1))


def _members(body: re.Match[str], closed: Set[str], world: World, holders: Holders) -> tuple[str, ...]:
    if body["kind"] == "role":
        named = [one for one in holders.get(body["name"], ()) if one in world.people]
    else:
        named = [one.id for one in world.people.values() if body["name"] in one.groups]
    free = tuple(sorted(one for one in named if one not in closed and _answers(one, world)))
    enough = len(free) >= int(body["count"]) and different_humans(free, world.people) >= int(body["count"])
    return free if enough else ()


def _answers(person: str, world: World) -> bool:
    known = world.people.get(person)
    return known is None or (known.active and known.employment != "service")


def _manager(person: str, world: World) -> str:
    return (world.people[person].manager if person in world.people else None) or ""


def _first_free(start: str, barred: Set[str], world: World) -> tuple[str, ...]:
    """The person, or the first of the managers above who isn't barred, still works here, and is no machine."""
    seen: set[str] = set()
    while start and start not in seen and (start in barred or not _answers(start, world)):
        seen.add(start)
        start = _manager(start, world)
    return (start,) if start and start not in seen and start not in barred else ()
