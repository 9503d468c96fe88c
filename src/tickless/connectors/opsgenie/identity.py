"""Ids of alerts: made of the alias, so that either leads to the other's alert without a look anywhere. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

_SAME = ("message", "entity", "source")


def alert_id(alias: str) -> str:
    """The id of the alert with that alias, as UUID (version 8). An id of ours is its own alias."""
    return alias if _is_ours(alias) else _made("alias", alias)


def alias_of(body: Mapping[str, Any]) -> str:
    """The alias that is given; without one, the id made of what it is about: sent again it is the same alert."""
    given = text_of(body.get("alias")).strip()
    return given or _made(*(text_of(body.get(name)) for name in _SAME))


def _made(*parts: str) -> str:
    told = "\0".join(parts).encode("utf-8", "replace")
    core = hashlib.blake2b(told).hexdigest()[:26]
    return _formed(core)


def _formed(core: str) -> str:
    check = hashlib.blake2b(core.encode()).hexdigest()[:4]
    return str(uuid.UUID(hex=f"{core[:12]}8{core[12:15]}8{core[15:]}{check}"))


def _is_ours(text: str) -> bool:
    plain = text.replace("-", "")
    if len(text) != 36 or len(plain) != 32:
        return False
    core = plain[:12] + plain[13:16] + plain[17:28]
    try:
        return _formed(core) == text
    except ValueError:
        return False


def text_of(value: Any) -> str:
    """A plain value as text; anything nested as JSON; nothing as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
