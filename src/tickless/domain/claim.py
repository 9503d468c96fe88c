"""What a source says about a part of the service map: the map is made of such claims, and each keeps to its own."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

ClaimKind = Literal["service", "dependency", "item"]
PERSON = "person"
"""The origin of what people say themselves."""


class Claim(Record):
    """`source` says `values` of the thing `key`. `origin` is the kind of source: a connector's id, `traces`, `person` …

    A source that no longer says it has `withdrawn_at`; the claim is kept. `stands`: a person may also deny an edge.
    """

    version: Literal[1] = 1
    id: str
    source: str
    origin: str
    kind: ClaimKind
    key: str
    """Service id, item id, or `service → needs`."""
    ref: str = ""
    """What the source itself calls it."""
    values: dict[str, Any] = Field(default_factory=dict)
    stands: Literal["says", "denies"] = "says"
    confidence: float = Field(ge=0, le=1, default=1.0)
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    withdrawn_at: AwareDatetime | None = None
    reason: str = ""
    """Why, in the words of the person or the source."""


class MapSpan(Record):
    """How a thing of the map stood, from a moment until another (None: it still does). `body`: its record then."""

    id: str
    kind: Literal["service", "dependency"]
    key: str
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None
    body: dict[str, Any]


class RefusedRow(Record):
    """Something that a source said and that does not fit: where it stands, why not, how to mend it."""

    version: Literal[1] = 1
    id: str
    source: str
    origin: str
    place: str
    """File and line, or what the source calls it."""
    field: str = ""
    reason: str
    mend: str
    found: dict[str, Any] | None = None
    """What was read of it, so that it can be tried again; None when nothing could be read."""
    state: Literal["waiting", "taken", "dismissed"] = "waiting"
    at: AwareDatetime
    count: int = 1
