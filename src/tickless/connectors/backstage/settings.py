"""Settings of one catalogue."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """Where the catalogue is: files, addresses of files, or a Backstage's API; any of them. `token` is a secret reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[str, ...] = ()
    """Files, or folders in which every `catalog-info.yaml` counts, at any depth."""
    urls: tuple[str, ...] = Field(default=(), max_length=200)
    """Addresses of files, as text (such as a repository's raw view)."""
    api: str = Field(default="", pattern=r"^(https?://[^@\s]+)?$")
    """A Backstage, such as `https://backstage.example.com`."""
    token: str = ""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    allow_private: bool = False
    """Whether `urls` may lead into the own network. `api` may: you have named that one host."""

    @model_validator(mode="after")
    def _somewhere(self) -> Settings:
        if not (self.files or self.urls or self.api):
            raise ValueError("say where the catalogue is: `files`, `urls` or `api`")
        return self
