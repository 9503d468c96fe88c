"""From a case to what happens next. Pure: the same situation gives the same choice, so last month can be decided again.

The order is the product's promise: what policy forbids outright is refused; what is missing is asked; what a person has to
prove or approve is asked for, bound to this very plan; only what nothing speaks against runs by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tickless.domain.card import FormField
from tickless.domain.case import Case
from tickless.domain.decision import ApprovalAsk, ApprovalRequest, DecisionKind, PolicyReason, Question
from tickless.domain.finding import OUTAGES
from tickless.domain.known import KnownError
from tickless.domain.plan import Plan
from tickless.domain.runbook import Runbook, RunbookInput
from tickless.domain.world import World
from tickless.kit.expressions import ExpressionError, compile_expression, expressions_in, render
from tickless.practices.knowledge import Answer
from tickless.stages.decide.approvers import Holders, approvers_for, ask_for
from tickless.stages.decide.binding import LIKE, Missing, bind

WORKAROUND = "workaround"
WORKAROUND_ANSWERS = ("it helps", "it doesn't help")
MAX_RUNS = 2
"""Failed runs after which people take over."""
BRAKE_SECONDS = 10.0
"""How often a case behind a brake asks whether the brake is off."""
MAX_ANSWERS = 2
"""Answers from articles that did not help, after which people take over."""
MAX_QUESTIONS = 4
"""Questions asked in one case before people take over."""
AFTER_SECONDS = 3_600.0
"""How often a case that comes after another one asks whether that is over; it is woken when it is."""
CLAIMED = "claimed"
"""Case input: who somebody unknown says they are; `NOBODY` when no such person is on record. Believed only after a code."""
NOBODY = "?"
UNKNOWN_PROOF = (
    "I need to be sure who you are. If a phone is registered for that account, a code is on its way; type it here."
)
"""To nobody we know: neither that the person exists nor that a phone is registered is told."""
FOR_OTHER = "for_other"
"""Case input: somebody unknown asks for somebody else, so that the one who speaks has to be known, too."""
WHO = "Who are you? Please tell me your user name or your e-mail address at work."


@dataclass(frozen=True)
class Ruled:
    """What policy said to a plan."""

    allowed: bool
    reasons: tuple[PolicyReason, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """All that a decision may depend on."""

    case: Case
    signal: Mapping[str, Any]
    """Of the leading alert: class, service, severity, state, labels; empty for the human door."""
    runbooks: Iterable[Runbook]
    world: World
    rule: Callable[[Plan, Runbook], Ruled]
    may_suggest: Callable[[Plan, Runbook], bool]
    approvals: tuple[ApprovalRequest, ...] = ()
    failed_runs: tuple[str, ...] = ()
    """Runbooks of this case whose runs did not end well."""
    questions_asked: int = 0
    still_firing: bool = True
    known_error: KnownError | None = None
    """An error that is known, whose symptoms these are."""
    incident: int | None = None
    """Number of the running incident of the service that the case is about."""
    comes_after: int | None = None
    """Number of a case that has to be over first."""
    answer: Answer | None = None
    """For a question: the best answer of the articles that was not given yet."""
    answers_given: int = 0
    barred: Callable[[Plan], frozenset[str]] = lambda plan: frozenset()
    """Who may not say yes to a plan, as every account that they have."""
    holders: Callable[[], Holders] = dict
    """Who holds which role here."""
    gathering: float = 0.0
    """Seconds for which more alerts are still waited for, before a symptom without a known cause goes to people."""


@dataclass(frozen=True)
class Choice:
    """What happens next, before it gets an id and a time."""

    kind: DecisionKind
    summary: str
    plan: Plan | None = None
    question: Question | None = None
    approvers: tuple[str, ...] = ()
    role: str = ""
    wait_seconds: float = 0.0
    reasons: tuple[PolicyReason, ...] = ()
    candidates: tuple[str, ...] = field(default=())
    asks: tuple[ApprovalAsk, ...] = ()


def candidates(situation: Situation) -> list[Runbook]:
    """The runbooks that serve this case, in order of id, less those that failed here already."""
    found: list[Runbook] = []
    for runbook in sorted(situation.runbooks, key=lambda r: r.runbook):
        if runbook.runbook in situation.failed_runs:
            continue
        # An operator's run of a runbook that no intent leads to carries its id as the need.
        by_name = situation.case.need == runbook.runbook
        by_intent = situation.case.need in runbook.serves.intents
        if by_name or by_intent or (situation.signal and serves_alert(runbook, situation.signal)):
            found.append(runbook)
    return [*_following(situation, found), *found]


def _following(situation: Situation, found: list[Runbook]) -> list[Runbook]:
    """Runbooks that go on from one of these, because what they need to know has been said."""
    ids, known = {one.runbook for one in found}, situation.case.inputs
    return [
        one for one in situation.runbooks
        if one.serves.follows in ids and one.runbook not in situation.failed_runs
        and all(name in known for name in one.serves.given)
    ]  # fmt: skip


def serves_alert(runbook: Runbook, signal: Mapping[str, Any]) -> bool:
    """Whether the runbook's `alerts` condition holds; a condition that cannot be evaluated does not."""
    for source in expressions_in(runbook.serves.alerts or ""):
        try:
            return compile_expression(source).evaluate({"signal": dict(signal)}) is True
        except ExpressionError:
            return False
    return False


