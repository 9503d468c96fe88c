"""A step of a runbook, and what it may be: one operation, a wait, a question, or several steps together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from tickless.domain.receipt import UndoStep
from tickless.domain.record import Record

Effect = Literal["read", "change", "destroy"]

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


Quorum = Annotated[str, Field(pattern=r"^(group|role):[A-Za-z0-9][A-Za-z0-9._-]{0,63}:[1-9]$")]
"""`group:<group>:<n>` or `role:<role>:<n>`: so many different people of that group, or who hold that role here."""


class Approve(Record):
    """Wait for an approval inside the procedure, over and above what policy asks for. Nobody approves their own here either."""

    by: Literal["manager", "app_owner", "service_owner"] | Quorum
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


class Canary(Record):
    """The first few go alone; only when they are read back, and again after `watch`, the rest follows."""

    first: int = Field(default=1, ge=1, le=100)
    watch: Seconds = 0.0


class ForEach(Record):
    """Some steps for each of a list. They read it as `each` and its place as `index`.

    All items have the same steps, which only use operations. At most `at_once` items are worked on side by side.
    """

    each: str
    """An expression that gives a list."""
    at_most: int = Field(ge=1, le=1_000)
    """A longer list is not begun at all; counts as blast radius."""
    at_once: int = Field(default=1, ge=1, le=20)
    target: str | None = None
    """The record that an item is, such as `ci:${{ each }}`: locked, and left alone when it keeps failing."""
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)
    check: tuple[Check, ...] = ()
    """Read back for each item before the next ones begin."""
    canary: Canary | None = None
    failures: int = Field(default=0, ge=0)
    """So many items may fail, and the rest still goes on; never one of the canary."""


class Parallel(Record):
    """Steps that do not build on each other, side by side; they only use operations."""

    at_once: int = Field(default=5, ge=1, le=20)
    steps: tuple[Step, ...] = Field(min_length=2, max_length=50)


class Linked(Record):
    """The runbook that is called, as it stood when the plan was made."""

    runbook: str
    revision: str
    title: str
    precheck: tuple[Check, ...] = ()
    steps: tuple[Step, ...]
    verify: tuple[Check, ...] = ()
    outputs: dict[str, str] = Field(default_factory=dict)
    attached: dict[str, str] = Field(default_factory=dict)
    defaults: dict[str, Any] = Field(default_factory=dict)


class Call(Record):
    """Another runbook as one step: its prechecks, its steps and its checks. It is part of the same plan and of the same yes."""

    runbook: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    linked: SkipJsonSchema[Linked | None] = None
    """Filled in by the compiler."""


class Manual(Record):
    """A person does it and says so; then it is read back, and asked for again until it holds."""

    who: Literal["requester", "owner"] = "owner"
    text: str
    """What to do. An attachment may be part of it."""
    check: tuple[Check, ...] = Field(default=(), max_length=10)
    within: Seconds = 86_400.0


class WaitFor(Record):
    """Wait until a probe reads it. When the time is over and it does not, the step has failed."""

    uses: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    expect: str
    within: Seconds = 3_600.0
    every: Seconds = 10.0

    @property
    def check(self) -> Check:
        """As everything that is read back."""
        return Check.model_validate(self.model_dump(by_alias=True))


class Step(Record):
    """One step. Exactly one of `uses`, `wait`, `until`, `ask`, `approve`, `say`, `hand_off`, `tasks`, `for_each`, `parallel`,
    `call`, `manual`, `wait_for`.

    What later steps may read as `steps.<id>`: the operation's output; `answer` of an ask; `approved` and `by` of an
    approve; `total`, `verified`, `left` (numbers) and `open` (their titles) of tasks; `total`, `done`,
    `failed` (numbers), `failed_items` and `results` (lists) of for_each; the output of each step by its id of parallel; its
    `outputs` of a call; `answer` of manual; `held` of wait_for. A step that was skipped is not
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
    for_each: ForEach | None = None
    parallel: Parallel | None = None
    call: Call | None = None
    manual: Manual | None = None
    wait_for: WaitFor | None = None
    undo: UndoStep | Irreversible | None = None
    """None takes what the action itself declares."""
    timeout: Seconds = 30.0
    retry: Retries = Retries()
    on_failure: Literal["stop", "continue"] = "stop"


NEW_KINDS = ("for_each", "parallel", "call", "manual", "wait_for")
"""Kinds of steps that came later: a plan without them has the hash that it always had."""

for _late in (ForEach, Parallel, Linked, Call):
    _late.model_rebuild()
