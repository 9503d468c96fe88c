"""What an operator sets for signing in by an identity provider (OpenID Connect)."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.journal.access import Role

_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


class OidcSettings(BaseModel):
    """One provider. Register `<home>/sign-in/oidc/return` there as redirect address, and `<home>/sign-in` for after signing
    out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    """Such as `https://login.example.org/realms/staff`; https, except on this machine."""
    client_id: str
    """What this house is called at the provider."""
    client_secret: str | None = None
    """Reference, such as `env:OIDC_SECRET`. None: a public client, by PKCE alone."""
    name: str = "your organisation"
    """What the button says: “Sign in with …”."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    """What the provider is asked to tell."""
    groups_claim: str = "groups"
    """Where the groups stand; dots lead into objects, as in `realm_access.roles`."""
    groups: dict[str, tuple[Role, ...]] = Field(default_factory=dict)
    """Group, as the claim says it → roles. Read again at every sign-in."""
    everybody: tuple[Role, ...] = ("employee",)
    """Roles of everybody who signs in so."""
    match: Literal["email", "username", "subject"] = "email"
    """By what somebody new is found among the people on record: a verified address, `preferred_username`, or not at all."""
    create: bool = True
    """Whether somebody who is on record and has no account gets one."""
    max_age: int | None = Field(default=None, ge=0)
    """Seconds after which the provider asks for the password again."""
    acr: tuple[str, ...] = ()
    """Levels of sign-in that are asked for, and of which one must have been reached (`acr`), such as for a second factor."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _NEAR):
            raise ValueError("the issuer is an address with https")
        if "openid" not in self.scopes:
            raise ValueError("`openid` is among the scopes")
        return self
