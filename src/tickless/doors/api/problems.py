"""What is wrong in a file, as callers see it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from tickless.domain.errors import Problem
from tickless.doors.api.schemas import Shown

MOST_TOLD = 1_000


class ProblemShown(Shown):
    path: str
    line: int
    where: str
    reason: str
    mend: str


def show_problems(problems: Iterable[Problem]) -> list[ProblemShown]:
    """The first `MOST_TOLD` of them."""
    return [
        ProblemShown(path=one.path, line=one.line, where=one.where, reason=one.reason, mend=one.mend)
        for one in islice(problems, MOST_TOLD)
    ]
