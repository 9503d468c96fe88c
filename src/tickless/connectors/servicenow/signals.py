"""What a business rule posts when a record of ours changed → a nudge to read that ticket now. The body decides nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = 'send {"table": "incident", "sys_id": "…", "number": "INC…", "sys_updated_on": "…"} from a business rule'
_SYS_ID = re.compile(r"[0-9a-f]{32}")


class Changed(msgspec.Struct):
    """A record that changed; anything else in the body is left alone."""

    table: str
    sys_id: str
    number: str = ""
    sys_updated_on: str = ""


_CHANGED = msgspec.json.Decoder(Changed)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one record."""
    _decode(payload.body)
    return [payload.body]


def _decode(raw: bytes) -> Changed:
    try:
        return _CHANGED.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no changed record: {error}", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one change. Raises `PayloadRejected` for other tables and for what is no sys_id."""
    changed = _decode(raw)
    if changed.table not in {settings.incident_table, settings.request_table}:
        raise PayloadRejected("this table is not one of ours", mend="post changes of the tables in the settings only")
    if not _SYS_ID.fullmatch(changed.sys_id):
        raise PayloadRejected("there is no sys_id of 32 hex digits", mend=MEND)
    ticket = f"{changed.table}-{changed.sys_id}"
    moment = changed.sys_updated_on[:40]
    return Item(
        fingerprint=f"ticket:{ticket}",
        title=f"{changed.number[:40] or 'A ticket'} changed",
        kind="change",
        state="info",
        event_key=f"{ticket}/{moment or payload.received_at.isoformat()}",
        labels={"ticket": ticket},
        occurred_at=read_time(moment),
    )


RECEIVER = receiver(split=split, read=read)
