"""Domain → the shapes of the API. Text from outside is tamed here."""

from __future__ import annotations

from typing import Any

from tickless.domain.case import Case, Message
from tickless.domain.decision import ApprovalRequest
from tickless.domain.person import Person
from tickless.domain.plan import Plan
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Check, Runbook, Step
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Quarantined, Signal
from tickless.doors.api.account_schemas import TokenShown, UserShown
from tickless.doors.api.case_schemas import ApprovalShown, CaseShown, ImpactShown, PlanShown, RunbookShown
from tickless.doors.api.record_schemas import AuditShown, EdgeShown, PersonShown, ServiceShown
from tickless.doors.api.signal_schemas import MessageShown, QuarantineShown, Receipted, SignalShown
from tickless.flow.desk.promise import Accepted
from tickless.journal.access import ApiToken, User
from tickless.journal.audit import AuditRow

LONG = 8_000
_CASE_OWN = frozenset(CaseShown.model_fields) - {"title", "impact", "live"}


def tamed(value: Any) -> Any:
    """A JSON-like value in which every text is tamed."""
    if isinstance(value, str):
        return Untrusted(value).tame(LONG)
    if isinstance(value, dict):
        return {tamed(str(key)): tamed(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [tamed(inner) for inner in value]
    return value


def tamed_lines(text: Untrusted) -> str:
    """Tamed, with its line breaks kept."""
    return "\n".join(Untrusted(line).tame(LONG) for line in text.raw[: 4 * LONG].splitlines())


def show_impact(case: Case) -> ImpactShown:
    impact = case.impact
    return ImpactShown(
        priority=impact.priority,
        reason=impact.reason,
        service=impact.service,
        criticality=impact.criticality,
        services=list(impact.services),
        people=impact.people,
        confidence=impact.confidence,
        in_hours=impact.in_hours,
    )


def show_case(case: Case) -> CaseShown:
    own = {name: getattr(case, name) for name in _CASE_OWN}
    return CaseShown(**own, title=case.title.tame(), live=case.live, impact=show_impact(case))


def show_signal(signal: Signal) -> SignalShown:
    return SignalShown(
        id=signal.id,
        source=signal.source,
        kind=signal.kind,
        state=signal.state,
        severity=signal.severity,
        title=signal.title.tame(),
        body=tamed_lines(signal.body),
        labels={Untrusted(name).tame(200): value.tame() for name, value in signal.labels.items()},
        fingerprint=tamed(signal.fingerprint),
        occurred_at=signal.occurred_at,
        received_at=signal.received_at,
    )


def show_quarantined(found: Quarantined) -> QuarantineShown:
    return QuarantineShown(**{**found.model_dump(), "reason": tamed(found.reason), "mend": tamed(found.mend)})


def show_accepted(accepted: Accepted) -> Receipted:
    return Receipted(**accepted.__dict__)


def show_message(message: Message, *, reveal: bool) -> MessageShown:
    """`reveal`: the caller is the one who talks there; to others private lines say only that they exist."""
    hidden = message.private and not reveal
    return MessageShown(
        id=message.id,
        conversation=message.conversation,
        case=message.case,
        author=message.author,
        name=tamed(message.name),
        text="" if hidden else tamed_lines(message.text),
        card=None if hidden or message.card is None else tamed(message.card),
        private=message.private,
        hidden=hidden,
        at=message.at,
    )


def show_plan(plan: Plan) -> PlanShown:
    return PlanShown(
        hash=plan.hash,
        runbook=plan.runbook,
        revision=plan.revision,
        title=plan.title,
        effect=plan.effect,
        reversible=plan.reversible,
        subject=plan.subject,
        inputs=tamed(plan.inputs),
        targets=list(plan.targets),
        steps=[_step(step) for step in plan.steps],
        verify=[_check(check) for check in plan.verify],
    )


def _step(step: Step) -> str:
    return f"{step.id}: {step.title or step.uses or 'wait, ask or say'}"


def _check(check: Check) -> str:
    return f"{check.uses}: {check.expect}"


def show_approval(approval: ApprovalRequest, plan: Plan | None = None) -> ApprovalShown:
    own = approval.model_dump(exclude={"version", "decision", "waiting"})
    shown = {
        **own,
        "title": tamed(approval.title),
        "reason": tamed(approval.reason),
        "summary": tamed(approval.summary),
    }
    return ApprovalShown(**shown, plan=show_plan(plan) if plan else None)


def show_runbook(runbook: Runbook, rung: str | None) -> RunbookShown:
    return RunbookShown(
        id=runbook.runbook,
        revision=runbook.revision,
        title=runbook.title,
        description=runbook.description,
        owner=runbook.owner,
        kind=runbook.kind,
        effect=runbook.effect,
        intents=list(runbook.serves.intents),
        inputs={name: given.type for name, given in runbook.inputs.items()},
        rung=rung,
    )


def show_service(service: Service) -> ServiceShown:
    return ServiceShown(**service.model_dump(exclude={"version", "aliases", "users"}))


def show_edge(edge: Dependency) -> EdgeShown:
    return EdgeShown(**edge.model_dump())


def show_person(person: Person) -> PersonShown:
    return PersonShown(**person.model_dump(include=set(PersonShown.model_fields)))


def show_audit(row: AuditRow) -> AuditShown:
    shown = {name: getattr(row, name) for name in AuditShown.model_fields if name != "dropped"}
    return AuditShown(**shown, dropped=row.dropped_at is not None)


def show_user(user: User) -> UserShown:
    return UserShown(
        id=user.id,
        login=user.login,
        person=user.person,
        roles=list(user.roles),
        active=user.active,
        has_password=user.password is not None,
        kind=user.kind,
        owner=user.owner,
        of_groups=list(user.of_groups),
    )


def show_token(token: ApiToken) -> TokenShown:
    return TokenShown(**token.model_dump(exclude={"version"}))
