"""`inventory.*`: what a system knows of services, of what needs what, and of the things that services run on."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

MOST = 20_000
"""Services, edges and items of one answer; more is said to be incomplete."""


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FoundService(_Found):
    """A service as the source knows it. Empty fields: the source does not say."""

    ref: str = Field(min_length=1, max_length=300)
    """What the source calls it; edges and items name it so."""
    name: str = Field(min_length=1, max_length=200)
    scope: str = Field(default="", max_length=200)
    """Where the name holds, such as a namespace: tells two of one name apart."""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    """business, application, platform or infrastructure."""
    criticality: int | None = Field(default=None, ge=1, le=4)
    owner: str = ""
    """A person (login or address) or a team."""
    team: str = ""
    system: str = ""
    supplier: str = ""
    lifecycle: str = ""
    hours: str = ""
    description: str = Field(default="", max_length=2_000)
    place: str = ""
    """File and line, or what leads to it there."""


class FoundEdge(_Found):
    """`service` needs `needs`: refs of this answer, or names that the house may know."""

    service: str = Field(min_length=1, max_length=300)
    needs: str = Field(min_length=1, max_length=300)
    confidence: float = Field(default=1.0, ge=0, le=1)
    last_seen: AwareDatetime | None = None
    """None: now."""
    why: str = Field(default="", max_length=500)
    place: str = ""


class FoundItem(_Found):
    """A thing that a service runs on or consists of."""

    ref: str = Field(min_length=1, max_length=300)
    kind: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=200)
    service: str = Field(default="", max_length=300)
    attributes: dict[str, str] = Field(default_factory=dict)
    place: str = ""


class Misfit(_Found):
    """Something that could not be read: where, why, and how to mend it."""

    place: str
    field: str = ""
    reason: str
    mend: str


class Inventory(Output):
    """What a source says now. `whole`: what it does not say is not there any more."""

    services: tuple[FoundService, ...] = ()
    edges: tuple[FoundEdge, ...] = ()
    items: tuple[FoundItem, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    whole: bool = True


class InventoryAsked(Params):
    """Everything there is."""


class Document(Params):
    """A file in the source's own form, such as `catalog-info.yaml` or what `kubectl get -o json` prints."""

    name: str = Field(default="", max_length=300)
    text: str = Field(max_length=20_000_000)


SHAPES = (
    Shape("inventory.read", "probe", InventoryAsked, Inventory),
    Shape("inventory.parse", "probe", Document, Inventory),
)
