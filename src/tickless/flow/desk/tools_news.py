"""The alert that a tool has changed since somebody read it, and its end. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from tickless.domain.record import NOTHING_SAID, Untrusted
from tickless.domain.signal import Signal
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id


def tool_changed(instance: str, tool: str, state: Literal["firing", "resolved"], now: dt.datetime) -> Signal:
    """What is told of a tool that changed, or of one that somebody read again."""
    fingerprint = f"tool-changed:{instance}/{tool}"
    over = state == "resolved"
    title = f"The tool {tool} of {instance} has changed since somebody read it"
    if over:
        title = f"The tool {tool} of {instance} was read again, or is not classified any more"
    body = "It is not called until somebody reads it again and says what it does: the page Tools, or `tickless tool`."
    return Signal(
        id=new_id("sig"),
        source="tools",
        event_key=digest([fingerprint, state, now.isoformat()])[:32],
        kind="alert",
        state=state,
        fingerprint=fingerprint,
        occurred_at=now,
        received_at=now,
        severity=None if over else "warning",
        title=Untrusted(title),
        body=NOTHING_SAID if over else Untrusted(body),
        labels={"class": Untrusted("tool_changed"), "alertname": Untrusted("ToolChanged"),
                "ci": Untrusted(f"tool:{instance}/{tool}")},
    )  # fmt: skip
