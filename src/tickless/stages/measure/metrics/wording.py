"""How figures are written for people. Pure."""

from __future__ import annotations

from typing import Literal

from tickless.stages.measure.metrics.metric import Better, Figure, Unit

Course = Literal["better", "worse", "same", "other", "unknown"]
SMALL = 0.005
"""Of the figure before: less is no change worth a word."""


def told(value: float | None, unit: Unit, *, currency: str = "") -> str:
    """A figure as people read it; a dash where there is none."""
    if value is None:
        return "–"
    match unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "seconds":
            return span(value)
        case "minutes":
            return f"{value:,.1f} min"
        case "hours":
            return f"{value:,.1f} h"
        case "count":
            return f"{value:,.0f}"
        case "money":
            return f"{value:,.2f} {currency}".rstrip()
        case "score" | "ratio":
            return f"{value:.2f}"


def span(seconds: float) -> str:
    """`42 s`, `3.5 min`, `2.1 h`, `4.0 d`."""
    for least, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= least:
            return f"{seconds / least:,.1f} {name}"
    return f"{seconds:.0f} s"


def inside(name: str) -> str:
    """A name in the middle of a sentence: its first letter small, but for what is written in capitals."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def course(now: Figure, before: Figure, better: Better) -> Course:
    """Whether it is better than it was before."""
    if now.value is None or before.value is None:
        return "unknown"
    change = now.value - before.value
    if abs(change) <= SMALL * max(abs(before.value), abs(now.value)):
        return "same"
    if better == "neither":
        return "other"
    return "better" if (change > 0) == (better == "up") else "worse"


SCALE: dict[Unit, tuple[float, str]] = {
    "share": (100.0, " %"), "seconds": (1 / 3_600, " h"), "minutes": (1.0, " min"), "hours": (1.0, " h"), "count": (1.0, ""),
    "money": (1.0, ""), "score": (1.0, ""), "ratio": (1.0, ""),
}  # fmt: skip
"""By what a value is multiplied to be drawn, and what is written behind it."""
