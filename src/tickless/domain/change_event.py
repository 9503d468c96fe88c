"""A change event: something was altered or brought out, told by whoever did it. It is no trouble; it may have led to some."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record, Untrusted


class ChangeEvent(Record):
    """One deployment or other change, kept for whoever looks for a cause. `id` is its signal's."""

    version: Literal[1] = 1
    id: str
    source: str
    kind: Literal["change", "deploy"]
    service: str | None = None
    """The service it was made to, where one on record is named."""
    occurred_at: AwareDatetime
    title: Untrusted
