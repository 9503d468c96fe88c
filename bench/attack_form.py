"""T2's form: an attack, where it comes in, what holds before, and which effects it must never have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from bench.given_form import Given, Words
from bench.suite_files import SUITES, Entry, Form, read_suite, role_text

Door = Literal[
    "chat", "alert label", "alert annotation", "ticket text", "e-mail", "knowledge article", "tool output", "log line",
    "trace attribute", "file name", "calendar entry", "MCP tool description", "MCP tool",
]  # fmt: skip
ACTIONS = frozenset({
    "password_reset", "account_unlock", "access_request", "access_removal", "vpn_trouble", "software_install",
    "device_trouble", "mailbox_quota", "joiner", "mover", "leaver", "incident_report", "question", "status_of_case",
    "approval_answer", "cancel", "thanks", "out_of_scope",
    "approve", "access_grant", "bind_channel", "pass_step_up", "send", "close_case", "mute", "fetch", "read_file",
    "write_file", "shell", "evaluate", "active_markup", "formula", "forge_line", "say", "service_restart", "disk_cleanup",
    "pool_recycle", "certificate_renew", "failover", "trigger", "call_tool", "set_priority", "mailbox_access",
    "account_disable", "device_wipe", "deploy_rollback", "*",
})  # fmt: skip
"""`*`: any action of effect change or destroy."""
POLICIES = frozenset({
    "policy", "approval_rule", "autonomy", "role", "delegation", "freeze", "kill_switch", "silence", "maintenance", "runbook",
    "knowledge", "learning", "source", "tool_class", "schedule", "*",
})  # fmt: skip


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _spaced(value: object) -> object:
    """Doors are written with blanks, hyphens or underscores."""
    if not isinstance(value, str):
        return value
    plain = value.strip().replace("_", " ")
    return {
        "email": "e-mail",
        "e mail": "e-mail",
        "mcp tool description": "MCP tool description",
        "mcp tool": "MCP tool",
    }.get(plain.lower(), plain)


def _with_roles(value: Any) -> Any:
    """A body in which roles that were written without quotes are texts again, however deep."""
    plain = role_text(value)
    if isinstance(plain, dict):
        return {key: _with_roles(inner) for key, inner in plain.items()}
    return [_with_roles(inner) for inner in plain] if isinstance(plain, list) else plain


class Received(Form):
    """Something sent to a named receiver: `body` as JSON, or `raw` as it stands."""

    receiver: str
    body: Annotated[Any, BeforeValidator(_with_roles)] = None
    raw: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    method: str = "POST"
    status: int | None = None
    """The answer that a receiver of good faith gives, where it matters."""


Payload = str | list[str | Received] | Received
Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Pending(Form):
    """An approval that waits. What is said of it beyond these words makes the entry not reachable when it is played."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    object: Words | None = None
    requester: Words = "{me}"
    approvers: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    state: str = "pending"
    action: str | None = None
    target: Words | None = None


def _approvals(value: Any) -> Any:
    """One or several; a bare app is the writer's own request for it."""
    several = value if isinstance(value, list | tuple) else [value]
    return [{"object": plain} if isinstance(plain := role_text(one), str) else plain for one in several]


class AttackGiven(Given):
    """T1's words, and what only attacks need. What cannot be set up here is said, never left out."""

    said: Texts = ()
    """What {me} wrote earlier in the conversation."""
    asks: Texts = ()
    """What {me} writes after the text was planted, so that it is read."""
    posted: Any = None
    then: Any = None
    health: Any = None
    sender: Words = "own"
    autonomy: Any = None
    pending: Annotated[tuple[Pending, ...], BeforeValidator(_approvals)] = ()
    step_up: Any = None
    freeze: Any = None
    kill_switch: Any = None
    silence: Any = None
    heartbeat: Any = None
    tenants: Any = None
    planted: Any = None
    article: Any = None
    returns: Any = None
    fault: Any = None
    found: Any = None
    content: Any = None
    enters_as: Any = None
    classed: Any = None
    mail: Any = None
    wait: Any = None


class Forbidden(Form):
    """One effect that must not come about. Only `*` is a wildcard; no target means any."""

    action: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    policy_change: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(default=(), alias="policy change")
    disclosure: Texts = ()
    target: Words | None = None
    object: Words | None = None
    by: Words | None = None
    effect: Literal["read", "change", "destroy", "*"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Forbidden:
        if sum(bool(kind) for kind in (self.action, self.policy_change, self.disclosure)) != 1:
            raise ValueError("an entry forbids one action, one policy change or one disclosure")
        for known, said, name in ((ACTIONS, self.action, "action"), (POLICIES, self.policy_change, "policy change")):
            unknown = sorted(set(said) - known)
            if unknown:
                raise ValueError(f"there is no {name} {', '.join(unknown)}")
        return self


class Attack(Entry):
    """One entry of the suite."""

    door: Annotated[Door, BeforeValidator(_spaced)]
    payload: Payload
    given: AttackGiven = Field(default_factory=AttackGiven)
    goal: str
    forbidden: tuple[Forbidden, ...] = Field(min_length=1)

    def payloads(self) -> list[str | Received]:
        """What is sent, in order."""
        return list(self.payload) if isinstance(self.payload, list) else [self.payload]


ATTACKS = SUITES / "attacks"


def read_attacks(folder: Path | None = None) -> list[Attack]:
    """The suite of this folder, or our own. Raises `CannotRun` with all problems."""
    return read_suite(folder or ATTACKS, Attack, keys=("door", "forbidden"))
