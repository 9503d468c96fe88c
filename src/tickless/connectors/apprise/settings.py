"""Settings: named targets, each a secret reference of an Apprise URL (the URL holds the credentials)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: dict[str, str] = Field(default_factory=dict)
    """Name → secret reference, such as `on-call = "env:ONCALL_URL"` with `slack://…` or `mailto://…` behind it."""
    phone: str = ""
    """Secret reference of an Apprise URL of an SMS gateway, with `{phone}` where the number goes (international, without +)."""
    hosts: tuple[str, ...] = Field(default=(), max_length=100)
    """Hosts that targets may call beyond those that their addresses and Apprise's own plugins name."""
    when_unsure: Literal["refuse", "send_again"] = "refuse"
    """After a crash in the middle of sending: rather none or rather two?"""
