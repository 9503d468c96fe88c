"""Reads a case's situation from the journal, lets `core` choose, and records the decision with its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from tickless.domain.case import Case
from tickless.domain.catalogue import CatalogueItem
from tickless.domain.decision import Decision
from tickless.domain.known import KnownError
from tickless.domain.person import App, Person
from tickless.domain.plan import Plan
from tickless.domain.runbook import Runbook
from tickless.domain.service import UNSAID
from tickless.domain.world import World
from tickless.journal import Journal, Tx
from tickless.practices.knowledge import Answer
from tickless.stages.decide.autonomy_facts import rung_of, shadow_of, where_of
from tickless.stages.decide.binding import LABEL
from tickless.stages.decide.brake_facts import brake_facts
from tickless.stages.decide.core import Choice, Ruled, Situation, choose
from tickless.stages.decide.evidence import Witness
from tickless.stages.decide.given import counting, given_to, holders_of, parties_of
from tickless.stages.decide.identity_facts import identity_facts
from tickless.stages.decide.keeping import Keeper
from tickless.stages.decide.order import comes_after
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_again import PolicyAnswer, answer_of
from tickless.stages.decide.policy_requests import Principal, Resource
from tickless.stages.decide.reversal import TAKE_BACK, first_run, gives_back
from tickless.stages.decide.sources import sources_of

FAILED_RUN_STATES = frozenset({"failed", "undone", "unverified", "stopped"})


class DecisionRoom:
    """Decides what happens next with a case. `gather_seconds`: how long symptoms wait for a cause to report itself."""

    def __init__(
        self,
        *,
        journal: Journal,
        policy: PolicyEngine,
        runbooks: Mapping[str, Runbook],
        world: Callable[[], World],
        default_rung: str,
        gather_seconds: float,
        answering: Callable[[Tx, Case], Answer | None] = lambda tx, case: None,
    ) -> None:
        self._journal = journal
        self._policy = policy
        self._runbooks = runbooks
        self._world = world
        self._default_rung = default_rung
        self._gather = gather_seconds
        self._answering = answering
        self._keeper = Keeper()

    def decide(self, case: str, *, decision: str, attempt: int, now: dt.datetime) -> Decision:
        """Decide and record, in one transaction. A `decision` id that is known already is returned as it was."""
        with self._journal.write() as tx:
            known = tx.decisions.get(decision)
            if known is not None:
                return known
            record = tx.cases.need(case, lock=True)
            heard: list[PolicyAnswer] = []
            seen: list[Witness] = []
            choice = self._choose(tx, record, now, heard, seen)
            table = tx.decisions.table.c
            last = next(iter(tx.decisions.where(table.case == case, order=table.decided_at.desc(), limit=1)), None)
            if last is not None and choice.kind == "wait" == last.kind and last.summary == choice.summary:
                return last
            made = Decision(
                id=decision,
                case=case,
                attempt=attempt,
                decided_at=now,
                policy=self._policy.version,
                asked=heard[0].question if heard else None,
                **{name: getattr(choice, name) for name in Choice.__dataclass_fields__},
            )
            tx.decisions.put(made)
            shadow = shadow_of(made, record, self._world(), now=now)
            if shadow is not None:
                tx.shadows.put(shadow)
            tx.audit.append(
                at=now,
                actor="tickless",
                action=f"decide.{made.kind}",
                subject=made.plan.subject if made.plan else record.id,
                case=case,
                detail={**_audit_detail(made, record), "inputs": self._keeper.keep(tx, made, seen[-1], heard, now=now)},
            )
            return made

    def _choose(self, tx: Tx, case: Case, now: dt.datetime, heard: list[PolicyAnswer], seen: list[Witness]) -> Choice:
        alerts = tx.alerts.of_case(case.id)
        asked = tx.questions.by(case=case.id)
        approvals = tuple(counting(tx, case))
        situation = Situation(
            case=case,
            signal=signal_facts(case, firing=any(a.state == "firing" for a in alerts)),
            runbooks=tuple(self._runbooks.values()),
            world=self._world(),
            rule=lambda plan, runbook: self._rule(tx, case, plan, runbook, now=now, heard=heard),
            may_suggest=lambda plan, runbook: self._may_suggest(tx, case, plan, runbook, now=now, heard=heard),
            incident=_incident(tx, case),
            comes_after=comes_after(tx, case),
            approvals=approvals,
            failed_runs=tuple(
                run.plan.runbook
                for run in tx.runs.by(case=case.id)
                if run.state in FAILED_RUN_STATES and not run.dry_run
            ),
            questions_asked=len(asked),
            answer=self._answering(tx, case) if case.kind == "question" and case.door == "human" else None,
            answers_given=sum(one.about == "answered" for one in asked),
            known_error=_open_error(tx, case),
            still_firing=not alerts or any(alert.state == "firing" for alert in alerts),
            gathering=max(0.0, self._gather - (now - case.opened_at).total_seconds()),
            barred=lambda plan: parties_of(tx, self._journal.signals, case, plan, self._world()),
            holders=lambda: holders_of(tx),
        )
        seen.append(Witness(situation))
        return choose(seen[-1].situation)

    def again(self, tx: Tx, case: Case, runbooks: Mapping[str, Runbook], *, now: dt.datetime) -> Choice:
        """What would be decided first about a case with other runbooks, as records and policy are now. Decides nothing."""
        situation = Situation(
            case=case,
            signal=signal_facts(case, firing=True),
            runbooks=tuple(runbooks.values()),
            world=self._world(),
            rule=lambda plan, runbook: self._rule(tx, case, plan, runbook, now=now),
            may_suggest=lambda plan, runbook: self._may_suggest(tx, case, plan, runbook, now=now),
            barred=lambda plan: parties_of(tx, self._journal.signals, case, plan, self._world()),
            holders=lambda: holders_of(tx),
        )
        return choose(situation)

    def rule_draft(self, tx: Tx, case: Case, plan: Plan, runbook: Runbook, *, now: dt.datetime) -> Ruled:
        """What policy says to the plan of a runbook that need not be published, without deciding anything."""
        return self._rule(tx, case, plan, runbook, now=now)

    def rule(self, case: Case, plan: Plan, *, now: dt.datetime) -> Ruled:
        """What policy says to a plan now, without deciding anything (for rehearsals)."""
        with self._journal.read() as tx:
            return self._rule(tx, case, plan, self._runbooks[plan.runbook], now=now)

    def _rule(
        self,
        tx: Tx,
        case: Case,
        plan: Plan,
        runbook: Runbook,
        *,
        now: dt.datetime,
        heard: list[PolicyAnswer] | None = None,
    ) -> Ruled:
        principal, resource = self._principal(tx, case), Resource.runbook(runbook)
        context = self._context(tx, case, plan, runbook, now=now)
        ruling = self._policy.may(principal=principal, action="run", resource=resource, context=context)
        if heard is not None:
            heard.append(answer_of(principal, "run", resource, context, ruling=ruling))
        run = first_run(tx, case) if plan.runbook == TAKE_BACK else None
        done_by = self._runbooks.get(run.plan.runbook) if run is not None else None
        if run is None or done_by is None or not ruling.allowed:
            return Ruled(ruling.allowed, ruling.reasons, ruling.needs)
        return self._rule_reversal(tx, case, plan, run.plan, done_by, now=now, heard=heard)

    def _rule_reversal(
        self,
        tx: Tx,
        case: Case,
        plan: Plan,
        done: Plan,
        done_by: Runbook,
        *,
        now: dt.datetime,
        heard: list[PolicyAnswer] | None,
    ) -> Ruled:
        """Who may not have it done may not have it undone: what did it is asked for again, with the yes that it took where
        its way back gives rights. Nobody has to be eligible for giving something back."""
        given = self._context(tx, case, plan, done_by, now=now)["approvals"]
        as_done = plan.model_copy(update={"inputs": done.inputs})
        context = self._context(tx, case, as_done, done_by, now=now) | {"eligible": True, "approvals": given}
        if not gives_back(tx, case):
            context |= {"approval_required": (), "bodies_required": ()}
        principal, resource = self._principal(tx, case), Resource.runbook(done_by)
        ruling = self._policy.may(principal=principal, action="run", resource=resource, context=context)
        if heard is not None:
            heard.append(answer_of(principal, "run", resource, context, ruling=ruling))
        return Ruled(ruling.allowed, ruling.reasons, ruling.needs)

    def _may_suggest(
        self,
        tx: Tx,
        case: Case,
        plan: Plan,
        runbook: Runbook,
        *,
        now: dt.datetime,
        heard: list[PolicyAnswer] | None = None,
    ) -> bool:
        principal, resource = self._principal(tx, case), Resource.runbook(runbook)
        context = self._context(tx, case, plan, runbook, now=now)
        ruling = self._policy.may(principal=principal, action="suggest", resource=resource, context=context)
        if heard is not None:
            heard.append(answer_of(principal, "suggest", resource, context, ruling=ruling))
        return ruling.allowed

    def _principal(self, tx: Tx, case: Case) -> Principal:
        if case.door == "machine":
            return Principal.system()
        world = self._world()
        speaker = world.people.get(case.speaker or "")
        if speaker is None:
            return Principal.nobody()
        user = next(iter(tx.access.users.by(person=speaker.id)), None)
        roles = frozenset(user.roles if user and user.active else ())
        owns = frozenset(service.id for service in world.services.values() if service.owner == speaker.id)
        return Principal.person(speaker, roles=roles, owns=owns)

    def _context(self, tx: Tx, case: Case, plan: Plan, runbook: Runbook, *, now: dt.datetime) -> dict[str, Any]:
        world = self._world()
        beneficiary = world.people.get((plan.inputs.get("person") or {}).get("id", ""))
        app = world.apps.get((plan.inputs.get("app") or {}).get("id", ""))
        given = given_to(tx, self._journal.signals, case, plan, world)
        required = _required(runbook, app.approval if app else "none")
        service = str((plan.inputs.get("service") or {}).get("id") or case.service or "")
        return {
            **identity_facts(tx, case, beneficiary, now=now),
            "acting_for_self": beneficiary is None or beneficiary.id == case.speaker,
            "manages_target": bool(beneficiary and case.speaker and beneficiary.manager == case.speaker)
            or (beneficiary is None and _will_manage(case, plan, world)),
            "effect": plan.effect,
            "reversible": plan.reversible,
            "autonomy": rung_of(tx, runbook.runbook, where_of(plan, case, world), default=self._default_rung),
            "criticality": (world.services[service].criticality or UNSAID) if service in world.services else 4,
            "environment": (world.services[service].environment or "prod") if service in world.services else "prod",
            "blast_radius": len(plan.targets),
            **brake_facts(tx, case, plan, runbook, world=world, now=now),
            "approvals": tuple(sorted(given)),
            "approval_required": tuple(one for one in required if ":" not in one),
            "bodies_required": tuple(one for one in required if ":" in one),
            "eligible": _eligible(
                runbook, beneficiary, app, _offered(plan, case, world), asks=world.people.get(case.speaker or "")
            ),
            "privileged_target": bool(beneficiary and beneficiary.privileged),
            "sources": sources_of(tx, case, plan, world, now=now),
            "door": case.door,
        }


def _will_manage(case: Case, plan: Plan, world: World) -> bool:
    """Whether who speaks is a manager already, and is to be the manager of somebody who is new."""
    named = (plan.inputs.get("manager") or {}).get("id")
    return case.speaker is not None and named == case.speaker and any(
        person.manager == case.speaker and person.active for person in world.people.values()
    )  # fmt: skip


def _offered(plan: Plan, case: Case, world: World) -> CatalogueItem | None:
    """The catalogue item that this plan delivers, if it is one."""
    refs = {name: str(value["id"]) for name, value in plan.inputs.items() if isinstance(value, dict) and "id" in value}
    return world.offers(case.need, refs)


def _incident(tx: Tx, case: Case) -> int | None:
    if case.kind != "incident" or not case.service:
        return None
    return next(
        (one.number for one in tx.cases.live_of_service(case.service) if one.door == "machine" and one.id != case.id),
        None,
    )


def _open_error(tx: Tx, case: Case) -> KnownError | None:
    error = tx.known_errors.get(case.inputs.get("known_error", ""))
    return error if error is not None and error.state == "open" else None


def signal_facts(case: Case, *, firing: bool) -> dict[str, Any]:
    """What `serves.alerts` may read: the class, service, state and labels of the case's leading alert."""
    if case.door != "machine":
        return {}
    labels = {name.removeprefix(LABEL): text for name, text in case.inputs.items() if name.startswith(LABEL)}
    return {
        "class": case.need or "",
        "service": case.service or "",
        "severity": case.inputs.get("severity", ""),
        "state": "firing" if firing else "resolved",
        "labels": labels,
    }


