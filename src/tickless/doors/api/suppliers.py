"""Suppliers: agreements, cases that are with them, clocks, what hangs on whom. Policy decides who may."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.supplier import Agreement, AgreementDraft, Contact, Referral, ReferralDraft
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.suppliers import ReferralShown
from tickless.practices.suppliers.core import decide_by

router = new_router("suppliers")
State = Annotated[str | None, Query(max_length=30)]


class ReferralStanding(Shown):
    referral: Referral
    late: list[str] = Field(description="Clocks that ran out: respond, resolve")
    contacts: list[Contact] = Field(description="Whom to turn to by now")


class Decision(Shown):
    agreement: str
    title: str
    party: str
    decide_by: str


class Hanging(Shown):
    supplier: str
    services: list[str]


class NoteGiven(Given):
    note: Annotated[str, Field(max_length=1_000)] = ""


def _standing(shown: ReferralShown) -> ReferralStanding:
    return ReferralStanding(referral=shown.referral, late=list(shown.late), contacts=list(shown.contacts))


@router.get("/agreements", summary="List contracts and operational level agreements")
def list_agreements(desk: DeskHere, visitor: Reader, state: State = None) -> Page[Agreement]:
    return Page(items=desk.practices.suppliers.agreements(state=state))


@router.post("/agreements", summary="Write an agreement down", status_code=201)
def add_agreement(desk: DeskHere, visitor: CaseReader, given: AgreementDraft) -> Agreement:
    """A contract is with a supplier, which is made if nobody knows it; an OLA with a team of one's own."""
    return desk.practices.suppliers.keep(given, by=keeper_of(visitor))


@router.get("/agreements/decisions", summary="Agreements to decide about")
def list_decisions(desk: DeskHere, visitor: Reader) -> Page[Decision]:
    """Those whose last day to decide about their end is within a month, or over."""
    found = desk.practices.suppliers.to_decide()
    return Page(
        items=[
            Decision(agreement=one.id, title=one.title, party=one.party, decide_by=str(decide_by(one))) for one in found
        ]
    )


@router.get("/agreements/concentration", summary="Critical services by supplier")
def list_concentration(desk: DeskHere, visitor: Reader) -> Page[Hanging]:
    """The supplier on whom most hangs in front."""
    found = desk.practices.suppliers.concentration()
    return Page(items=[Hanging(supplier=key, services=list(many)) for key, many in found.items()])


@router.put("/agreements/{identity}", summary="Write an agreement anew")
def put_agreement(desk: DeskHere, visitor: CaseReader, identity: str, given: AgreementDraft) -> Agreement:
    return desk.practices.suppliers.keep(given, by=keeper_of(visitor), identity=identity)


@router.post("/agreements/{identity}/end", summary="End an agreement")
def end_agreement(desk: DeskHere, visitor: CaseReader, identity: str, given: NoteGiven) -> Agreement:
    return desk.practices.suppliers.end(identity, by=keeper_of(visitor), reason=given.note)


@router.get("/referrals", summary="List cases that are with others")
def list_referrals(desk: DeskHere, visitor: Reader, state: State = None) -> Page[ReferralStanding]:
    """The latest first. `state`: one of them, or `open`."""
    return Page(items=[_standing(one) for one in desk.practices.suppliers.referrals(state=state)])


@router.post("/referrals", summary="Give a case to somebody else", status_code=201)
def refer_case(desk: DeskHere, visitor: CaseReader, given: ReferralDraft) -> ReferralStanding:
    """Its clocks run in the support window of the agreement."""
    return _standing(desk.practices.suppliers.refer(given, by=keeper_of(visitor)))


@router.post("/referrals/{identity}/{deed}", summary="They answered, or it is over")
def move_referral(
    desk: DeskHere, visitor: CaseReader, identity: str, deed: Literal["answered", "over"], given: NoteGiven
) -> ReferralStanding:
    return _standing(desk.practices.suppliers.move(identity, deed, by=keeper_of(visitor), note=given.note))
