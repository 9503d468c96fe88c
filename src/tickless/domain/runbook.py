"""A runbook: a versioned, typed, testable procedure. This model is the one source: it validates, prints the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tickless.domain.receipt import UndoStep
from tickless.domain.record import Record

Effect = Literal["read", "change", "destroy"]
InputType = Literal[
    "person", "device", "app", "service", "ci", "department", "apps", "text", "number", "duration", "date"
]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def parse_duration(value: Any) -> float:
    """`30s`, `5m`, `7d`, or a number of seconds → seconds. Raises ValueError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    for unit in ("ms", "s", "m", "h", "d"):
        if text.endswith(unit) and text[: -len(unit)].replace(".", "", 1).isdigit():
            return float(text[: -len(unit)]) * _UNITS[unit]
    raise ValueError(f"{text!r} is no duration: write a number and one of ms, s, m, h, d (such as 30s or 7d)")


Seconds = Annotated[float, BeforeValidator(parse_duration, json_schema_input_type=float | str), Field(ge=0)]


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words, json_schema_input_type=str | tuple[str, ...])]
"""One word, or a list of them."""


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


class Retries(Record):
    """Try again while the error says that it may help."""

    times: int = Field(default=3, ge=1, le=20)
    wait: Seconds = 1.0
    backoff: float = Field(default=2.0, ge=1, le=10)


class Ask(Record):
    """Ask a person and wait."""

    who: Literal["requester", "owner"] = "requester"
    text: str
    choices: tuple[str, ...] = ()
    within: Seconds = 86_400.0


class Approve(Record):
    """Wait for an approval inside the procedure, over and above what policy asks for."""

    by: Literal["manager", "app_owner", "service_owner"]
    text: str
    within: Seconds = 259_200.0


class HandOff(Record):
    """End here and give the case to people; with `service`, to the running incident of that service if there is one."""

    reason: str
    service: str | None = None


class Irreversible(Record):
    """What is done here cannot be taken back, and why that is acceptable."""

    irreversible: str = Field(min_length=1)


class Task(Record):
    """A case of its own below this one: a runbook that does and verifies it, or something for a person to do.

    `each`: an expression that gives a list; one task for each, which `with` and `title` may read as `each`.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str | None = None
    runbook: str | None = None
    manual: str | None = None
    """What a person has to do, in one sentence."""
    condition: str | None = Field(default=None, alias="if")
    each: str | None = None
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


class Tasks(Record):
    """Open these side by side and wait until all of them have ended."""

    open: tuple[Task, ...] = Field(min_length=1)
    within: Seconds = 1_209_600.0


class Step(Record):
    """One step. Exactly one of `uses`, `wait`, `until`, `ask`, `approve`, `say`, `hand_off`, `tasks`.

    What later steps may read as `steps.<id>`: the operation's output; `answer` of an ask; `approved` and `by` of an
    approve; `total`, `verified`, `left` (numbers) and `open` (their titles) of tasks. A step that was skipped is not
    there: ask with `has(steps.<id>)`.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str | None = None
    condition: str | None = Field(default=None, alias="if")
    uses: str | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    wait: Seconds | None = None
    until: str | None = None
    """A moment to wait for, such as `${{ inputs.start.at }}`; one that is past is not waited for. Withdrawn meanwhile, all that
    was done is taken back."""
    ask: Ask | None = None
    approve: Approve | None = None
    say: str | None = None
    hand_off: HandOff | None = None
    tasks: Tasks | None = None
    undo: UndoStep | Irreversible | None = None
    """None takes what the action itself declares."""
    timeout: Seconds = 30.0
    retry: Retries = Retries()
    on_failure: Literal["stop", "continue"] = "stop"


class Check(Record):
    """A post-condition, read back from the system of record by a probe."""

    uses: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    expect: str
    within: Seconds = 30.0
    """How long the world may take to show the change."""
    every: Seconds = 1.0
    steady: Seconds = 0.0
    """How long the answer must stay right before it counts."""
    hold: Seconds = 604_800.0
    """Came back inside this window = regressed."""
    otherwise: Literal["stop", "nothing_to_do"] = "stop"
    """Of a precheck that does not hold: it must not run (hand off, with `because`), or there is nothing to do."""
    because: str | None = None
    """The plain sentence that goes with `otherwise`."""


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


class Approval(Record):
    """Who must approve before the run, decided by the runbook's own author; policy may ask for more, never for less.

    `as_app_says`: whom the app among the inputs names (nobody, the manager, or the app's owner).
    """

    by: Literal["manager", "app_owner", "service_owner", "as_app_says", "none"] = "none"


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
    tests: tuple[RunbookTest, ...] = ()