def choose(situation: Situation) -> Choice:
    """Decide what happens next with a case."""
    case = situation.case
    if len(situation.failed_runs) >= MAX_RUNS:
        return Choice("hand_off", "What could be tried was tried and did not hold; people take over.")
    if situation.known_error is not None and WORKAROUND not in case.inputs:
        return _offer_workaround(situation.known_error)
    serving = candidates(situation)
    names = tuple(runbook.runbook for runbook in serving)
    if serving and _may_only_be_hurt(situation):
        return _gather("It does not answer, and needs other things: one of them may still report itself.", situation)
    if not serving:
        return _without_runbook(situation)
    runbook = serving[0]
    bound = bind(runbook, case, situation.world)
    if bound.missing:
        return _ask_for_input(situation, runbook, bound.missing, names)
    plan = make_plan(runbook, case, bound.inputs)
    return _under_policy(situation, runbook, plan, names)


def _offer_workaround(error: KnownError) -> Choice:
    text = f"This sounds like something we know: {error.title.rstrip('.')}. Please try this: {error.workaround.rstrip('.')}. "
    question = Question(about=WORKAROUND, text=f"{text}Does it help?", choices=WORKAROUND_ANSWERS)
    return Choice("ask_person", f"A known error with a workaround: {error.title}.", question=question)


def _without_runbook(situation: Situation) -> Choice:
    case = situation.case
    if case.door == "machine" and not situation.still_firing:
        return Choice("mute", "The monitor says it is over, and nothing was done: a passing disturbance.")
    if case.door == "machine" and situation.gathering > 0 and not situation.failed_runs:
        return _gather("Only symptoms so far: a cause may still report itself.", situation)
    if case.kind == "question":
        return _answer(situation)
    if situation.failed_runs:
        return Choice("hand_off", "The one runbook that serves this was tried and did not help; people take over.")
    return Choice("hand_off", "No runbook serves this yet, so people take over.")


def _gather(why: str, situation: Situation) -> Choice:
    return Choice("wait", why, wait_seconds=situation.gathering)


def _may_only_be_hurt(situation: Situation) -> bool:
    """Whether a service that does not answer ought to wait a moment for what it needs: to restart it would not help."""
    case = situation.case
    if case.door != "machine" or case.need not in OUTAGES or situation.gathering <= 0 or situation.failed_runs:
        return False
    return case.service is not None and bool(situation.world.upstream_of(case.service, hops=1))


