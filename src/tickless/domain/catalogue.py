"""The catalogue: what people can ask for, in their own language."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tickless.domain.record import Record


class CatalogueItem(Record):
    """One thing that can be requested: who may have it, how long it takes, and what support covers."""

    version: Literal[1] = 1
    id: str
    name: str
    summary: str
    """What it is, in the words of those who ask for it."""
    category: str = ""
    need: str
    """The intent that it leads to; runbooks serve it."""
    says: tuple[str, ...] = ()
    """Ways in which people ask for it; they teach the language brain."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Inputs that the item settles, such as `{"app": "figma"}`."""
    departments: tuple[str, ...] = ()
    """Who is eligible; empty means everybody."""
    employment: tuple[Literal["employee", "contractor", "service"], ...] = ()
    """Kinds of employment that are eligible; empty means all."""
    approval: str = ""
    """Who has to say yes, in plain words; policy decides."""
    lead_time_minutes: int | None = None
    """What to promise; None: nothing is promised."""
    support: str = ""
    """What is supported, and what is not."""
    owner: str | None = None
    service: str | None = None
    cost: str = ""
    active: bool = True
