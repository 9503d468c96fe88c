"""A runbook: a versioned, typed, testable procedure. This model is the one source: it validates, prints the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tickless.domain.record import Record

Effect = Literal["read", "change", "destroy"]
InputType = Literal["person", "device", "app", "service", "ci", "text", "number", "duration"]

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


Seconds = Annotated[float, BeforeValidator(parse_duration), Field(ge=0)]


class RunbookInput(Record):
    """One thing the runbook must know. `source` says where it comes from by itself."""

    type: InputType
    source: Literal["requester", "message", "signal", "service"] | None = Field(default=None, alias="from")
    label: str | None = None
    """For signals: the label that carries it."""
    ask: str | None = None
    """What to ask when it is missing."""
    default: Any = None
    optional: bool = False
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


class Step(Record):
    """One step. Exactly one of `uses`, `wait`, `ask`, `approve`, `say`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str | None = None
    condition: str | None = Field(default=None, alias="if")
    uses: str | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    wait: Seconds | None = None
    ask: Ask | None = None
    approve: Approve | None = None
    say: str | None = None
    undo: str | dict[str, Any] | None = None
    """`irreversible: why`, or {"uses": …, "with": …}; None takes what the action itself declares."""
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


class Serves(Record):
    """What leads here, from either door."""

    intents: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    alerts: str | None = None
    """A CEL condition over `signal` (class, labels, severity, state) as `${{ … }}`."""


class Requires(Record):
    """What must hold before a plan may be made."""

    verified_identity: bool = False
    eligible: bool = False


class Value(Record):
    """What one verified run saves, and on what that figure rests."""

    minutes_saved: float = Field(ge=0)
    basis: str


class Approval(Record):
    """Who must approve before the run, decided by the runbook's own author; policy may ask for more, never for less."""

    by: Literal["manager", "app_owner", "service_owner", "none"] = "none"


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
    undo: str | dict[str, Any]
    """`steps` (each step undoes itself, in reverse), or {"irreversible": "why"}."""
    requires: Requires = Requires()
    approval: Approval = Approval()
    precheck: tuple[Check, ...] = ()
    """Read before anything changes: `expect` false means there is nothing to do or it must not run."""
    steps: tuple[Step, ...] = Field(min_length=1)
    verify: tuple[Check, ...] = ()
    say: dict[str, str] = Field(default_factory=dict)
    value: Value
    tests: tuple[RunbookTest, ...] = ()
