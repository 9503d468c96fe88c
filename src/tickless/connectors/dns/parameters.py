"""Parameters and outputs of records."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tickless.connectors.dns.settings import NAME, RecordType
from tickless.sdk import Output, Params


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
