"""Why policy says what it says, who may do what, and what another set of policies would say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from tickless.domain.decision import PolicyQuestion
from tickless.domain.errors import BadInput
from tickless.stages.decide.policy import PolicyEngine, Ruling
from tickless.stages.decide.policy_cases import PolicyCase, filled
from tickless.stages.decide.policy_files import PolicyText
from tickless.stages.decide.policy_requests import CONTEXT_DEFAULTS, Action, Principal, Resource

ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True)
class Explained:
    """An answer with the policies that took part. `could`: where nothing permits it, the permits for that action, which did
    not hold. `careful`: what nobody said, so that it was taken in the most careful way."""

    question: PolicyQuestion
    ruling: Ruling
    took_part: tuple[PolicyText, ...]
    could: tuple[PolicyText, ...]
    careful: tuple[str, ...]
    version: str

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        who, what = self.question.principal["id"] or "somebody unknown", self.question.resource["id"]
        may = "may" if self.ruling.allowed else "may not"
        return f"{who} {may} {self.question.action.replace('_', ' ')} {what}."


@dataclass(frozen=True)
class Differs:
    """A question that two sets of policies answer differently."""

    name: str
    question: PolicyQuestion
    before: Ruling
    after: Ruling


def ask(engine: PolicyEngine, question: PolicyQuestion) -> Ruling:
    """Ask a question that was written down. Raises `BadInput` for one that cannot be asked."""
    action = next((one for one in ACTIONS if one == question.action), None)
    if action is None:
        raise BadInput(f"there is no action {question.action[:60]!r}", mend=f"there are: {', '.join(ACTIONS)}")
    known = CONTEXT_DEFAULTS[action]
    try:
        return engine.may(
            principal=Principal(*_entity(question.principal)),
            action=action,
            resource=Resource(*_entity(question.resource)),
            context={name: _value(value) for name, value in question.context.items() if name in known},
        )
    except ValueError as error:
        raise BadInput(f"policy cannot be asked that: {' '.join(str(error).split())[:300]}") from error


def explain(engine: PolicyEngine, question: PolicyQuestion) -> Explained:
    """The answer, and why. Raises `BadInput`."""
    ruling = ask(engine, question)
    by_id = {text.id: text for text in engine.texts}
    took_part = tuple(by_id[reason.policy] for reason in ruling.reasons if reason.policy in by_id)
    silent = not ruling.allowed and not took_part
    could = (
        tuple(text for text in engine.texts if text.effect == "permit" and _about(text, question.action))
        if silent
        else ()
    )
    action = next(one for one in ACTIONS if one == question.action)
    careful = tuple(name for name in CONTEXT_DEFAULTS[action] if name not in question.context)
    return Explained(question, ruling, took_part, could, careful, engine.version)


def compare(
    before: PolicyEngine, after: PolicyEngine, questions: Iterable[tuple[str, PolicyQuestion]]
) -> tuple[tuple[Differs, ...], int]:
    """Which of these the two sets answer differently (yes or no, or what it needs), and how many were asked."""
    found: list[Differs] = []
    asked = 0
    for name, question in questions:
        was, will = ask(before, question), ask(after, question)
        asked += 1
        if (was.allowed, was.needs) != (will.allowed, will.needs):
            found.append(Differs(name, question, was, will))
    return tuple(found), asked


def question_of_case(case: PolicyCase) -> PolicyQuestion:
    """A test case as a question."""
    return PolicyQuestion(
        principal={"kind": case.principal.kind, "id": case.principal.id, "attributes": case.principal.filled()},
        action=case.action,
        resource={"kind": case.resource.kind, "id": case.resource.id, "attributes": case.resource.filled()},
        context=case.context,
    )


def _entity(given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    kind, identity = str(given.get("kind", "")), str(given.get("id", ""))
    return kind, identity, filled(kind, identity, dict(given.get("attributes", {})))


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _about(text: PolicyText, action: str) -> bool:
    return f'Action::"{action}"' in text.source or "Action::" not in text.source
