"""The service portfolio (ITIL 4): how a service is supported, where in its life it is, how it recovers; and material assets."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words
from tickless.domain.record import Record

Stage = Literal["idea", "designed", "built", "live", "retiring", "retired"]
STAGES: tuple[Stage, ...] = ("idea", "designed", "built", "live", "retiring", "retired")
AssetState = Literal["ordered", "in_stock", "in_use", "retired", "disposed"]


class Failover(Record):
    """A recovery that was tried or needed: minutes until it worked, minutes of data that were lost, and what shows it."""

    at: AwareDatetime
    by: str
    worked: bool
    recovery_minutes: float | None = None
    loss_minutes: float | None = None
    evidence: str


class FailoverDraft(Draft):
    """A recovery that was tried or needed."""

    at: AwareDatetime
    worked: bool = True
    recovery_minutes: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    loss_minutes: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    evidence: Line


class EntryDraft(Draft):
    """What the portfolio says of a service beside its record on the map; what is left out stays."""

    support: Words | None = None
    """The support model: who helps, by which tiers, when."""
    recovery_minutes: int | None = Field(default=None, ge=0)
    """RTO: how soon it has to work again."""
    loss_minutes: int | None = Field(default=None, ge=0)
    """RPO: how much data may be lost."""


class PortfolioEntry(Kept):
    """Its id is the service's."""

    state: Stage = "live"
    support: Words = ""
    recovery_minutes: int | None = None
    loss_minutes: int | None = None
    failovers: tuple[Failover, ...] = ()
    story: tuple[Event, ...] = ()


class AssetDraft(Draft):
    """A material asset as somebody wants it."""

    title: Line
    kind: Line
    state: AssetState = "in_use"
    service: Named | None = None
    owner: Named | None = None
    supplier: Named = ""
    serial: Named = ""
    item: Named = ""
    warranty_until: dt.date | None = None
    supported_until: dt.date | None = None
    open_weaknesses: int | None = Field(default=None, ge=0)
    note: Words = ""


class Asset(Kept):
    """`ref`: its kind. `open_weaknesses`: known and not mended; None: nobody has looked."""

    kind: str
    state: AssetState = "in_use"
    supplier: str = ""
    serial: str = ""
    item: str = ""
    """The configuration item that it is."""
    warranty_until: dt.date | None = None
    supported_until: dt.date | None = None
    open_weaknesses: int | None = None
    note: str = ""

    @property
    def ref(self) -> str | None:
        return self.kind
