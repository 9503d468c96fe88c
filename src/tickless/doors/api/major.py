"""Major incidents and rehearsals. Policy decides who may."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from tickless.domain.major import DeclareDraft, MajorIncident, RehearsalDraft, RolesDraft, UpdateDraft
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of

router = new_router("major incidents")
Text = Annotated[str, Field(max_length=4_000)]


class Candidate(Shown):
    """A live incident that the criteria speak for."""

    case: int
    title: str
    why: list[str]


class TextGiven(Given):
    text: Text = ""


class CauseGiven(Given):
    service: Annotated[str, Field(max_length=200)]


class ReviewGiven(Given):
    text: Text
    problem: Annotated[str, Field(max_length=60)] | None = Field(
        default=None, description="The problem that follows from it"
    )


class NewsLink(Shown):
    """Shown once: only its hash is kept."""

    path: str = Field(description="On this server, such as `/news/…`")


@router.get("/major-incidents", summary="List major incidents")
def list_major(
    desk: DeskHere, visitor: Reader, state: Annotated[str | None, Query(max_length=30)] = None
) -> Page[MajorIncident]:
    """The latest first; rehearsals are among them."""
    return Page(items=desk.practices.major.listed(state=state))


@router.get("/major-incidents/candidates", summary="Incidents that the criteria speak for")
def list_candidates(desk: DeskHere, visitor: Reader) -> Page[Candidate]:
    found = desk.practices.major.candidates()
    return Page(items=[Candidate(case=case.number, title=case.title.tame(200), why=list(why)) for case, why in found])


@router.post("/major-incidents", summary="Declare a major incident", status_code=201)
def declare_major(desk: DeskHere, visitor: CaseReader, given: DeclareDraft) -> MajorIncident:
    """In earnest with the number of a case, or for a rehearsal that was begun."""
    return desk.practices.major.declare(given, by=keeper_of(visitor))


@router.post("/major-incidents/rehearsals", summary="Begin a rehearsal", status_code=201)
def rehearse_major(desk: DeskHere, visitor: CaseReader, given: RehearsalDraft) -> MajorIncident:
    """A storm is played. It makes no signal, no alert and no case, so nothing acts on it."""
    return desk.practices.major.rehearse(given, by=keeper_of(visitor))


@router.get("/major-incidents/{identity}", summary="One major incident")
def get_major(desk: DeskHere, visitor: Reader, identity: str) -> MajorIncident:
    return desk.practices.major.show(identity)


@router.put("/major-incidents/{identity}/roles", summary="Give roles")
def assign_major(desk: DeskHere, visitor: CaseReader, identity: str, given: RolesDraft) -> MajorIncident:
    """One person, one role."""
    return desk.practices.major.assign(identity, given, by=keeper_of(visitor))


@router.get("/major-incidents/{identity}/template", summary="Words for the next update")
def template_major(desk: DeskHere, visitor: Reader, identity: str) -> TextGiven:
    return TextGiven(text=desk.practices.major.template(identity))


@router.post("/major-incidents/{identity}/updates", summary="Tell everybody")
def update_major(desk: DeskHere, visitor: CaseReader, identity: str, given: UpdateDraft) -> MajorIncident:
    """To everybody in the case; it promises the next news."""
    return desk.practices.major.update(identity, given, by=keeper_of(visitor))


@router.post("/major-incidents/{identity}/notes", summary="Note something in the timeline")
def note_major(desk: DeskHere, visitor: CaseReader, identity: str, given: TextGiven) -> MajorIncident:
    return desk.practices.major.note(identity, given.text, by=keeper_of(visitor))


@router.post("/major-incidents/{identity}/cause", summary="Name the cause")
def cause_major(desk: DeskHere, visitor: CaseReader, identity: str, given: CauseGiven) -> MajorIncident:
    return desk.practices.major.name_cause(identity, given.service, by=keeper_of(visitor))


@router.post("/major-incidents/{identity}/stand-down", summary="Stand down")
def stand_down_major(desk: DeskHere, visitor: CaseReader, identity: str, given: TextGiven) -> MajorIncident:
    """Everybody is told; a rehearsal is scored."""
    return desk.practices.major.stand_down(identity, given.text, by=keeper_of(visitor))


@router.get("/major-incidents/{identity}/review", summary="A review draft")
def draft_major_review(desk: DeskHere, visitor: Reader, identity: str) -> TextGiven:
    """Facts from the record, questions where only people know."""
    return TextGiven(text=desk.practices.major.draft_review(identity)[:4_000])


@router.put("/major-incidents/{identity}/review", summary="Keep the review")
def review_major(desk: DeskHere, visitor: CaseReader, identity: str, given: ReviewGiven) -> MajorIncident:
    return desk.practices.major.review(identity, given.text, problem=given.problem, by=keeper_of(visitor))


@router.post("/major-incidents/{identity}/share", summary="Make a link to the news that takes no account")
def share_news(desk: DeskHere, visitor: CaseReader, identity: str) -> NewsLink:
    """Only where the house allows it (`major.public_news`). The link that was made before works no more."""
    return NewsLink(path=f"/news/{desk.practices.major.news.share(identity, by=keeper_of(visitor))}")


@router.post("/major-incidents/{identity}/unshare", summary="Withdraw the link to the news")
def unshare_news(desk: DeskHere, visitor: CaseReader, identity: str) -> MajorIncident:
    return desk.practices.major.news.unshare(identity, by=keeper_of(visitor))
