"""The shapes of the API. They are a contract of their own: the domain may change without them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tickless.doors.entrance.visitor import Right, Scope
from tickless.journal.access import Role

T = TypeVar("T")
Short = Annotated[str, Field(max_length=200)]
Reason = Annotated[str, Field(max_length=1_000)]


class Given(BaseModel):
    """What callers send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_zero_bytes(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("text has no zero bytes")
        return value


class Shown(BaseModel):
    """What callers get."""

    model_config = ConfigDict(frozen=True)


class Page(Shown, Generic[T]):
    """Some items, newest first; `next` goes into `?cursor=` for more, null when there are none."""

    items: list[T]
    next: str | None = None


class RetryAdvice(Shown):
    """May it be tried again?"""

    when: Literal["never", "after", "after_human"]
    seconds: float | None = None


class FieldProblem(Shown):
    """One field that is wrong."""

    field: str
    reason: str


class ErrorDetail(Shown):
    """What went wrong, in plain words, and how to mend it."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["there is no case '4711'"])
    mend: str = ""
    retry: RetryAdvice
    request_id: str
    fields: list[FieldProblem] | None = None
    quarantined: str | None = None


class Problem(Shown):
    """Every error of the API has this shape."""

    error: ErrorDetail


class Done(Shown):
    """It was done; there is nothing more to say."""

    ok: bool = True


# Cases


class ImpactShown(Shown):
    """Whom it hurts. `people` is null when nobody can say."""

    priority: int
    reason: str
    service: str | None
    criticality: int | None
    services: list[str]
    people: int | None
    confidence: float | None
    in_hours: bool | None


class CaseShown(Shown):
    """One underlying need."""

    id: str
    number: int = Field(examples=[42])
    kind: Literal["incident", "request", "question", "risk"]
    need: str | None = Field(examples=["account_unlock"])
    state: str = Field(examples=["resolved"])
    outcome: str | None = Field(examples=["verified"])
    live: bool
    title: str
    door: Literal["human", "machine"]
    subject: str | None
    service: str | None
    requester: str | None
    conversation: str | None
    impact: ImpactShown
    attempt: int
    regressions: int
    opened_at: dt.datetime
    updated_at: dt.datetime
    resolved_at: dt.datetime | None
    hold_until: dt.datetime | None
    parent: str | None = Field(description="Id of the case of which it is a child or a part")
    merged_into: str | None = Field(
        description="Id of the case that has its alerts and people now, in the state `merged`"
    )


class CloseCase(Given):
    """Take a case out of the machine's hands."""

    how: Literal["hand_off", "mute", "withdraw", "confirm"]
    reason: Reason = Field(min_length=1, examples=["the vendor takes it from here"])


class WithdrawCase(Given):
    """It is not wanted any more."""

    reason: Reason = Field(min_length=1, examples=["she isn't coming after all"])


class ReopenCase(Given):
    """It was not solved."""

    reason: Reason = Field(min_length=1, examples=["locked out again after lunch"])


# Signals


class SignalShown(Shown):
    """One observation from either door."""

    id: str
    source: str
    kind: str
    state: str
    severity: str | None
    title: str
    body: str
    labels: dict[str, str]
    fingerprint: str
    occurred_at: dt.datetime
    received_at: dt.datetime


class QuarantineShown(Shown):
    """A payload that could not be read, kept for a replay."""

    id: str
    source: str
    received_at: dt.datetime
    reason: str
    mend: str
    content_type: str
    size: int
    replayed_at: dt.datetime | None


class Receipted(Shown):
    """How many signals a payload held, and how many of them were new."""

    received: int
    new: int
    quarantined: str | None = None
    reason: str | None = None
    mend: str | None = None


# Conversations


class Say(Given):
    """A message. `as` names the person who is spoken for, by id or user name: that takes the right `ask_as`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "I'm locked out of my account"}, {"text": "VPN is slow", "as": "ada"}]}
    )

    text: str = Field(min_length=1, max_length=8_000)
    conversation: Short | None = None
    as_: Short | None = Field(default=None, alias="as")
    unverified: bool = False
    """Nobody checked that it is really that person: what needs a verified identity will ask for it."""


class Taken(Shown):
    """The message was taken in; watch `conversation` for the answer."""

    signal: str
    conversation: str


class MessageShown(Shown):
    """One line of a conversation. `hidden`: it is private and not for the caller; text and card are left out."""

    id: str
    conversation: str
    case: str | None
    author: Literal["person", "tickless", "operator"]
    name: str
    text: str
    card: dict[str, Any] | None
    private: bool
    hidden: bool = False
    at: dt.datetime


class Secret(Shown):
    """A one-time secret, shown this once."""

    secret: str


# Approvals


class PlanShown(Shown):
    """What would be done, exactly."""

    hash: str
    runbook: str
    revision: str
    title: str
    effect: str
    reversible: bool
    subject: str
    inputs: dict[str, Any]
    targets: list[str]
    steps: list[str]
    verify: list[str]


class ApprovalShown(Shown):
    """An approval asked for; it binds to `plan_hash` and to nothing else."""

    id: str
    case: str
    title: str
    state: Literal["pending", "approved", "denied", "expired", "withdrawn"]
    plan_hash: str
    requester: str | None
    beneficiary: str | None
    approvers: list[str]
    role: str = Field(examples=["manager"])
    """In which role they are asked."""
    summary: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None
    reason: str
    plan: PlanShown | None = None


class AnswerApproval(Given):
    """Yes or no, and why."""

    approve: bool
    reason: Reason = ""


# Runbooks


class RunbookShown(Shown):
    """A procedure, in short."""

    id: str
    revision: str
    title: str
    description: str
    owner: str
    kind: str
    effect: str
    intents: list[str]
    inputs: dict[str, str]
    """Name → type."""
    rung: str | None
    """Where it stands on the autonomy ladder; null: where policy begins."""


class RunbookWhole(RunbookShown):
    """A procedure with every step, as the file has it."""

    content: dict[str, Any]


class RunInputs(Given):
    """Values for the runbook's inputs: references or plain words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"inputs": {"person": "ada"}}]})

    inputs: dict[Short, Reason] = Field(default_factory=dict, max_length=50)


class RunRunbook(RunInputs):
    """Run it: a case is opened, and policy decides as for any other."""

    reason: Reason = Field(min_length=1, examples=["asked for by telephone"])


# Services and people


class ServiceShown(Shown):
    """Something people rely on."""

    id: str
    name: str
    kind: str
    criticality: int | None
    owner: str | None
    team: str | None
    description: str
    system: str | None
    supplier: str | None
    lifecycle: str
    hours: str | None


class EdgeShown(Shown):
    """`service` needs `needs`, and how we know."""

    service: str
    needs: str
    source: str
    confidence: float
    last_seen: dt.datetime


class ItemShown(Shown):
    """A configuration item."""

    id: str
    kind: str
    name: str


class MapShown(Shown):
    """The service map."""

    services: list[ServiceShown]
    dependencies: list[EdgeShown]


class ServiceWhole(Shown):
    """A service in its place: what it needs, what needs it, and whom its failure reaches."""

    service: ServiceShown
    needs: list[EdgeShown]
    needed_by: list[EdgeShown]
    reaches: list[str]
    """Every service that relies on it, directly or not."""
    groups: list[str]
    """Groups whose people use it or what relies on it."""
    people: int | None
    """How many people that is; null when nobody can say."""
    items: list[ItemShown]
    live_cases: list[CaseShown]


class PersonShown(Shown):
    """An employee, as far as an operator needs it to find the right one."""

    id: str
    username: str
    name: str
    email: str
    department: str
    title: str
    active: bool


# Control, record, numbers


class SwitchShown(Shown):
    """A brake."""

    name: str = Field(examples=["all", "freeze", "runbook:directory.unlock-account", "service:shop-web"])
    on: bool
    by: str
    reason: str
    at: dt.datetime


class SetSwitch(Given):
    """Pull or release a brake."""

    on: bool
    reason: Reason = Field(min_length=1)


class AuditShown(Shown):
    """Who did what to what; each row is hashed together with the hash of the row before it."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    case: str | None
    detail: dict[str, Any]
    """`[erased]` stands for what was said about somebody who was erased since."""
    previous: str
    hash: str
    dropped: bool = False
    """Whether retention took the detail away."""


class ChainShown(Shown):
    """What a walk along the whole record found."""

    ok: bool
    rows: int
    head: str
    broken_at: int | None
    problem: str
    checkpoints: int = 0
    """Signed checkpoints that the rows were held against."""
    signed_up_to: int = 0
    """Last row that such a checkpoint vouches for."""
    key: str = ""
    """Short name of the key that signs now."""
    dropped: int = 0
    """Rows whose detail retention took away."""


class NumbersShown(Shown):
    """The first numbers."""

    cases: int
    live: int
    doors: dict[str, int]
    outcomes: dict[str, int]
    seconds_to_verified: dict[str, float | None]
    minutes_saved: float
    waiting_for_approval: int


class CheckShown(Shown):
    """One line of the doctor."""

    check: str
    ok: bool
    detail: str
    mend: str


# Accounts


class Me(Shown):
    """Who the caller is here."""

    kind: Literal["session", "token", "anonymous"]
    name: str
    login: str
    person: str | None
    roles: list[Role]
    rights: list[Right]


class UserShown(Shown):
    """A local account."""

    id: str
    login: str
    person: str | None
    roles: list[Role]
    active: bool
    has_password: bool
    kind: str = "person"
    """`person`, `service` (a program's) or `break_glass`."""
    owner: str | None = None
    """Id of the person who answers for a program's account."""
    of_groups: list[Role] = []
    """Those of the roles that come with the directory's groups."""


class CreateUser(Given):
    """A new account. Without a password it signs in by link only."""

    login: Short = Field(min_length=1)
    roles: list[Role] = Field(min_length=1, max_length=5)
    person: Short | None = None
    service: bool = False
    """For a program: it shows tokens and never signs in."""
    owner: Short | None = None
    """Id of the person who answers for a program's account."""
    password: str | None = Field(default=None, max_length=500)


class SetPassword(Given):
    """At least twelve characters."""

    password: str = Field(max_length=500)


class Link(Shown):
    """A sign-in link: `path` below the address of the house. Works once, soon."""

    path: str


class CreateToken(Given):
    """A token for a machine. With `source` it may send as that source and do nothing else."""

    name: Short = Field(min_length=1, examples=["prometheus in the data centre"])
    scopes: list[Scope] = Field(min_length=1, max_length=6)
    user: Short | None = None
    """Login it acts for; your own when left out."""
    source: Short | None = None
    expires_in_days: float | None = Field(default=None, gt=0, le=3_650)


class TokenShown(Shown):
    """A token, without itself."""

    id: str
    name: str
    user: str
    scopes: list[str]
    source: str | None
    created_at: dt.datetime
    expires_at: dt.datetime | None
    used_at: dt.datetime | None = None
    """When it was shown last, to within a minute."""


class TokenMade(TokenShown):
    """A new token: `token` is shown now and never again."""

    token: str
