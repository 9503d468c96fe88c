"""Which needs come before which: who can't sign in gets that mended before anything that takes a sign-in."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.domain.case import Case
from tickless.journal import Tx

FIRST = frozenset({"account_unlock", "password_reset"})
"""Needs on which the other needs of the same person build."""
AFTER = "after"
"""Case input: ids of the cases that come before it, separated by blanks."""
_ALONE = frozenset({"incident_report", "question", "status_of_case", "account_disable", "leaver"})
"""Needs that build on nothing."""


def before(case: Case, others: Iterable[Case]) -> tuple[str, ...]:
    """Those of the other cases that have to be over before this one can work. Pure."""
    if case.need is None or case.need in FIRST or case.need in _ALONE or case.kind == "question":
        return ()
    whom = _whom(case)
    return tuple(
        one.id for one in others
        if one.id != case.id and one.live and one.need in FIRST and whom is not None and _whom(one) == whom
    )  # fmt: skip


def _whom(case: Case) -> str | None:
    return case.inputs.get("person") or case.inputs.get("claimed") or case.requester or case.conversation


def comes_after(tx: Tx, case: Case) -> int | None:
    """The number of a live case that has to be over first."""
    for identity in case.inputs.get(AFTER, "").split():
        first = tx.cases.get(identity)
        if first is not None and first.live:
            return first.number
    return None
