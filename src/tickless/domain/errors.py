"""Every error of the house, one tree.

    TicklessError
    ├── BadInput                 the caller's data is wrong: says what, where, and how to mend it
    │   ├── PayloadRejected      a receiver cannot read what arrived
    │   ├── RunbookInvalid       the compiler's findings, all at once
    │   └── SettingsInvalid
    ├── Unauthenticated          we do not know who asks
    ├── Forbidden                we know, and policy says no (with its reasons)
    ├── NotFound
    ├── Conflict                 the record moved on since the caller read it
    ├── TooFast                  a source sends more than it may: again after so many seconds
    └── OutsideError             an outside system did not do what was asked
        ├── AuthFailed           401/403: a person has to mend the credentials
        ├── RateLimited          429: again after so many seconds
        ├── Unreachable          5xx, time-out, refused: again later
        └── Rejected             4xx: the request is wrong for that system, again is useless

Each carries one bit that callers act on: may it be tried again, when, or does a person have to act first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Retry:
    """Whether trying again makes sense: `never`, `after` some seconds, or `after_human`."""

    when: Literal["never", "after", "after_human"]
    seconds: float = 0.0


NEVER = Retry("never")
AFTER_HUMAN = Retry("after_human")


class TicklessError(Exception):
    """Base of all. `public` may be shown to anybody; `detail` stays in logs and the audit record."""

    code = "error"
    status = 500
    retry = NEVER

    def __init__(self, public: str, *, detail: str = "", mend: str = "") -> None:
        super().__init__(public)
        self.public = public
        self.detail = detail
        self.mend = mend


class BadInput(TicklessError):
    code = "bad_input"
    status = 422


class PayloadRejected(BadInput):
    code = "payload_rejected"
    status = 400


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file: where (`line` and `column` from 1, `where` such as `steps[2].with`), why, and how to mend it."""

    path: str
    line: int
    column: int
    code: str
    where: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code}: {self.where}: {self.reason} ({self.mend})"


class RunbookInvalid(BadInput):
    """Carries every problem at once, in the order of the text."""

    code = "runbook_invalid"

    def __init__(self, public: str, *, problems: tuple[Problem, ...] = (), detail: str = "", mend: str = "") -> None:
        super().__init__(public, detail=detail, mend=mend)
        self.problems = problems


class SettingsInvalid(BadInput):
    code = "settings_invalid"


class Unauthenticated(TicklessError):
    code = "unauthenticated"
    status = 401
    retry = AFTER_HUMAN


class Forbidden(TicklessError):
    code = "forbidden"
    status = 403
    retry = AFTER_HUMAN


class NotFound(TicklessError):
    code = "not_found"
    status = 404


class Conflict(TicklessError):
    code = "conflict"
    status = 409


class TooFast(TicklessError):
    code = "too_fast"
    status = 429

    def __init__(self, public: str, *, after: float, mend: str = "") -> None:
        super().__init__(public, mend=mend)
        self.retry = Retry("after", max(after, 0.0))


class OutsideError(TicklessError):
    code = "outside_error"
    status = 502


class AuthFailed(OutsideError):
    code = "auth_failed"
    retry = AFTER_HUMAN


class RateLimited(OutsideError):
    code = "rate_limited"

    def __init__(self, public: str, *, after: float, detail: str = "", mend: str = "") -> None:
        super().__init__(public, detail=detail, mend=mend)
        self.retry = Retry("after", max(after, 0.0))


class Unreachable(OutsideError):
    code = "unreachable"
    retry = Retry("after", 2.0)


class Rejected(OutsideError):
    code = "rejected"
