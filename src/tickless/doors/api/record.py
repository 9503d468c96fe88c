"""The numbers, the doctor."""

from __future__ import annotations

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.record_schemas import CheckShown, NeedShown, NumbersShown

router = new_router("record")


@router.get("/numbers", summary="The first numbers")
def numbers(desk: DeskHere, visitor: Reader) -> NumbersShown:
    """Every outcome side by side: none is hidden in another."""
    return NumbersShown(**desk.numbers().__dict__)


@router.get("/needs", summary="What needs you")
def list_needs(desk: DeskHere, visitor: Reader) -> list[NeedShown]:
    """What waits for whoever asks, then for people at all, each with the page where it is done. What takes a look at everything
    to be counted (rungs, problems, figures, articles) is as of a minute ago or a few."""
    found = desk.steering.needs(visitor.person.id if visitor.person else None)
    return [NeedShown(count=one.count, words=one.words, link=one.address, mine=one.mine) for one in found]


@router.get("/doctor", summary="Is the house well?")
def doctor(desk: DeskHere, visitor: Reader) -> list[CheckShown]:
    return [CheckShown(**finding.__dict__) for finding in desk.doctor()]
