"""What people put right in how alerts were grouped: cases merged, split, linked; and what that teaches."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.case import Case
from tickless.domain.measure import Resolution
from tickless.domain.record import Record

RegroupKind = Literal["merge", "split"]
GroupingVerdict = Literal["join", "part"]
GroupingState = Literal["proposed", "taught", "refused"]


class Regroup(Record):
    """One merge or split, with all that it takes to undo it. What was moved stands beside it, row by row."""

    version: Literal[1] = 1
    id: str
    kind: RegroupKind
    tenant: str = "main"
    into: str
    """The case that took in what was moved."""
    out_of: tuple[str, ...]
    """Merge: the cases that ended in it. Split: the one case that was left."""
    opened: bool = False
    """Split: whether the case that took in was opened for it."""
    led: bool = False
    """Split: whether what was moved had led the case that was left, which is about something else since."""
    before: tuple[Case, ...]
    """Every case as it was before, the one that took in first."""
    after: Case
    """The case that took in, as it was right after."""
    uncounted: tuple[Resolution, ...] = ()
    """Ends that are not counted while the merge stands: what was merged away is counted once, with the whole."""
    alerts: int = 0
    signals: int = 0
    people: int = 0
    by: str
    reason: str
    at: AwareDatetime
    undone_by: str | None = None
    undone_at: AwareDatetime | None = None
    undone_why: str = ""

    @property
    def cases(self) -> tuple[str, ...]:
        """Everything that it touched."""
        return (self.into, *self.out_of)


class Link(Record):
    """A case is kept apart, and is the child of another: told when the other ends, and looked at by its own checks."""

    child: str
    parent: str
    by: str
    reason: str
    at: AwareDatetime
    looked_at: AwareDatetime | None = None
    """When it was looked at because its parent had ended; None: not since the parent was open last."""
    found: str = ""
    """What that look found, in words."""


class Doubt(Record):
    """Two live cases look like one: grouping says so, and the rules kept them apart. People decide."""

    id: str
    one: str
    other: str
    sure: float = Field(ge=0, le=1)
    why: str
    at: AwareDatetime
    state: Literal["open", "merged", "dismissed"] = "open"
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None


class Saying(Record):
    """Somebody said so, by this merge or split."""

    by: str
    at: AwareDatetime
    regroup: str


class KindOfAlert(Record):
    """The class of an alert, and the service that it is about; empty: nobody knows."""

    need: str
    service: str


class GroupingLesson(Record):
    """Alerts of two kinds belong together, or do not, because people merged or split. Only `taught` bears on anything."""

    version: Literal[1] = 1
    id: str
    tenant: str = "main"
    verdict: GroupingVerdict
    one: KindOfAlert
    other: KindOfAlert
    state: GroupingState = "proposed"
    said: tuple[Saying, ...]
    at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str = ""