def _required(runbook: Runbook, app_says: str) -> tuple[str, ...]:
    as_said = {"none": "none", "manager": "manager", "owner": "app_owner"}[app_says]
    roles = [as_said if role == "as_app_says" else role for role in runbook.approval.roles]
    return tuple(dict.fromkeys(role for role in roles if role != "none"))


def _eligible(
    runbook: Runbook, person: Person | None, app: App | None, offered: CatalogueItem | None, *, asks: Person | None
) -> bool:
    """By the app's own departments where the runbook asks for that, and by the catalogue item that was asked for. What is for
    nobody on record is offered to whoever asks for it."""
    if offered is not None and not offered.offered_to(person or asks):
        return False
    if not runbook.requires.eligible or app is None:
        return True
    return person is not None and (not app.departments or person.department in app.departments)


def _audit_detail(made: Decision, case: Case) -> dict[str, Any]:
    return {
        "decision": made.id,
        "attempt": made.attempt,
        "summary": made.summary,
        "candidates": list(made.candidates),
        "policies": [reason.policy for reason in made.reasons],
        "policy_version": made.policy,
        "plan_hash": made.plan.hash if made.plan else None,
        "runbook": f"{made.plan.runbook}@{made.plan.revision}" if made.plan else None,
        "assurance": case.assurance,
        "need": case.need,
    }
