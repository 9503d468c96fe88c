"""What policy was asked while a decision was made, and what it said; and the same asked again of the policies of then. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tickless.domain.decision import PolicyQuestion
from tickless.domain.errors import BadInput
from tickless.domain.policy_set import PolicySet
from tickless.domain.record import Record
from tickless.stages.decide.policy import Action, PolicyEngine, Principal, Resource, Ruling
from tickless.stages.decide.policy_explain import ask
from tickless.stages.decide.policy_files import compile_policies
from tickless.stages.decide.policy_requests import question_of


class PolicyAnswer(Record):
    """One question and its answer; `policies`: the ids of those that spoke."""

    question: PolicyQuestion
    allowed: bool
    needs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def answer_of(
    principal: Principal, action: Action, resource: Resource, context: Mapping[str, Any], *, ruling: Ruling
) -> PolicyAnswer:
    """To keep beside the decision."""
    spoke = tuple(reason.policy for reason in ruling.reasons)
    question = question_of(principal, action, resource, context)
    return PolicyAnswer(question=question, allowed=ruling.allowed, needs=ruling.needs, policies=spoke)


def engine_of(policies: PolicySet) -> PolicyEngine:
    """The policies as they were in force. Raises `PoliciesInvalid` for a set that today's engine cannot read."""
    return PolicyEngine(compile_policies(policies.files, commit=policies.commit))


def otherwise(engine: PolicyEngine, answers: Iterable[PolicyAnswer]) -> list[str]:
    """What these policies answer otherwise than is written down, a line each; none: all the same."""
    found = []
    for one in answers:
        try:
            ruling = ask(engine, one.question)
        except BadInput as error:
            found.append(f"{one.question.action}: {error.public}")
            continue
        spoke = tuple(reason.policy for reason in ruling.reasons)
        if (ruling.allowed, ruling.needs, spoke) != (one.allowed, one.needs, one.policies):
            said = f"{_word(allowed=one.allowed)} by {', '.join(one.policies)}"
            now = f"{_word(allowed=ruling.allowed)} by {', '.join(spoke)}"
            found.append(f"{one.question.action} {one.question.resource.get('id', '')}: {said}; now {now}")
    return found


def _word(*, allowed: bool) -> str:
    return "yes" if allowed else "no"
