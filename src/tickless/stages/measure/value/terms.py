"""What the ledger takes for granted. Each of it is on the page, and people change it there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`match`: what the past calls a need that is known here, such as `account_unlock` → `Access / Unlock`."""

    agent_hour: float = 45.0
    employee_hour: float = 40.0
    lost_share: float = 0.5
    rework_minutes: float = 30.0
    false_action_minutes: float = 60.0
    upkeep_hours: float = 0.5
    """For each runbook, each month."""
    model_price: float = 2.0
    """For a million tokens."""
    count_declared: bool = False
    """Whether minutes that only a runbook claims are added up, too."""
    currency: str = "EUR"
    match: Mapping[str, str] = field(default_factory=dict)
