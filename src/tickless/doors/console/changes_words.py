"""How a change's state, risk and outcome are said."""

from __future__ import annotations

from tickless.domain.change import Change
from tickless.doors.console import sheet as ui
from tickless.doors.console.wording import Tone

STATES: dict[str, tuple[str, Tone]] = {
    "draft": ("draft", "info"), "asked": ("waits for approval", "warn"), "approved": ("approved", "good"),
    "rejected": ("rejected", "bad"), "under_way": ("being made", "info"), "watched": ("watched", "info"),
    "closed": ("closed", "good"), "cancelled": ("cancelled", "warn"),
}  # fmt: skip
RESULTS: dict[str, tuple[str, Tone]] = {
    "success": ("success", "good"), "degraded": ("degraded", "warn"), "backed_out": ("backed out", "bad"),
    "failed": ("failed", "bad"), "unknown": ("unknown", "warn"),
}  # fmt: skip
PARTS = {"blast_radius": "Blast radius", "reversibility": "Reversibility", "timing": "Timing",
         "dependencies": "Dependencies", "maturity": "Maturity"}  # fmt: skip
LEVELS: dict[str, Tone] = {"low": "good", "medium": "warn", "high": "bad"}


def standing(change: Change) -> ui.Tag:
    """Its state, or what came of it once that is known for good."""
    closed = change.result is not None and change.state == "closed"
    return ui.Tag(*(RESULTS[change.result] if change.result and closed else STATES[change.state]))


def tone(change: Change) -> Tone:
    return RESULTS[change.result][1] if change.result else STATES[change.state][1]


def risk_tag(change: Change) -> ui.Cell:
    return ui.Tag(f"{change.risk.score} {change.risk.level}", LEVELS[change.risk.level]) if change.risk else None
