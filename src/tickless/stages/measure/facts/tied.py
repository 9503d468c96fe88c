"""Which cases are tied to a problem or a known error. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.domain.problem import Problem
from tickless.journal.measure_forms import CaseRow
from tickless.practices.problems.core import key_of

KNOWN_ERROR = "known_error"
"""The input of a case whose person was offered the workaround of one."""


def tied(cases: Sequence[CaseRow], problems: Sequence[Problem], *, errors: bool) -> frozenset[str] | None:
    """Ids of cases that were offered a known error, that a problem names, or that came as incidents of its kind,
    while a problem was open. None where nobody keeps problems or known errors (`errors`): then nobody can say."""
    if not problems and not errors:
        return None
    named = {number for one in problems for number in one.cases}
    kinds: dict[str, list[Problem]] = {}
    for one in problems:
        if one.key:
            kinds.setdefault(one.key, []).append(one)
    return frozenset(
        case.id for case in cases
        if KNOWN_ERROR in case.inputs or case.number in named
        or (case.kind == "incident" and any(_while_open(one, case) for one in kinds.get(key_of(case.service, case.need), ())))
    )  # fmt: skip


def _while_open(one: Problem, case: CaseRow) -> bool:
    return one.made_at <= case.opened_at and (one.closed_at is None or case.opened_at < one.closed_at)
