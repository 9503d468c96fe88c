"""Boards: which metrics stand beside each other, over how long. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tickless.stages.measure.marking import MarkGrain


@dataclass(frozen=True)
class Board:
    """Figures over the last `days` beside the `days` before, and their course over `periods` whole weeks or months."""

    id: str
    name: str
    asks: str
    """The question that it answers."""
    metrics: tuple[str, ...]
    see: tuple[tuple[str, str], ...]
    """Where to go on: words and address."""
    grain: MarkGrain = "week"
    periods: int = 13
    days: int = 30


_ALL: Final = (
    Board(
        "outcomes", "Outcomes", "How do cases end, and is that getting better?",
        ("verified", "confirmed", "assumed", "regressed", "handed_off", "prevented"),
        (("Cases", "/cases"), ("What to automate next", "/opportunities")), grain="month", periods=12,
    ),
    Board(
        "flow", "Flow", "Does work come through, or does it pile up?",
        ("ticket_volume", "backlog", "backlog_age", "resolve_median", "lead_time", "handoffs", "first_level_resolution",
         "deflection"),
        (("Cases with somebody", "/cases?standing=live"), ("The week", "/reports/week")),
    ),
    Board(
        "stability", "Stability", "Do services hold, and does what was mended stay mended?",
        ("incidents", "mttd", "mttr_repair", "recurrence", "reopened", "change_success", "availability",
         "degraded_time"),
        (("Changes", "/changes"), ("Problems", "/problems"), ("Service map", "/map")),
    ),
    Board(
        "experience", "Experience", "How is it for the people who ask?",
        ("csat", "ces", "nps", "answers_given", "mttr_respond", "repeat_contacts", "request_lead_time"),
        (("Conversations", "/conversations"), ("What people ask and nobody answers", "/knowledge/unanswered")),
    ),
    Board(
        "risk", "Risk", "What may hurt next, and are figures being bent?",
        ("noise", "foreseen_rightly", "capacity", "continuity_gaps", "unpatched_exposure", "supplier_concentration",
         "false_actions", "emergency_changes"),
        (("Guard", "/guard"), ("Autonomy", "/autonomy"), ("Portfolio", "/portfolio")),
    ),
    Board(
        "learning", "Learning", "Does the house know more than it did?",
        ("knowledge_reuse", "articles_helped", "automation_adoption", "level0_solvable", "incidents_known", "miscategorised"),
        (("Opportunities", "/opportunities"), ("Lessons", "/lessons"), ("Knowledge", "/knowledge")), grain="month", periods=12,
    ),
)  # fmt: skip
BOARDS: Final = {one.id: one for one in _ALL}
