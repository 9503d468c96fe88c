"""The numbers, the doctor."""

from __future__ import annotations

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.record_schemas import CheckShown, NumbersShown

router = new_router("record")


@router.get("/numbers", summary="The first numbers")
def numbers(desk: DeskHere, visitor: Reader) -> NumbersShown:
    """Every outcome side by side: none is hidden in another."""
    return NumbersShown(**desk.numbers().__dict__)


@router.get("/doctor", summary="Is the house well?")
def doctor(desk: DeskHere, visitor: Reader) -> list[CheckShown]:
    return [CheckShown(**finding.__dict__) for finding in desk.doctor()]
