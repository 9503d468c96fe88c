"""Settings of one bot in Microsoft Teams. Its secret is a reference."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
SERVICE_URLS = (
    "https://smba.trafficmanager.net",
    "https://*.botframework.com",
    "https://*.teams.microsoft.com",
    "https://*.teams.microsoft.us",
    "https://*.botframework.azure.us",
)


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str = Field(pattern=GUID)
    """The bot's Microsoft App ID: whom messages must be meant for."""
    tenant: str = Field(pattern=GUID)
    """The organisation in which the bot is registered: it signs in there."""
    more_tenants: tuple[str, ...] = ()
    """Other organisations whose people are heard, too."""
    client_secret: str = Field(default="env:TEAMS_CLIENT_SECRET", pattern=r"^(env:|file:/).+")
    """Reference of the app's client secret."""
    trust_email: bool = False
    """Believe the addresses that the organisation's directory has of its members, so that nobody has to link an account.
    Guests are never known by their address."""
    when_unsure: Literal["send_again", "refuse"] = "send_again"
    """After a crash in the middle of sending: rather two or rather none? Teams cannot be asked whether it got through."""
    longest_text: int = Field(default=8_000, ge=100, le=20_000)
    login_url: str = Field(default="https://login.microsoftonline.com", pattern=r"^https?://[^\s]+$")
    keys_url: str = Field(default="https://login.botframework.com/v1/.well-known/keys", pattern=r"^https?://[^\s]+$")
    """Where the keys are that sign what Teams sends."""
    issuer: str = "https://api.botframework.com"
    scope: str = "https://api.botframework.com/.default"
    service_urls: tuple[str, ...] = SERVICE_URLS
    """Where answers may be sent: Microsoft's hosts. A message names its own; no other is called."""

    @field_validator("more_tenants")
    @classmethod
    def _lower(cls, tenants: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tenant.lower() for tenant in tenants)

    def knows(self, tenant: str) -> bool:
        """Whether people of this organisation are heard."""
        return tenant.lower() in {self.tenant.lower(), *self.more_tenants}

    def may_call(self, url: str) -> bool:
        """Whether this is one of the service's addresses: scheme, host and port must fit."""
        try:
            asked = urlsplit(url)
            return bool(asked.hostname) and not asked.username and any(_fits(asked, one) for one in self.service_urls)
        except ValueError:
            return False


def _fits(asked: object, allowed: str) -> bool:
    wanted = urlsplit(allowed)
    host, pattern = getattr(asked, "hostname", None) or "", wanted.hostname or ""
    same_host = host == pattern or (
        pattern.startswith("*.") and host.endswith(pattern[1:]) and len(host) > len(pattern)
    )
    return (
        same_host
        and getattr(asked, "scheme", "") == wanted.scheme
        and getattr(asked, "port", None) == wanted.port
        and not getattr(asked, "query", "")
        and not getattr(asked, "fragment", "")
    )
