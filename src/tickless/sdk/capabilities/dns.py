"""`dns.*`: records as the zone's own server tells them, and changing them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

RecordType = Literal["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "PTR", "CAA"]
NAME = r"^([A-Za-z0-9_*-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$"


class RecordAsked(Params):
    name: str = Field(pattern=NAME, max_length=253)
    type: RecordType = "A"


class SetRecord(RecordAsked):
    """`values` as a zone file writes them; none: the record is taken away. `ttl` 0: the one it has, or the settings' own."""

    values: tuple[Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00-\x1f]+$")], ...] = Field(max_length=50)
    ttl: int = Field(default=0, ge=0, le=604_800)


class Record(Output):
    exists: bool
    values: tuple[str, ...] = ()
    ttl: int = 0


SHAPES = (
    Shape("dns.record", "probe", RecordAsked, Record),
    Shape("dns.set_record", "action", SetRecord, Record),
)
