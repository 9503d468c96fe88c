"""Every decision of a case on one page: who, what, why, from which inputs, by which policies and models; and made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tickless.domain.case import Case
from tickless.domain.decision import Decision
from tickless.journal import Tx
from tickless.journal.audit_rows import AuditRow, ChainReport
from tickless.journal.evidence import Evidence, KeptInputs
from tickless.stages.decide.evidence import AskedAnew, decide_again, differences, digest_of, unpack

AgainState = Literal["same", "differs", "erased", "not_kept", "cannot"]
MOST = 10_000


@dataclass(frozen=True)
class Again:
    """The decision made again: `same`, or in what it differs; or why that cannot be said."""

    state: AgainState
    detail: str = ""


@dataclass(frozen=True)
class Explained:
    """One decision. `vouched`: its audit row names these very inputs, and a signed checkpoint vouches for the row."""

    decision: Decision
    row: AuditRow | None
    inputs: str | None
    who: dict[str, Any]
    understood_by: tuple[str, ...]
    models: tuple[dict[str, Any], ...]
    vouched: bool
    again: Again


def explain(tx: Tx, case: Case, *, chain: ChainReport) -> list[Explained]:
    """In the order in which they were made. `chain`: what a walk of the record found."""
    rows = tx.audit.rows(case=case.id, limit=MOST)
    by_decision = {str(row.detail.get("decision")): row for row in rows if row.action.startswith("decide.")}
    table = tx.decisions.table.c
    made = tx.decisions.where(table.case == case.id, order=table.decided_at, limit=MOST)
    findings = tx.findings.where(tx.findings.table.c.case == case.id, limit=MOST)
    evidence = Evidence(tx.connection)
    found = []
    for one in made:
        kept, row = evidence.of(one.id), by_decision.get(one.id)
        named = row is not None and kept is not None and row.detail.get("inputs") == kept.digest
        whole = kept is not None and digest_of(kept.body) == kept.digest
        signed = row is not None and chain.broken_at is None and row.seq <= chain.signed_up_to
        calls = [row for row in rows if row.action == "model.asked" and row.at <= one.decided_at]
        brains = {finding.brain for finding in findings if finding.made_at <= one.decided_at}
        found.append(
            Explained(
                decision=one,
                row=row,
                inputs=kept.digest if kept else None,
                who=_who(kept, case),
                understood_by=tuple(sorted(brains)),
                models=tuple(call.detail for call in calls),
                vouched=named and whole and signed,
                again=make_again(one, kept, evidence),
            )
        )
    return found


def _who(kept: KeptInputs | None, case: Case) -> dict[str, Any]:
    """For whom it was decided, as it was known then."""
    data = kept.body["data"]["case"] if kept is not None else case.model_dump(mode="json")
    names = ("door", "speaker", "requester", "typed_by", "assurance")
    return {name: data.get(name) for name in names}


def make_again(made: Decision, kept: KeptInputs | None, evidence: Evidence) -> Again:
    """Decide again from what is kept, by the rules of today, and compare."""
    if kept is None:
        return Again("not_kept", "it was made before inputs were kept")
    world, runbooks = (evidence.text(kept.body[name]) for name in ("world", "runbooks"))
    if world is None or runbooks is None:
        return Again("not_kept", "the records or runbooks of then are not kept")
    try:
        found = decide_again(kept.body, world=unpack(world), runbooks=unpack(runbooks))
    except AskedAnew as error:
        return Again("erased" if kept.erased_at else "differs", f"the rules ask something else now: {error}")
    except ValueError:
        return Again("erased" if kept.erased_at else "cannot", "what was kept cannot be read by the rules of today")
    other = differences(made, found)
    if not other:
        return Again("same")
    if kept.erased_at is not None:
        return Again("erased", "somebody was erased from it since")
    return Again("differs", "in " + ", ".join(other))
