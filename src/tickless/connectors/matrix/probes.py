"""What a homeserver can be asked."""

from __future__ import annotations

from tickless.connectors.matrix.connect import account_of
from tickless.connectors.matrix.events import part_of, text_of
from tickless.connectors.matrix.parameters import Event, Me, Nothing, WhichEvent
from tickless.sdk import Call, Result, probe


@probe("me", params=Nothing, output=Me)
def me(call: Call, params: Nothing) -> Result:
    """Whose access token it is."""
    who = account_of(call.instance).whoami(timeout=call.timeout)
    return Result(output=Me(user_id=who), summary=f"we are {who[:100]}")


@probe("event", params=WhichEvent, output=Event)
def event(call: Call, params: WhichEvent) -> Result:
    """An event of a room that we are in: did it get there, and what does it say?"""
    found = account_of(call.instance).event(params.room, params.event, timeout=call.timeout)
    content = part_of(found, "content")
    said = content.get("m.new_content") or content
    output = Event(
        sender=text_of(found.get("sender"), 255),
        kind=text_of(found.get("type"), 255),
        text=text_of(said.get("body") if isinstance(said, dict) else "", 60_000),
    )
    return Result(output=output, summary="the event is there")
