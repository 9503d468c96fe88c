"""What the forms of the practices' pages share: whom and what may be chosen, and how what was sent becomes a draft."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from tickless.domain.errors import BadInput
from tickless.domain.record import Record
from tickless.doors.console.frame import Visit

R = TypeVar("R", bound=Record)


def parsed(shape: type[R], /, **values: Any) -> R:
    """A draft out of a form's values. Raises `BadInput` that names the first field that is wrong."""
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = " ".join(str(part) for part in first["loc"]).replace("_", " ")
        raise BadInput(f"“{field}”: {first['msg']}", mend="look at that field") from error


def people_and_services(visit: Visit) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the people of this house's accounts, and of all services, by id."""
    with visit.desk.journal.read() as tx:
        services = {one.id: one.name for one in tx.services.where(limit=5_000)}
        ids = {user.person for user in tx.access.users.where(limit=2_000) if user.active and user.person}
        people = {key: known.name for key in sorted(ids) if (known := tx.people.get(key)) is not None}
    return people, services
