"""`ticket.*`: the hand-off records of an outside ticket system."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

KEY = r"^[A-Za-z0-9_.:-]+$"
"""Keys are ours: nothing in them has to be escaped in anybody's query language."""
TicketPhase = Literal["open", "pending", "resolved", "closed"]
"""`pending`: they wait for somebody. `closed`: nothing about it can change any more."""


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula: lists of tickets are exported to them."""


def no_formula(title: str) -> str:
    """The title as no spreadsheet calculates it: behind an apostrophe, which marks text there."""
    return f"'{title[:199]}" if title.startswith(FORMULA) else title


class NewTicket(Params):
    """A ticket to be there. `key` is its correlation id: the same key is the same ticket, however often it is asked for."""

    key: str = Field(pattern=KEY, min_length=8, max_length=64)
    title: Annotated[str, AfterValidator(no_formula)] = Field(min_length=1, max_length=200)
    body: str = Field(max_length=60_000)
    """Plain text, lines separated by `\\n`."""
    kind: Literal["incident", "request"] = "incident"
    priority: Literal[1, 2, 3, 4] = 3
    """1 critical … 4 low."""
    group: str = Field(default="", max_length=200)
    """Who shall work on it, as our records or that system call the team; empty, or one it does not know: its own rules."""
    requester: str = Field(default="", max_length=320)
    """E-mail address of the person it is for; empty: nobody in particular."""


class TicketKey(Params):
    key: str = Field(pattern=KEY, min_length=8, max_length=64)


class TicketId(Params):
    """Their id, as `TicketView.ticket` said it."""

    ticket: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class TicketView(Output):
    """A ticket as it stands there. Everything but `exists` is empty when there is none."""

    exists: bool
    ticket: str = ""
    """Their id, for further calls."""
    number: str = ""
    """What people there call it."""
    url: str = ""
    state: TicketPhase = "open"
    state_at: AwareDatetime | None = None
    """Since when, as well as the system says."""
    owner: str = ""
    """Who has it there: an e-mail address or login if the system tells, else a name; empty: nobody yet."""
    worked_minutes: float | None = None
    """Minutes of work that people have put down there; None: the system does not tell."""
    team: str = ""
    """Where it lies: our name of the team if the settings name one, else the group, queue or component as they call it; empty:
    the system does not tell."""
    changed: str = ""
    """Their mark of the last change."""
    resolution: str = ""
    """What they wrote when they resolved it, if the system keeps that apart."""


class TicketComment(BaseModel):
    """One comment. `public`: the person it is for may read it. `own`: it came from here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    author: str
    text: str
    """Plain text."""
    public: bool
    own: bool
    at: AwareDatetime | None = None


class CommentsAsked(TicketId):
    since: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9 :.+-]*$")
    """The `mark` of the last answer; empty: from the beginning."""


class Comments(Output):
    """Comments after the mark, oldest first, at most 100. A comment may come twice, and is known by its id."""

    comments: tuple[TicketComment, ...] = ()
    mark: str = ""


class NewComment(TicketId):
    """A comment to be there. `key` is looked for before it is written, so that it is never there twice."""

    key: str = Field(pattern=KEY, min_length=8, max_length=64)
    text: str = Field(min_length=1, max_length=30_000)
    public: bool = True


class Commented(Output):
    comment: str
    """Their id of it; empty in a dry run."""


class SetPhase(TicketId):
    """`note` is the resolution where the system asks for one."""

    state: Literal["open", "pending", "resolved"]
    note: str = Field(default="", max_length=4_000)


class HistoryAsked(Params):
    """`cursor`: where the page before ended; empty: from the beginning."""

    cursor: str = Field(default="", max_length=2_000)


class HistoryRows(Output):
    """Tickets of the past in the system's own words, oldest first, as its interface gives them. `next`: empty at the end."""

    rows: tuple[dict[str, Any], ...] = ()
    next: str = ""


SHAPES = (
    Shape("ticket.history", "probe", HistoryAsked, HistoryRows),
    Shape("ticket.find", "probe", TicketKey, TicketView),
    Shape("ticket.read", "probe", TicketId, TicketView),
    Shape("ticket.comments", "probe", CommentsAsked, Comments),
    Shape("ticket.create", "action", NewTicket, TicketView),
    Shape("ticket.comment", "action", NewComment, Commented),
    Shape("ticket.set_state", "action", SetPhase, TicketView),
)
