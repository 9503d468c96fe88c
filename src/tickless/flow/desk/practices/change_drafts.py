"""A change out of what somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.domain.change import Change, ChangeDraft
from tickless.domain.errors import BadInput
from tickless.flow.desk.practices.change_looking import LONGEST
from tickless.flow.keeping import Keeping
from tickless.journal import Tx


def made(keeping: Keeping, tx: Tx, draft: ChangeDraft, *, identity: str, by: str) -> Change:
    """The change that a draft asks for; nothing is written. Raises `BadInput`."""
    if draft.ends_at <= draft.starts_at:
        raise BadInput("a change ends after it begins", mend="look at the two times; both are UTC unless they say so")
    if draft.ends_at - draft.starts_at > LONGEST:
        raise BadInput("a change takes at most a month", mend="make it in parts")
    services = keeping.services(draft.services)
    values = draft.model_dump(exclude={"services", "owner"})
    if draft.model:
        model = tx.change_models.need(draft.model)
        for name in ("backout_plan", "check"):
            values[name] = values[name] or getattr(model, name)
        values["backout"] = model.backout if draft.backout == "none" else draft.backout
        values["kind"] = "standard"
    elif draft.kind == "standard":
        raise BadInput("a standard change is one of a model", mend="name its model, or make it a normal change")
    return Change(
        **values, id=identity, services=services, service=services[0], made_by=by, made_at=keeping.now,
        owner=keeping.person(draft.owner) or (by if by in keeping.world.people else None),
    )  # fmt: skip


def case_ids(tx: Tx, numbers: Sequence[str]) -> list[str]:
    """Of cases by number or id. Raises `BadInput`."""
    found = []
    for number in numbers:
        case = tx.cases.by_number(int(number)) if number.isdecimal() and len(number) < 12 else tx.cases.get(number)
        if case is None:
            raise BadInput(f"there is no case {number[:40]!r}", mend="give the numbers of cases")
        found.append(case.id)
    return found
