"""The audit record: read it, check it, take it along, keep it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from tickless.doors.api.audit_schemas import (
    Erase,
    ErasureShown,
    ExplainedDecision,
    Explanation,
    HoldShown,
    KeysShown,
    NewHold,
    Released,
    Remade,
    Retain,
    Retained,
    Rotate,
    Signed,
)
from tickless.doors.api.guards import Admin, Auditor, DeskHere, new_router
from tickless.doors.api.paging import Cursor, Limit, number_in, page_of
from tickless.doors.api.record_schemas import AuditShown, ChainShown
from tickless.doors.api.schemas import Page
from tickless.doors.api.sight import find_case
from tickless.doors.api.views import show_audit
from tickless.doors.entrance.audit_lines import Form, exported
from tickless.flow.desk.explaining import Explained, explain
from tickless.flow.desk.record_keeping import read_pinned
from tickless.journal.audit_holds import LegalHold

router = new_router("record")


@router.get("/audit", summary="List the audit record")
def list_audit(
    desk: DeskHere,
    visitor: Auditor,
    case: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditShown]:
    """Newest first; of one case: in order."""
    place = number_in(cursor)
    with desk.journal.read() as tx:
        if case is None:
            found = tx.audit.latest(before=place, limit=limit + 1)
        else:
            found = tx.audit.rows(after=place or 0, limit=limit + 1, case=case)
    return page_of(found, limit=limit, key=lambda row: row.seq, show=show_audit)


@router.get("/audit/verify", summary="Walk the whole record and find what was changed")
def verify_audit(
    desk: DeskHere, visitor: Auditor, key: Annotated[str | None, Query(max_length=1_000)] = None
) -> ChainShown:
    """Locates the first row that was changed, removed, added or reordered, and holds the rows against the signed checkpoints.
    `key`: a public key that must be among those that signed."""
    report = desk.record.verify(pinned=read_pinned(key) if key else None)
    return ChainShown(ok=report.broken_at is None, **report.__dict__)


@router.get(
    "/audit/export",
    summary="The whole record as a file",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "One row a line, in order"}},
)
def export_audit(desk: DeskHere, visitor: Auditor, form: Form = "jsonl", sealed: bool = False) -> StreamingResponse:
    """`jsonl` holds the hashes, the signed checkpoints and an end, so that it can be checked without this house; `ocsf` and
    `cloudevents` are for other systems. `sealed`: what was said about people stays sealed."""
    desk.record.checkpoint()
    return StreamingResponse(exported(desk, form=form, sealed=sealed), media_type="application/x-ndjson")


@router.get("/audit/keys", summary="Which keys signed the record")
def audit_keys(desk: DeskHere, visitor: Auditor) -> KeysShown:
    """Public keys, oldest first; the last counts. Keep it where the record is not, to check exports with."""
    found = desk.record.keys()
    return KeysShown(
        keys=[one.text for one in found.keys], pem=found.keys[-1].pem, id=found.keys[-1].id, signs=found.signs
    )


@router.post("/audit/keys", status_code=201, summary="Sign with a new key from now on")
def rotate_audit_key(desk: DeskHere, visitor: Admin, given: Rotate) -> KeysShown:
    """The old key signs the new one. With `lost` the new one signs itself, and every check says so from then on."""
    desk.record.rotate(by=visitor.actor, lost=given.lost)
    return audit_keys(desk, visitor)


@router.post("/audit/checkpoints", status_code=201, summary="Sign the head of the record now")
def sign_checkpoint(desk: DeskHere, visitor: Auditor) -> Signed:
    made = desk.record.checkpoint()
    return Signed(number=made.number if made else None, row=made.seq if made else None)


@router.get("/audit/holds", summary="List legal holds")
def list_legal_holds(desk: DeskHere, visitor: Auditor, ended: bool = False) -> Page[HoldShown]:
    return Page(items=[_hold(one) for one in desk.record.holds(active=not ended)])


@router.post("/audit/holds", status_code=201, summary="Keep something whatever retention says")
def add_legal_hold(desk: DeskHere, visitor: Admin, given: NewHold) -> HoldShown:
    """Of everything, of one case, or of all cases of one person. What is held is neither dropped nor erased."""
    return _hold(desk.record.hold(given.covers, given.ref, reason=given.reason, by=visitor.actor))


@router.post("/audit/holds/{hold}/end", summary="End a legal hold")
def end_legal_hold(desk: DeskHere, visitor: Admin, hold: str, given: Released) -> HoldShown:
    return _hold(desk.record.release(hold, reason=given.reason, by=visitor.actor))


def _hold(one: LegalHold) -> HoldShown:
    return HoldShown(**one.model_dump(exclude={"version"}))


@router.post("/people/{person}/erase", summary="Erase a person")
def erase_person(desk: DeskHere, visitor: Admin, person: str, given: Erase) -> ErasureShown:
    """Their words, names and accounts go everywhere; what the audit record says of them can be read no more, and still proves
    that it was not changed. It cannot be taken back. A legal hold, and cases that are not over, stand against it."""
    done = desk.erasing.erase(person, by=visitor.actor, reason=given.reason)
    return ErasureShown(person=done.person, erased=done.erased, stays=list(done.stays))


@router.get("/cases/{case}/explanation", summary="Every decision of a case, explained and made again")
def explain_case(desk: DeskHere, visitor: Auditor, case: str) -> Explanation:
    """Who, what, why, from which inputs, by which policies and models; made again from what was kept, and compared."""
    chain = desk.record.verify()
    with desk.journal.read() as tx:
        found = find_case(tx, case, visitor)
        explained = explain(tx, found, chain=chain)
    told = f"{chain.rows} rows, unbroken, signed up to row {chain.signed_up_to}"
    if chain.broken_at is not None:
        told = f"broken at row {chain.broken_at}: {chain.problem}"
    return Explanation(
        case=found.id, number=found.number, title=found.title.tame(200), decisions=[_decision(one) for one in explained],
        chain=told, chain_ok=chain.broken_at is None,
    )  # fmt: skip


def _decision(one: Explained) -> ExplainedDecision:
    made = one.decision
    return ExplainedDecision(
        id=made.id,
        at=made.decided_at,
        attempt=made.attempt,
        kind=made.kind,
        summary=made.summary,
        actor=one.row.actor if one.row else "tickless",
        who=one.who,
        candidates=list(made.candidates),
        runbook=f"{made.plan.runbook}@{made.plan.revision}" if made.plan else None,
        plan_hash=made.plan.hash if made.plan else None,
        reasons=[reason.model_dump() for reason in made.reasons],
        policies=made.policy,
        questions=[each.model_dump(mode="json") for each in one.asked],
        inputs=one.inputs,
        understood_by=list(one.understood_by),
        models=list(one.models),
        row=one.row.seq if one.row else None,
        vouched=one.vouched,
        again=Remade(state=one.again.state, detail=one.again.detail),
        policy_again=Remade(state=one.policy_again.state, detail=one.policy_again.detail),
    )


@router.post("/audit/retention", summary="Take the bodies of old rows away")
def retain_audit(desk: DeskHere, visitor: Admin, given: Retain) -> Retained:
    """Their hashes stay, so the record can still be checked; what is held stays whole; a row says which were taken."""
    return Retained(rows=desk.record.retain(before=given.before, by=visitor.actor))
