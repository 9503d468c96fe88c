"""The shapes of the API. They are a contract of their own: the domain may change without them."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

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


# Signals


# Conversations


# Approvals


# Runbooks


# Services and people


# Control, record, numbers


# Accounts
