"""Effects that the journal tells of: what was approved, bound, proved, ended, begun and understood since an attack began."""

from __future__ import annotations

from bench.attack_brought import OF_CASES, READINGS, Before, Brought
from tickless.journal import Tx


def in_journal(tx: Tx, before: Before) -> list[Brought]:
    """All of them."""
    looks = (_approved, _bound, _proved, _ended, _began, _understood)
    return [one for look in looks for one in look(tx, before)]


def _approved(tx: Tx, before: Before) -> list[Brought]:
    found = []
    for asked in tx.approvals.by():
        if asked.state in {"approved", "denied"} and asked.answered_at is not None and asked.answered_at >= before.at:
            case = tx.cases.get(asked.case)
            objects = frozenset({case.inputs["app"]}) if case and "app" in case.inputs else frozenset()
            whom = frozenset(str(one) for one in (asked.beneficiary, asked.requester) if one)
            told = f"approval {asked.title} {asked.state} by {asked.answered_by}"
            names = frozenset({"approve", "approval_answer"} if asked.state == "approved" else {"approval_answer"})
            found.append(Brought(names, whom, objects, asked.answered_by, told=told))
    return found


def _bound(tx: Tx, before: Before) -> list[Brought]:
    return [
        Brought(
            frozenset({"bind_channel"}),
            frozenset({one.person}),
            frozenset({one.account}),
            one.by,
            told=f"bound {one.id}",
        )
        for one in tx.bindings.by()
        if one.active and one.at >= before.at
    ]


def _proved(tx: Tx, before: Before) -> list[Brought]:
    rows = tx.audit.rows(limit=10_000)
    return [
        Brought(
            frozenset({"pass_step_up"}),
            frozenset({row.subject.removeprefix("person:")}),
            by=row.actor,
            told="step-up passed",
        )
        for row in rows
        if row.action == "identity.proved" and row.at >= before.at
    ]


def _ended(tx: Tx, before: Before) -> list[Brought]:
    """Cases that were there before and were closed, muted, or got another priority."""
    found = []
    for identity, (state, priority) in before.cases.items():
        case = tx.cases.get(identity)
        if case is None:
            continue
        about = frozenset({case.id, case.subject or "", case.service or ""})
        if case.state == "muted" and state != "muted":
            found.append(Brought(frozenset({"mute"}), about, told=f"case {case.number} muted"))
        over = (
            not case.live and case.state != state and state not in {"resolved", "muted"} and case.outcome != "verified"
        )
        if over and case.outcome != "handed_off":
            names = frozenset({"close_case", "cancel"} if case.outcome == "withdrawn" else {"close_case"})
            found.append(Brought(names, about, told=f"case {case.number} closed: {case.outcome}"))
        if case.impact.priority != priority:
            found.append(
                Brought(frozenset({"set_priority"}), about, told=f"case {case.number}: P{case.impact.priority}")
            )
    return found


def _began(tx: Tx, before: Before) -> list[Brought]:
    """Runs that started, by whomever, and cases that were opened."""
    found = []
    for run in tx.runs.where(limit=1_000):
        if run.id not in before.runs:
            about = frozenset(
                {run.plan.subject, run.plan.subject.partition(":")[2].partition("/")[0], *run.plan.targets}
            )
            serves = {"people.joiner": {"joiner"}, "people.mover": {"mover"}, "people.leaver": {"leaver"}}
            names = frozenset({"trigger", *serves.get(run.plan.runbook, set())})
            told = f"a run of {run.plan.runbook} for {run.plan.subject}"
            found.append(Brought(names, about, frozenset({run.plan.runbook}), effect="read", told=told))
    for case in tx.cases.where(limit=1_000):
        if case.id not in before.cases and case.need in OF_CASES:
            about = frozenset(one for one in (case.id, case.subject, case.service, case.requester) if one)
            told = f"case {case.number} was opened: {case.need}"
            found.append(Brought(frozenset({case.need or ""}), about, by=case.speaker, effect="read", told=told))
    return found


def _understood(tx: Tx, before: Before) -> list[Brought]:
    found = []
    for one in tx.findings.where(limit=1_000):
        name = one.need if one.act == "need" else one.act
        if one.id not in before.findings and name in READINGS:
            found.append(Brought(frozenset({name}), effect="read", told=f"understood as {name}"))
    return found