def _answer(situation: Situation) -> Choice:
    answer = situation.answer
    if answer is not None and situation.answers_given < MAX_ANSWERS:
        where = f"“{answer.citations[0].title}”" + (
            f", {answer.citations[0].section}" if answer.citations[0].section else ""
        )
        return Choice(
            "answer", f"An article speaks of it: {where} ({answer.confidence:.0%} likely).", candidates=(answer.key,)
        )
    if situation.answers_given:
        return Choice("hand_off", "What the articles say did not answer it; people take over.")
    return Choice("hand_off", "No article answers this, so people take over.")


def _ask_for_input(
    situation: Situation, runbook: Runbook, missing: tuple[Missing, ...], names: tuple[str, ...]
) -> Choice:
    first, case = missing[0], situation.case
    if case.door == "machine":
        summary = f"“{runbook.title}” would serve, but the alert does not say which {first.name}."
        return Choice("hand_off", summary, candidates=names)
    if situation.questions_asked >= MAX_QUESTIONS:
        return Choice("hand_off", "Asking did not make it clear; a person takes over.", candidates=names)
    wanted = runbook.inputs[first.name]
    if case.speaker is None and case.typed_by is None and _tells_of_records(wanted, first, case):
        return Choice("ask_person", f"“{runbook.title}” serves; who asks is not known.", question=_who(case),
                      candidates=names)  # fmt: skip
    fields = tuple(FormField(name=one.name, label=one.ask, options=one.choices) for one in missing)
    question = Question(
        about=first.name, text=first.ask, choices=first.choices, fields=fields if len(fields) > 1 else ()
    )
    told = " and ".join(one.name for one in missing)
    return Choice("ask_person", f"“{runbook.title}” serves; {told} is missing.", question=question,
                  candidates=names)  # fmt: skip


def _tells_of_records(wanted: RunbookInput, missing: Missing, case: Case) -> bool:
    """Whether the question itself would tell somebody unknown of people, devices or rights on record."""
    if wanted.type == "person":
        return wanted.source == "requester" or bool(missing.choices)
    return LIKE in case.inputs or (bool(missing.choices) and not wanted.enum)


def _who(case: Case) -> Question:
    """Ask somebody unknown who they are, then for the code; the same words whether or not there is such a person."""
    if CLAIMED in case.inputs:
        return Question(about="step_up", text=UNKNOWN_PROOF)
    return Question(about="who", text=WHO)


def make_plan(runbook: Runbook, case: Case, inputs: Mapping[str, Any]) -> Plan:
    """Bind a runbook to its inputs. Raises `ExpressionError` if the subject cannot be worked out."""
    variables = {"inputs": dict(inputs), "case": {"id": case.id, "number": case.number}}
    subject = str(render(runbook.subject, variables))
    targets = [subject]
    service = inputs.get("service")
    if isinstance(service, dict) and f"service:{service['id']}" not in targets:
        targets.append(f"service:{service['id']}")
    return Plan(
        case=case.id,
        runbook=runbook.runbook,
        revision=runbook.revision,
        title=runbook.title,
        effect=runbook.effect,
        reversible=runbook.undo == "steps",
        inputs=dict(inputs),
        subject=subject,
        precheck=runbook.precheck,
        steps=runbook.steps,
        verify=runbook.verify,
        targets=tuple(targets),
        attached=runbook.attached,
        outputs=runbook.outputs,
    )


def _under_policy(situation: Situation, runbook: Runbook, plan: Plan, names: tuple[str, ...]) -> Choice:
    denied = next((a for a in situation.approvals if a.plan_hash == plan.hash and a.state == "denied"), None)
    if denied is not None:
        why = f" They wrote: {denied.reason}" if denied.reason else ""
        return Choice("refuse", f"The approval was denied.{why}", plan=plan, candidates=names)
    ruled = situation.rule(plan, runbook)
    if ruled.allowed and situation.comes_after is not None:
        summary = f"Case {situation.comes_after} comes first: this one builds on it."
        return Choice("wait", summary, plan=plan, wait_seconds=AFTER_SECONDS, candidates=names)
    if ruled.allowed:
        summary = f"“{runbook.title}” may run by itself here."
        return Choice("act", summary, plan=plan, reasons=ruled.reasons, candidates=names)
    return _blocked(situation, runbook, plan, ruled, names)


