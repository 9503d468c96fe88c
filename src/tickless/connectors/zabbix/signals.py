"""Zabbix's webhook → alerts. Its fields are the script's own: ours come by `media_type.yaml` in this folder.

Fields are macros by name, in lower case and with underscores; scripts of your own may write them with dots and in capitals.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tickless.connectors.zabbix.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.fields import as_text, is_form, read_form, read_object
from tickless.sdk.monitors.zabbix import item_of

MEND = "use the media type that ships with the connector (media_type.yaml): at least `event_id` and `event_value`"
_ALIASES = {
    "eventid": "event_id", "id": "event_id", "value": "event_value", "name": "event_name", "hostname": "host_name",
    "host": "host_name", "nseverity": "event_nseverity", "severity": "event_severity", "tags": "event_tags",
    "update_status": "event_update_status", "trigger_severity": "event_severity", "triggerid": "trigger_id",
    "trigger_nseverity": "event_nseverity", "status": "event_value", "event_status": "event_value",
}  # fmt: skip


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event; a form is told as JSON."""
    if is_form(payload.content_type):
        return [msgspec.json.encode(read_form(payload.body, mend=MEND))]
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    facts: dict[str, str] = {}
    for key, value in read_object(raw, what="this", mend=MEND).values.items():
        name = key.strip(" {}$").lower().replace(".", "_").replace("-", "_").replace(" ", "_")
        facts.setdefault(_ALIASES.get(name, name), as_text(value))
    item = item_of(facts, zone=settings.zone)
    if item is None:
        raise PayloadRejected("an event without `event_id`", mend=MEND)
    return item


RECEIVER = receiver(split=split, read=read)
