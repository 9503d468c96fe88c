"""Policy: what holds, who may do what and why, and what another set of policies would say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.errors import Problem
from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.stages.decide.policy import Ruling
from tickless.stages.decide.policy_files import PolicyText

router = new_router("policy")
Word = Annotated[str, Field(max_length=200)]


class PolicyShown(Shown):
    """One policy as its author wrote it."""

    id: str
    effect: Literal["permit", "forbid"]
    reason: str
    needs: str | None
    file: str
    line: int
    source: str


class PolicyProblem(Shown):
    file: str
    line: int
    where: str
    reason: str
    mend: str


class PolicyStateShown(Shown):
    """What holds. With `problems` the folder holds something else, which is not taken in."""

    version: str
    profile: str
    commit: str
    authors: list[str]
    since: dt.datetime
    problems: list[PolicyProblem]
    policies: list[PolicyShown]


class RulingShown(Shown):
    allowed: bool
    needs: list[str]
    reasons: list[str]
    policies: list[str]


class Ask(Given):
    """A question to policy."""

    principal: str = Field(
        max_length=200, description="Id or user name, `user:<login>`, `token:<id>`, `system` or `nobody`"
    )
    action: str = Field(max_length=60)
    resource: str = Field(default="house", max_length=200,
                          description="`house`, `case:<number>`, `approval:<id>` or a runbook's id")  # fmt: skip
    context: dict[Word, Word] = Field(
        default_factory=dict, max_length=40, description="What differs from an ordinary case"
    )


class ExplainedShown(RulingShown):
    """`could`: where nothing permits it, the permits for that action. `context`: what was taken. `careful`: what nobody said,
    taken in the most careful way."""

    sentence: str
    version: str
    took_part: list[PolicyShown]
    could: list[PolicyShown]
    context: dict[str, Any]
    careful: list[str]


class AbleShown(Shown):
    id: str
    name: str
    kind: str
    policies: list[str]


class OtherPolicies(Given):
    """A folder's files: name → text, the schema among them."""

    files: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=200_000)]] = Field(
        max_length=100
    )
    decisions: int = Field(
        default=500, ge=0, le=10_000, description="So many of the newest real decisions are asked again"
    )


class DiffersShown(Shown):
    name: str
    principal: str
    action: str
    resource: str
    before: RulingShown
    after: RulingShown


class ComparedShown(Shown):
    problems: list[PolicyProblem]
    asked: int
    version: str
    differs: list[DiffersShown]


def _policy(one: PolicyText) -> PolicyShown:
    return PolicyShown(id=one.id, effect=one.effect, reason=one.reason, needs=one.needs, file=one.file, line=one.line,
                       source=one.source)  # fmt: skip


def _problem(one: Problem) -> PolicyProblem:
    return PolicyProblem(file=one.path, line=one.line, where=one.where, reason=one.reason, mend=one.mend)


def _ruling(one: Ruling) -> RulingShown:
    return RulingShown(allowed=one.allowed, needs=list(one.needs), reasons=[reason.text for reason in one.reasons],
                       policies=[reason.policy for reason in one.reasons])  # fmt: skip


@router.get("/policy", summary="The policies that hold")
def get_policy(desk: DeskHere, visitor: Reader) -> PolicyStateShown:
    state = desk.policy.state()
    held = state.set
    return PolicyStateShown(
        version=held.id, profile=held.profile, commit=held.commit, authors=list(held.authors), since=held.at,
        problems=[_problem(one) for one in state.problems], policies=[_policy(one) for one in state.texts],
    )  # fmt: skip


@router.post("/policy/explain", summary="May they, and why")
def explain(desk: DeskHere, visitor: Reader, given: Ask) -> ExplainedShown:
    """Asks and changes nothing. What is not said is taken as in an ordinary case, and shown."""
    found = desk.policy.explain(given.principal, given.action, given.resource, given.context)
    return ExplainedShown(
        **_ruling(found.ruling).model_dump(), sentence=found.sentence, version=found.version,
        took_part=[_policy(one) for one in found.took_part], could=[_policy(one) for one in found.could],
        context=found.question.context, careful=list(found.careful),
    )  # fmt: skip


@router.get("/policy/who-can", summary="Who may do it")
def who_can(
    desk: DeskHere,
    visitor: Reader,
    action: Annotated[str, Query(max_length=60)],
    resource: Annotated[str, Query(max_length=200)] = "house",
    right: Annotated[str, Query(max_length=60, description="For the action `use`: which right")] = "",
) -> Page[AbleShown]:
    """Everybody with an account, each owner of a service, and for `use` each token."""
    found = desk.policy.who_can(action, resource, {"right": right} if right else {})
    return Page(items=[AbleShown(id=one.id, name=one.name, kind=one.kind,
                                 policies=[reason.policy for reason in one.ruling.reasons]) for one in found])  # fmt: skip


@router.post("/policy/compare", summary="What another set of policies would say")
def compare(desk: DeskHere, visitor: Reader, given: OtherPolicies) -> ComparedShown:
    """Asks the newest real decisions again, of these files; takes nothing in."""
    found = desk.policy.compare(given.files, decisions=given.decisions)
    differs = [
        DiffersShown(name=one.name, principal=str(one.question.principal["id"]), action=one.question.action,
                     resource=str(one.question.resource["id"]), before=_ruling(one.before), after=_ruling(one.after))
        for one in found.differs
    ]  # fmt: skip
    return ComparedShown(problems=[_problem(one) for one in found.problems], asked=found.asked, version=found.version,
                         differs=differs)  # fmt: skip


@router.post("/policy/sync", summary="Read the folder of policies now")
async def sync_policy(desk: DeskHere, visitor: Admin) -> Page[PolicyProblem]:
    """What is wrong with it; then what held goes on holding."""
    return Page(items=[_problem(one) for one in await desk.policy.sync(by=visitor.actor)])
