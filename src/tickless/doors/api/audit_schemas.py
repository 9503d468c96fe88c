"""What the routes of the audit record take and give."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from tickless.doors.api.schemas import Given, Reason, Short, Shown


class KeysShown(Shown):
    """The public keys that signed, oldest first."""

    keys: list[str]
    """Base64 of 32 bytes each (Ed25519)."""
    pem: str
    """The one that counts, as PEM."""
    id: str
    signs: bool
    """Whether this process holds it."""


class Rotate(Given):
    """A new key. `lost`: the one before is gone."""

    lost: bool = False


class Signed(Shown):
    """The checkpoint that was made; null where nothing is new, or where the key is not here."""

    number: int | None
    row: int | None


class NewHold(Given):
    """What is to be kept, and why."""

    covers: Literal["everything", "case", "person"]
    ref: Short = ""
    """Id of the case or person."""
    reason: Reason = Field(min_length=1)


class Released(Given):
    reason: Reason = Field(min_length=1)


class HoldShown(Shown):
    """A legal hold."""

    id: str
    covers: str
    ref: str
    reason: str
    by: str
    at: dt.datetime
    ended_by: str | None
    ended_at: dt.datetime | None


class Retain(Given):
    """Which rows are old."""

    before: AwareDatetime


class Retained(Shown):
    rows: int


class Erase(Given):
    """Why: the request that asks for it, such as its number. No names: it goes on record."""

    reason: Short = Field(min_length=1)


class ErasureShown(Shown):
    """What went, by table; what stays, and why."""

    person: str
    erased: dict[str, int]
    stays: list[str]


class Remade(Shown):
    """A decision made again from what it was made from."""

    state: Literal["same", "differs", "erased", "not_kept", "cannot"]
    detail: str = ""


class ExplainedDecision(Shown):
    """One decision of a case: who, what, why, from which inputs, by which policies, with which model; and made again."""

    id: str
    at: dt.datetime
    attempt: int
    kind: str
    summary: str
    actor: str
    who: dict[str, Any]
    """For whom it was decided: door, speaker, roles, and how sure that is."""
    candidates: list[str]
    runbook: str | None
    plan_hash: str | None
    reasons: list[dict[str, str]]
    policies: str
    """Digest of the policies that answered."""
    questions: list[dict[str, Any]]
    """What policy was asked, field by field, and what it said: yes or no, what it needs, and which policies spoke."""
    inputs: str | None
    """Digest of everything it was made from."""
    understood_by: list[str]
    """The brain or model, with its prompt's version, behind each finding."""
    models: list[dict[str, Any]]
    """What language models read in this case's messages before: model, version of the prompt, and the answer word by word."""
    row: int | None
    """Its row in the audit record."""
    vouched: bool
    """Whether that row says the same as what is shown here, and a signed checkpoint vouches for it."""
    again: Remade
    """Made again from its inputs by today's rules."""
    policy_again: Remade
    """Its questions put once more to the policies that were in force then."""


class Explanation(Shown):
    """Every decision of a case."""

    case: str
    number: int
    title: str
    decisions: list[ExplainedDecision]
    chain: str
    """What a walk of the whole record found."""
    chain_ok: bool
