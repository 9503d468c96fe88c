"""Who somebody is in the organisation's directory: asked for only where `trust_email` is set, before a message is kept."""

from __future__ import annotations

from collections.abc import Callable

from tickless.connectors.teams.activity import Activity, read_activity
from tickless.connectors.teams.client import Connector
from tickless.connectors.teams.settings import Settings
from tickless.domain.errors import Forbidden, OutsideError, PayloadRejected, SettingsInvalid
from tickless.domain.signal import Payload

EMAIL = "x-tickless-email"
"""Set here, and nowhere else: no door takes this header from outside."""
SECONDS = 5.0


def complete(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> Payload:
    """The payload with the sender's address, if their own organisation's directory has one."""
    headers = {name: value for name, value in payload.headers.items() if name != EMAIL}
    if settings.trust_email:
        try:
            activity = read_activity(payload.body)
            address = _address(activity, settings, payload, reveal) if activity.type == "message" else ""
        except (PayloadRejected, OutsideError, Forbidden, SettingsInvalid):
            address = ""  # not known is not believed: a code will be asked for
        if address:
            headers[EMAIL] = address
    return payload.model_copy(update={"headers": headers})


def _address(activity: Activity, settings: Settings, payload: Payload, reveal: Callable[[str], str]) -> str:
    asked = Connector(
        settings, activity.service_url, reveal(settings.client_secret), now=payload.received_at, timeout=SECONDS
    ).member(activity.conversation.id, activity.sender.id)
    tenant, role = asked.get("tenantId"), str(asked.get("userRole") or "").lower()
    own = isinstance(tenant, str) and settings.knows(tenant)
    same = (
        activity.sender.aad_object_id
        and asked.get("aadObjectId", asked.get("objectId")) == activity.sender.aad_object_id
    )
    if not own or not same or role == "guest" or "#ext#" in str(asked.get("userPrincipalName")).lower():
        return ""
    email = asked.get("email")
    return email[:254] if isinstance(email, str) and "@" in email and email.isprintable() and email.isascii() else ""
