"""Where PagerDuty's clients send: `/v2/enqueue`, `/v2/change/enqueue`, and v1's one address. The routing key is the token."""

from __future__ import annotations

from typing import Any

import msgspec

from tickless.connectors.pagerduty.events import CHANGE, KEYS, dedup_key_of, is_old, modern, read_object, text_of
from tickless.domain.errors import TicklessError
from tickless.sdk.drop_in import Answer, Asked, Handed, Taking, drop_in

_WORDS = {429: ("throttle exceeded", "Event rate limit exceeded, try again later")}


def token(asked: Asked) -> str | None:
    """The routing key (v1: the service key). Raises `PayloadRejected` for what is no event at all."""
    event = read_object(asked.body)
    return next((key for name in KEYS if (key := text_of(event.get(name)))), None)


def take(asked: Asked) -> Handed:
    """The event without its key, and with the dedup key that it will be known by."""
    event = _without_key(asked)
    key = dedup_key_of(modern(event))
    if key and not is_old(event):
        event["dedup_key"] = key
    elif key:
        event["incident_key"] = key
    return Handed(msgspec.json.encode(event), about=key)


def take_change(asked: Asked) -> Handed:
    """The change, told apart from an event, and with a time: two changes may say the same."""
    event = {**_without_key(asked), "event_action": CHANGE}
    payload = event.get("payload")
    if isinstance(payload, dict):
        payload.setdefault("timestamp", asked.at.isoformat())
    return Handed(msgspec.json.encode(event))


def _without_key(asked: Asked) -> dict[str, Any]:
    return {name: value for name, value in read_object(asked.body).items() if name not in KEYS}


def taken(asked: Asked, handed: Handed) -> Answer:
    return Answer(202, {"status": "success", "message": "Event processed", "dedup_key": handed.about})


def taken_change(asked: Asked, handed: Handed) -> Answer:
    return Answer(202, {"status": "success", "message": "Change event processed"})


def taken_old(asked: Asked, handed: Handed) -> Answer:
    return Answer(200, {"status": "success", "message": "Event processed", "incident_key": handed.about})


def refused(asked: Asked, error: TicklessError) -> Answer:
    """PagerDuty says 400 to whatever must not be sent again, a wrong key included."""
    if error.status == 401:
        return Answer(400, _told("Invalid routing key", error.mend))
    status = error.status if error.status in {403, 404, 413, 415, 429} or error.status >= 500 else 400
    answer = _told(error.public, error.mend)
    if status in _WORDS:
        answer["status"], answer["message"] = _WORDS[status]
    return Answer(status, answer)


def _told(*errors: str) -> dict[str, Any]:
    return {"status": "invalid event", "message": "Event object is invalid", "errors": [one for one in errors if one]}


DROP_IN = drop_in(
    source="pagerduty",
    token=token,
    refused=refused,
    calls=[
        Taking("POST", "/v2/enqueue", take, taken),
        Taking("POST", "/v2/change/enqueue", take_change, taken_change),
        Taking("POST", "/generic/2010-04-15/create_event.json", take, taken_old),
    ],
)
