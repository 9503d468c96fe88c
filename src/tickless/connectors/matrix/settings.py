"""Settings of one Matrix account. Its token is a reference."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    homeserver: str = Field(pattern=r"^https?://[^\s/]+/?$")
    """Base URL of the client-server API, such as `https://matrix.example.org`."""
    user_id: str = Field(pattern=r"^@[^\s:]{1,200}:[^\s]{1,253}$")
    """Our own account: `@tickless:example.org`."""
    access_token: str = Field(default="env:MATRIX_ACCESS_TOKEN", pattern=r"^(env:|file:/).+")
    """Reference of the account's access token."""
    ca_file: str = ""
    allowed_servers: tuple[str, ...] = ()
    """Whose people may invite us and are heard; empty: those of our own homeserver. `*`: everybody's."""
    shared_rooms: Literal["mentions", "off"] = "mentions"
    """In rooms that others read: only what names us and what is said in threads that we are in; or nothing."""
    trust_email: bool = False
    """Whether people of our own homeserver are who their name says, by `email_domain`. Only with names from your directory."""
    email_domain: str = Field(default="", pattern=r"^[A-Za-z0-9.-]{0,253}$")
    """`@anna:…` of our own homeserver has the address `anna@email_domain`."""
    wait: float = Field(default=30.0, ge=1, le=120)
    """Seconds that one look at the homeserver waits for news."""
    longest_text: int = Field(default=8_000, ge=100, le=20_000)

    @field_validator("allowed_servers")
    @classmethod
    def _lower(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(server.lower() for server in servers)

    @property
    def own_server(self) -> str:
        return server_of(self.user_id)

    def admits(self, user: str) -> bool:
        """Whether somebody of this server may speak to us."""
        allowed = self.allowed_servers or (self.own_server,)
        return "*" in allowed or server_of(user) in allowed


def server_of(user: str) -> str:
    """The homeserver of a user id, in lower case."""
    return user.partition(":")[2].lower()