def _blocked(situation: Situation, runbook: Runbook, plan: Plan, ruled: Ruled, names: tuple[str, ...]) -> Choice:
    said = " ".join(reason.text for reason in ruled.reasons if reason.effect != "permit")

    def choice(kind: DecisionKind, **more: Any) -> Choice:
        return Choice(kind, more.pop("summary", said), plan=plan, reasons=ruled.reasons, candidates=names, **more)

    braked = any(reason.policy.startswith("brakes.") for reason in ruled.reasons) and not ruled.needs
    if braked and situation.incident is not None and situation.case.door == "human":
        return choice("hand_off", summary=f"It belongs to the service's own incident, case {situation.incident}.")
    if braked:
        return choice("wait", wait_seconds=BRAKE_SECONDS)
    if not ruled.needs:
        return choice("refuse")
    if "person" in ruled.needs:
        return _to_people(situation, runbook, plan, choice)
    proofs = [need for need in ruled.needs if need.startswith("step_up")]
    proof = proofs[-1] if proofs and situation.case.speaker is None else (proofs[0] if proofs else None)
    if proof is not None:
        if situation.questions_asked >= MAX_QUESTIONS:
            return choice("hand_off", summary="The identity could not be proved; a person takes over.")
        if situation.case.speaker is None and FOR_OTHER in situation.case.inputs:
            return choice("ask_person", question=_who(situation.case))
        return choice("ask_person", question=Question(about=proof, text=_proof_text(proof, plan, situation.case)))
    asks = _asks(situation, plan, ruled)
    if asks is None:
        return choice("hand_off", summary=f"{said} Nobody can be found who may give that approval.")
    if _expired(situation, plan):
        return choice("hand_off", summary="The approval was not given in time; people take over.")
    return choice("ask_approval", approvers=asks[0].approvers, role=asks[0].role, asks=asks)


def _asks(situation: Situation, plan: Plan, ruled: Ruled) -> tuple[ApprovalAsk, ...] | None:
    """Everybody whose yes is missing, all asked at once; None where somebody's can't be had."""
    roles = [need.removeprefix("approval:") for need in ruled.needs if need.startswith("approval:")]
    barred, holders = situation.barred(plan), situation.holders()
    asks = [ask_for(role, plan, situation.case, situation.world, barred=barred, holders=holders) for role in roles]
    known = tuple(ask for ask in asks if ask is not None)
    return known if len(known) == len(asks) else None


def _to_people(situation: Situation, runbook: Runbook, plan: Plan, choice: Callable[..., Choice]) -> Choice:
    approvers = approvers_for("person", plan, situation.case, situation.world, barred=situation.barred(plan))
    asked = any(a.plan_hash == plan.hash and a.role == "person" for a in situation.approvals)
    if approvers and not asked and situation.may_suggest(plan, runbook):
        return choice("suggest", approvers=approvers, role="person")
    return choice("hand_off")


def _expired(situation: Situation, plan: Plan) -> bool:
    return any(a.plan_hash == plan.hash and a.state == "expired" for a in situation.approvals)


def _proof_text(proof: str, plan: Plan, case: Case) -> str:
    if case.speaker is None:
        return UNKNOWN_PROOF
    if proof == "step_up:target":
        name = (plan.inputs.get("person") or {}).get("name", "the person concerned")
        return (
            f"That is {name}'s account, so they have to agree. I sent a code to their registered phone and told them that you "
            "ask for it: if they give it to you, type it here. They can also just write to me themselves."
        )
    return "Before I touch an account I need to be sure it's you. I sent a code to your registered phone; please type it here."
