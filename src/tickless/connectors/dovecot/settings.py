"""Settings of one Dovecot."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`api_key` is the secret reference of `doveadm_api_key`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """Where `service doveadm` listens for HTTP, such as `https://mail.internal:8443`."""
    api_key: str
    ca_file: str = ""
    quota_dict: str = Field(default="", pattern=r"^([a-z]+:\S+)?$")
    """The dictionary out of which the user database takes quotas, such as `file:/etc/dovecot/quota` or `proxy::quota`."""
    quota_key: str = Field(default="shared/quota/{username}", pattern=r"^(shared|priv)/[A-Za-z0-9/_-]*\{username\}$")
    """The key of a person's quota in it, in MiB."""
    clearable: tuple[str, ...] = ("Trash", "Junk")
    """Folders out of which old mail may be deleted."""
