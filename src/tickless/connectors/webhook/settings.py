"""The mapping: one CEL expression a field, checked when the settings are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tickless.domain.signal import SignalKind
from tickless.kit.expressions import ExpressionError, compile_expression

VARIABLES = frozenset({"body", "item", "headers"})


def _compiles(source: str) -> str:
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        raise ValueError(str(error)) from error
    unknown = expression.names - VARIABLES
    if unknown:
        raise ValueError(f"there is no variable {sorted(unknown)[0]!r}: use body, item or headers (in `{source}`)")
    return source


Cel = Annotated[str, AfterValidator(_compiles)]


class Mapping(BaseModel):
    """`body` is the whole document, `headers` the request's (lower case), `item` one entry of what `items` yields.

    Fields without an expression keep their default. An expression that fails rejects the payload and says which it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Cel = "[body]"
    """A list: each entry becomes one signal."""
    when: Cel | None = None
    """True or false: entries for which it is false become nothing."""
    fingerprint: Cel
    """What the trouble is about: the same for a problem and its recovery."""
    title: Cel
    kind: SignalKind = "alert"
    state: Cel = "'firing'"
    """`firing`, `resolved`, `info`, or a boolean: true fires."""
    severity: Cel | None = None
    """`critical`, `error`, `warning`, `info`, or a word that monitors commonly use for one of them."""
    body: Cel | None = None
    event_key: Cel | None = None
    """The sender's own id of this event, if it has one."""
    link: Cel | None = None
    occurred_at: Cel | None = None
    """RFC 3339 text, or seconds or milliseconds since 1970."""
    labels: dict[str, Cel] = Field(default_factory=dict)
    labels_from: Cel | None = None
    """An object, all of whose fields become labels; those in `labels` go before."""


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping: Mapping
    most_items: int = Field(default=10_000, ge=1, le=100_000)
    """A payload with more entries is refused."""
