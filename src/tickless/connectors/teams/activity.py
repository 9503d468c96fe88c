"""An activity of the Bot Framework (v3.1), the parts that we read. Pure and total."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tickless.domain.errors import PayloadRejected

CHANNEL = "msteams"
MEND = "let the Azure bot's messaging endpoint point to /hooks/NAME of this house"
_AT = re.compile(r"<at(?:\s[^<>]{0,200})?>.{0,200}?</at>", re.IGNORECASE | re.DOTALL)


class Account(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody in a conversation. `aad_object_id`: their id in the organisation's directory."""

    id: str = ""
    name: str = ""
    aad_object_id: str = ""
    role: str = ""


class Conversation(msgspec.Struct, frozen=True, rename="camel"):
    """`conversation_type`: personal, groupChat or channel."""

    id: str = ""
    conversation_type: str = ""
    tenant_id: str = ""


class Activity(msgspec.Struct, frozen=True, rename="camel"):
    """One thing that happened. `value`: what was pressed in a card of ours."""

    type: str = ""
    id: str = ""
    timestamp: str = ""
    service_url: str = ""
    channel_id: str = ""
    text: str = ""
    text_format: str = ""
    sender: Account = msgspec.field(default=Account(), name="from")
    recipient: Account = Account()
    conversation: Conversation = Conversation()
    reply_to_id: str = ""
    channel_data: dict[str, Any] = {}
    entities: list[Any] = []
    attachments: list[Any] = []
    value: Any = None

    @property
    def tenants(self) -> frozenset[str]:
        """Every organisation that the message names as its own."""
        tenant = self.channel_data.get("tenant")
        other = tenant.get("id") if isinstance(tenant, dict) else ""
        return frozenset(one for one in (self.conversation.tenant_id, other) if isinstance(one, str) and one)

    @property
    def personal(self) -> bool:
        return self.conversation.conversation_type == "personal"


def read_activity(body: bytes) -> Activity:
    """Raises `PayloadRejected`."""
    try:
        loose = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("this is no activity", mend=MEND) from error
    if not isinstance(loose, dict):
        raise PayloadRejected("this is no activity", mend=MEND)
    try:
        return msgspec.convert(_without_nulls(loose), Activity, strict=True)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise PayloadRejected("the activity is not in the form that Teams uses", mend=MEND) from error


def _without_nulls(loose: dict[str, Any]) -> dict[str, Any]:
    """Teams writes null for what it does not know, here and one level below."""
    return {
        name: {key: one for key, one in value.items() if one is not None} if isinstance(value, dict) else value
        for name, value in loose.items()
        if value is not None
    }


def words_of(activity: Activity) -> str:
    """The text without the mention of ours; others' mentions keep their names."""
    text = activity.text
    for entity in activity.entities:
        named = entity.get("text") if isinstance(entity, dict) and entity.get("type") == "mention" else None
        mentioned = entity.get("mentioned") if isinstance(named, str) and isinstance(entity, dict) else None
        if isinstance(named, str) and isinstance(mentioned, dict) and mentioned.get("id") == activity.recipient.id:
            text = text.replace(named, " ")
    text = _AT.sub(lambda found: re.sub(r"<[^>]*>", "", found[0]), text).replace("\xa0", " ").replace("\r\n", "\n")
    return fit("\n".join(" ".join(line.split()) for line in text.split("\n")).strip())


def fit(text: str) -> str:
    """Text that can be stored."""
    return text.encode("utf-8", "replace").decode()
