"""People who write by Matrix while the house dies again and again: their homeserver belongs to the test and survives."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tickless.app.settings import ConnectorUse
from tickless.domain.person import Person
from tickless.domain.signal import Payload
from tickless.kit.clock import SystemClock

CHANNEL, DOMAIN = "matrix", "larkmoor.example"
ACCOUNT = f"@tickless:{DOMAIN}"


def connector(url: str, folder: Path) -> ConnectorUse:
    """The connector's settings for the homeserver at `url`."""
    secret = folder / "matrix.secret"
    secret.write_text("matrix-token-of-nobody", encoding="utf-8")
    settings = {
        "homeserver": url,
        "user_id": ACCOUNT,
        "access_token": f"file:{secret}",
        "trust_email": True,
        "email_domain": DOMAIN,
    }
    return ConnectorUse(use="matrix", settings=settings)


def written(person: Person, text: str, *, key: str) -> Payload:
    """A message in the person's direct room, as the listener hands it in; the same key is the same event."""
    account = f"@{person.email.partition('@')[0]}:{DOMAIN}"
    event = {
        "type": "m.room.message",
        "event_id": f"${key}:{DOMAIN}",
        "sender": account,
        "origin_server_ts": int(time.time() * 1_000),
        "content": {"msgtype": "m.text", "body": text},
    }
    body = {"event": event, "room": {"id": f"!{account.strip('@')}", "direct": True}, "name": person.name}
    return Payload(source=CHANNEL, received_at=SystemClock().now(), body=json.dumps(body).encode())
