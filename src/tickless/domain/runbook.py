"""A runbook: a versioned, typed, testable procedure. This model is the one source: it validates, prints the JSON Schema."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from tickless.domain.record import Record
from tickless.domain.step import (
    Approve,
    Ask,
    Call,
    Canary,
    Check,
    Effect,
    ForEach,
    HandOff,
    Irreversible,
    Linked,
    Manual,
    Parallel,
    Quorum,
    Retries,
    Seconds,
    Step,
    Task,
    Tasks,
    Words,
    parse_duration,
)

__all__ = [
    "Approval",
    "Approve",
    "ApprovedBy",
    "Ask",
    "Call",
    "Canary",
    "Check",
    "Effect",
    "ForEach",
    "HandOff",
    "InputType",
    "Irreversible",
    "Linked",
    "Manual",
    "Moment",
    "Parallel",
    "Quorum",
    "Requires",
    "Retries",
    "Runbook",
    "RunbookInput",
    "RunbookTest",
    "Seconds",
    "Serves",
    "Step",
    "Task",
    "Tasks",
    "Value",
    "Words",
    "parse_duration",
]  # fmt: skip

InputType = Literal[
    "person", "device", "app", "service", "ci", "department", "apps", "text", "number", "duration", "date"
]


class RunbookInput(Record):
    """One thing the runbook must know. `source` says where it comes from by itself.

    `requester`: the person the request is for (the one who asks, unless the message names somebody else), and that
    person's only device. `message`: an entity of this type, or the slot of this name. `signal`: a label of the alert.
    `service`: the service the case is about.
    """

    type: InputType
    source: Literal["requester", "message", "signal", "service"] | None = Field(default=None, alias="from")
    label: Words = ()
    """Labels of an alert that carry it, the first that is there wins; read at the machine door whatever `from` says."""
    kind: str | None = None
    """For a `ci`: its kind. When no label names one, the only item of that kind that the service has. For `apps`: which of
    the person's: `held` what they have, `usual` what most of the department has and they have not, `beyond` what they have and
    hardly anybody of the department has; `usual_there` what most of the department has, for somebody who is new there."""
    ask: str | None = None
    """What to ask when it is missing."""
    default: Any = None
    optional: bool = False
    unknown: str | None = None
    """For a person who has to be told: the input of the runbook that `follows` into which the words go when nobody on record
    is called so."""
    enum: tuple[str, ...] = ()


class Serves(Record):
    """What leads here, from either door."""

    intents: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    alerts: str | None = None
    """A CEL condition over `signal` (class, labels, severity, state) as `${{ … }}`."""
    follows: str | None = None
    """Instead of intents: the runbook whose case goes on here once what `given` names is known."""
    given: tuple[str, ...] = ()


class Requires(Record):
    """What must hold before a plan may be made."""

    verified_identity: bool = False
    eligible: bool = False


class Value(Record):
    """What one verified run saves, and on what that figure rests."""

    minutes_saved: float = Field(ge=0)
    basis: str


ApprovedBy = Literal["manager", "app_owner", "service_owner", "as_app_says", "none"] | Quorum


class Approval(Record):
    """Who must approve before the run, decided by the runbook's own author; policy may ask for more, never for less.

    `as_app_says`: whom the app among the inputs names (nobody, the manager, or the app's owner).
    """

    by: ApprovedBy | tuple[ApprovedBy, ...] = "none"
    """One of them, or several who all have to say yes. `group:<group>:<n>` and `role:<role>:<n>`: so many different people of
    that group, or who hold that role here."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Whose yes it takes; none: nobody's."""
        given = (self.by,) if isinstance(self.by, str) else self.by
        return tuple(dict.fromkeys(one for one in given if one != "none"))


Moment = Literal["started", "done", "failed", "undone", "nothing_to_do", "awaiting_approval", "handed_off"]
"""When a runbook has something to say to the people in the case."""


class RunbookTest(Record):
    """A case in the sample company: what is given, what must come out."""

    name: str | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    says: str | None = None
    signal: dict[str, Any] | None = None
    expect: dict[str, Any]


class Runbook(Record):
    """A procedure as data."""

    version: Literal[1] = Field(default=1, alias="schema")
    runbook: str = Field(pattern=r"^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$")
    revision: str = Field(default="1.0.0", pattern=r"^\d+\.\d+\.\d+$")
    title: str
    description: str = ""
    owner: str
    kind: Literal["incident", "request", "risk"]
    serves: Serves
    inputs: dict[str, RunbookInput] = Field(default_factory=dict)
    subject: str
    """The one thing it is about, such as `person:${{ inputs.person.id }}`: locks, blast radius and verdicts attach to it."""
    effect: Effect
    undo: Literal["steps"] | Irreversible
    """`steps`: each step undoes itself, in reverse."""
    requires: Requires = Requires()
    approval: Approval = Approval()
    precheck: tuple[Check, ...] = ()
    """Read before anything changes; `otherwise` says what it means when `expect` is false."""
    steps: tuple[Step, ...] = Field(min_length=1)
    verify: tuple[Check, ...] = ()
    say: dict[Moment, str] = Field(default_factory=dict)
    value: Value
    outputs: dict[str, str] = Field(default_factory=dict)
    """What a runbook that calls this one may read afterwards: name → expression over `inputs` and `steps`."""
    attachments: dict[str, str] = Field(default_factory=dict)
    """Name → text file beside this one, such as a script or a form; read as `attachments.<name>`."""
    attached: SkipJsonSchema[dict[str, str]] = Field(default_factory=dict)
    """What stands in the attachments; filled in by the compiler."""
    tests: tuple[RunbookTest, ...] = ()
