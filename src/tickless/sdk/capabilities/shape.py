"""One operation of a capability: its name, kind and typed ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickless.sdk.operations import Output, Params


@dataclass(frozen=True)
class Shape:
    name: str
    kind: Literal["action", "probe"]
    params: type[Params]
    output: type[Output]
