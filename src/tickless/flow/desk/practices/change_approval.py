"""Asks for a change's approvals by the ordinary flow of approvals, in a case of its own, and reads what was answered."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.change import Change
from tickless.domain.decision import ApprovalAsk, ApprovalRequest
from tickless.domain.errors import Conflict
from tickless.domain.finding import Evidence
from tickless.domain.record import Untrusted
from tickless.domain.world import World
from tickless.flow.approvals.asking import tell
from tickless.flow.ending.ends import end_case
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id
from tickless.practices.changes.core import bodies_for
from tickless.stages.correlate.impact import impact
from tickless.stages.decide.approvers import different_humans, needed_by, next_above, one_human
from tickless.stages.decide.given import holders_of

NEED = "change.approval"
Answer = Literal["waiting", "approved", "denied", "expired"]


def content_digest(change: Change) -> str:
    """Of everything that an approval is about."""
    kept = change.model_dump(
        mode="json",
        include={
            "title",
            "kind",
            "services",
            "why",
            "starts_at",
            "ends_at",
            "backout",
            "backout_plan",
            "check",
            "model",
        },
    )
    return digest(kept)


def asks_of(tx: Tx, change: Change, world: World) -> tuple[ApprovalAsk, ...]:
    """Whom to ask. Nobody approves their own change, by any account. Raises `Conflict` where nobody may."""
    assert change.risk is not None, "it is assessed before it is asked for"
    closed = one_human({change.made_by, change.owner or ""}, world.people)
    asks = []
    for wanted in bodies_for(change.kind, change.risk):
        owners = _owners(change, closed, world) if wanted == "service_owner" else ()
        role = "role:approver:1" if wanted == "service_owner" and not owners else wanted
        people = owners or _approvers(tx, closed, world)
        if different_humans(people, world.people) < needed_by(role):
            raise Conflict(
                f"nobody may approve this change as {role.replace('_', ' ')}",
                mend="name an owner of the service, and give somebody else the role approver",
            )
        asks.append(ApprovalAsk(role=role, approvers=people, needed=needed_by(role)))
    return tuple({ask.role: ask for ask in asks}.values())


def _owners(change: Change, closed: frozenset[str], world: World) -> tuple[str, ...]:
    found: list[str] = []
    for service in change.services:
        owner = world.services[service].owner if service in world.services else None
        if owner and owner not in closed and owner in world.people and world.people[owner].active:
            found.append(owner)
        elif owner:
            found += next_above((owner,), closed, world)
    return tuple(dict.fromkeys(found))


def _approvers(tx: Tx, closed: frozenset[str], world: World) -> tuple[str, ...]:
    held = (*holders_of(tx).get("approver", ()), *holders_of(tx).get("admin", ()))
    return tuple(
        dict.fromkeys(one for one in held if one in world.people and world.people[one].active and one not in closed)
    )


def ask(tx: Tx, rooms: Rooms, change: Change, asks: tuple[ApprovalAsk, ...], *, now: dt.datetime) -> Change:
    """Open the case and put the requests before everybody whose yes is missing."""
    world = rooms.world()
    requester = change.made_by if change.made_by in world.people else None
    case = Case(
        id=new_id("case"),
        number=tx.coordination.next_number("case"),
        kind="request",
        need=NEED,
        state="awaiting_approval",
        title=Untrusted(f"Approve {change.id}: {change.title}"),
        subject=f"change:{change.id}",
        service=change.service,
        requester=requester,
        speaker=requester,
        assurance="signed_in",
        door="human",
        impact=impact(kind="request", service=change.service, severity=None, world=world, at=now),
        opened_at=now,
        updated_at=now,
        evidence=(Evidence(text=f"{change.id} wants an approval.", source="changes", ref=change.id),),
    )
    tx.cases.put(case)
    made = []
    for one in asks:
        asked = ApprovalRequest(
            id=new_id("apr"),
            case=case.id,
            decision="",
            plan_hash=change.digest,
            requester=requester,
            role=one.role,
            approvers=one.approvers,
            needed=one.needed,
            title=case.title.tame(200),
            summary=_summary(change, world),
            waiting=f"change:{change.id}",
            asked_at=now,
            expires_at=now + dt.timedelta(seconds=rooms.pace.approval),
        )
        tx.approvals.put(asked)
        tx.audit.append(at=now, actor="tickless", action="approval.asked", subject=change.id, case=case.id,
                        detail={"approval": asked.id, "plan_hash": asked.plan_hash, "approvers": list(asked.approvers),
                                "role": asked.role, "needed": asked.needed})  # fmt: skip
        tell(tx, rooms, asked, case, asked.approvers, now=now)
        made.append(asked.id)
    return change.model_copy(update={"case": case.id, "approvals": tuple(made)})


def _summary(change: Change, world: World) -> str:
    risk = change.risk
    where = ", ".join(world.services[one].name if one in world.services else one for one in change.services)
    span = f"{change.starts_at:%Y-%m-%d %H:%M} to {change.ends_at:%H:%M} UTC"
    parts = " ".join(part.words for part in risk.parts) if risk else ""
    score = f"Risk {risk.score} of 100. " if risk else ""
    return f"{change.kind.capitalize()} change {change.id} at {where}, {span}. {score}{parts}"


def answered(tx: Tx, change: Change, *, now: dt.datetime) -> Answer:
    """What the approvals say together: one no is a no, and all of them make a yes, to this very content."""
    found = [asked for identity in change.approvals if (asked := tx.approvals.get(identity)) is not None]
    if any(one.state == "denied" for one in found):
        return "denied"
    if found and all(one.state == "approved" and one.plan_hash == change.digest for one in found):
        return "approved"
    if not found or any(
        one.state == "withdrawn" or (one.state == "pending" and one.expires_at <= now) for one in found
    ):
        return "expired"
    return "waiting"


def end_asking(tx: Tx, change: Change, *, said: Answer, now: dt.datetime, by: str = "tickless") -> None:
    """The case in which it was asked for ends with the answer; what was not answered is withdrawn."""
    case = tx.cases.get(change.case or "")
    if case is None or not case.live:
        return
    outcome: Literal["confirmed", "refused", "withdrawn"] = "withdrawn"
    if said in {"approved", "denied"}:
        outcome = "confirmed" if said == "approved" else "refused"
    end_case(tx, case, state="resolved", outcome=outcome, now=now, why=f"{change.id}: {said}", by=by)
