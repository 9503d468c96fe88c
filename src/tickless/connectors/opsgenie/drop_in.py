"""Where Opsgenie's clients call (opsgenie/opsgenie-oas, `paths/alert.yaml`): `/v2/alerts` and below, and heartbeats' ping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tickless.connectors.opsgenie import asking
from tickless.connectors.opsgenie.identity import alert_id, alias_of
from tickless.connectors.opsgenie.signals import PING
from tickless.domain.errors import NotFound, PayloadRejected, TicklessError
from tickless.sdk.drop_in import Answer, Asked, Handed, Method, Reading, Taking, drop_in

ALERT = "/v2/alerts/{identifier:path}"
SCHEME = "geniekey"
ACTIONS: tuple[tuple[Method, str, str], ...] = (
    ("POST", "/acknowledge", "acknowledge"), ("POST", "/unacknowledge", "unacknowledge"), ("POST", "/close", "close"),
    ("POST", "/snooze", "snooze"), ("POST", "/escalate", "escalate"), ("POST", "/assign", "assign"),
    ("POST", "/notes", "addnote"), ("POST", "/responders", "addresponder"), ("POST", "/teams", "addteam"),
    ("POST", "/tags", "addtags"), ("DELETE", "/tags", "removetags"), ("POST", "/details", "adddetails"),
    ("DELETE", "/details", "removedetails"), ("PUT", "/priority", "updatepriority"), ("PUT", "/message", "updatemessage"),
    ("PUT", "/description", "updatedescription"), ("POST", "/actions/{action}", "custom"), ("DELETE", "", "delete"),
)  # fmt: skip
"""Method, what follows the alert's identifier in the path, and the action."""


def token(asked: Asked) -> str | None:
    """`Authorization: GenieKey …`."""
    scheme, _, key = asked.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == SCHEME else None


def create(asked: Asked) -> Handed:
    """The alert to create, with the alias that it will be known by. What cannot be read is handed in as it is."""
    body = _object(asked.body)
    if body is None:
        return Handed(asked.body)
    alias = alias_of(body)
    return _handed(asked, "create", alias, {**body, "alias": alias})


def act(action: str) -> Callable[[Asked], Handed]:
    """An action on the alert that the path names by id or alias."""

    def take(asked: Asked) -> Handed:
        if asked.query.get("identifierType", "id").lower() == "tiny":
            raise NotFound("alerts have no tiny ids here", mend="name the alert by its id or alias")
        body = _object(asked.body) if asked.body.strip() else {}
        if body is None:
            raise PayloadRejected("the body is no JSON object", mend="send what Opsgenie's alert API takes")
        told = {name: asked.query[name] for name in ("user", "note", "source", "tags", "keys") if name in asked.query}
        named = {"action_name": asked.parts["action"]} if "action" in asked.parts else {}
        return _handed(asked, action, asked.parts["identifier"], {**told, **body, **named})

    return take


def ping(asked: Asked) -> Handed:
    return _handed(asked, PING, asked.parts["name"], {})


def _handed(asked: Asked, action: str, identifier: str, body: dict[str, Any]) -> Handed:
    call = {"request": asked.request, "action": action, "identifier": identifier, "body": body}
    return Handed(msgspec.json.encode(call), about=alert_id(identifier))


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def taken(asked: Asked, handed: Handed) -> Answer:
    return Answer(202, {"result": "Request will be processed", "took": 0.0, "requestId": asked.request})


def ponged(asked: Asked, handed: Handed) -> Answer:
    return Answer(202, {"result": "PONG - Heartbeat received", "took": 0.0, "requestId": asked.request})


def refused(asked: Asked, error: TicklessError) -> Answer:
    """Opsgenie says 422 to a body that it can't make sense of."""
    status = 422 if error.status == 400 else error.status
    told = f"{error.public}: {error.mend}" if error.mend else error.public
    return Answer(status, {"message": told, "took": 0.0, "requestId": asked.request})


DROP_IN = drop_in(
    source="opsgenie",
    token=token,
    refused=refused,
    calls=[
        Reading("GET", "/v2/alerts/requests/{request}", asking.request_status),
        Reading("GET", "/v2/alerts/count", asking.count),
        Taking("POST", "/v2/alerts", create, taken),
        Reading("GET", "/v2/alerts", asking.alerts),
        Reading("GET", f"{ALERT}/notes", asking.notes),
        Reading("GET", f"{ALERT}/logs", asking.logs),
        Reading("GET", f"{ALERT}/recipients", asking.nothing),
        Reading("GET", f"{ALERT}/attachments", asking.nothing),
        *(Taking(method, ALERT + rest, act(action), taken) for method, rest, action in ACTIONS),
        Reading("GET", ALERT, asking.alert),
        *(Taking(method, "/v2/heartbeats/{name}/ping", ping, ponged) for method in ("GET", "POST", "PUT", "PATCH")),
    ],
)
