"""Settings: which topics are believed, and what an alarm without data means."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tickless.domain.signal import Severity, SignalState

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:([A-Za-z0-9_.-]+\*?|\*)")


def _topic(arn: str) -> str:
    if not _TOPIC.fullmatch(arn):
        raise ValueError("a topic is written as arn:aws:sns:REGION:ACCOUNT:NAME; its name may end in *")
    return arn


class Settings(BaseModel):
    """Without `topics` and `key` nothing is taken: a good signature says that Amazon sent it, not whose topic it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[Annotated[str, AfterValidator(_topic)], ...] = ()
    """ARNs of the topics that may send here; a name that ends in `*` stands for all that begin like it."""
    confirm: bool = True
    """Confirm subscriptions of these topics by itself. Off: you open the link that the signal carries."""
    key: str = ""
    """Secret reference: for what is not signed (EventBridge API destinations, raw delivery), as header `x-api-key`, as a bearer
    token, or as a basic password."""
    severity: Severity = "error"
    """Of an alarm: CloudWatch knows none."""
    insufficient_data: SignalState = "info"
    """What INSUFFICIENT_DATA means."""
    longest_age_minutes: float = Field(default=120, gt=0, le=10_080)
    """A signed message older than that is not taken: Amazon tries for an hour."""

    def believes(self, topic: str) -> bool:
        """Whether this topic may send here."""
        return any(topic == each or (each.endswith("*") and topic.startswith(each[:-1])) for each in self.topics)
