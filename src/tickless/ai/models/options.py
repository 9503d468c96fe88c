"""What an operator may set about language models."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from tickless.domain.record import Record

Use = Literal["understand", "compose", "summarise", "tone", "draft"]
Look = Literal["articles", "things", "services", "cases"]
Provider = Literal["off", "openai-compatible", "anthropic", "ollama"]


class ModelSettings(Record):
    """A language model. Off unless `provider` and `name` are set."""

    provider: Provider = "off"
    """Who answers: a server that speaks OpenAI's chat protocol, Anthropic, or Ollama."""
    name: str = ""
    """The model, as its server calls it."""
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$")
    """Where the server is, with its `/v1`; needed for `openai-compatible`; Ollama: `http://127.0.0.1:11434/v1`."""
    in_house: bool | None = None
    """What it is told does not leave the organisation; unset: so it is where the server has an address of the local network
    (`localhost`, 192.168.1.5 and the like). Policies may ask for it."""
    key: str | None = Field(default=None, pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)$")
    """Reference to the key: `env:NAME` or `file:/path`; None: the server wants none."""
    output: Literal["auto", "native", "tool", "prompted"] = "auto"
    """How an answer's form is asked for: by the server's grammar, by a tool's schema, or in words; `auto`: by provider."""
    budget_per_day: int = Field(default=200_000, ge=0)
    """Tokens that it may take a day (UTC), sent and received; what does not fit is answered without it."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=300)
    """For one answer, the second try included."""
    uses: tuple[Use, ...] = ("understand", "compose", "summarise")
    """What it may be used for. `tone` (kinder words for colleagues' drafts) and `draft` (runbooks from plain
    words) have to be asked for."""
    look_ups: tuple[Look, ...] = ()
    """What it may look up while it reads or answers, by the rights of whoever wrote: articles; the writer's own apps and
    devices (`things`); the state of services; the writer's own open cases. None: it has no tools."""
    most_look_ups: int = Field(default=3, ge=1, le=10)
    """Questions of that kind for one answer."""
    record: Path | None = None
    """File into which requests' hashes and answers are written, so that the same request has the same answer for ever."""

    @model_validator(mode="after")
    def _complete(self) -> ModelSettings:
        if self.provider != "off" and not self.name:
            raise ValueError("name the model: `name`")
        if self.provider == "openai-compatible" and self.base_url is None:
            raise ValueError("say where the server is: `base_url`")
        return self

    @property
    def on(self) -> bool:
        return self.provider != "off"

    @property
    def stays_in(self) -> bool:
        """Whether what it is told stays in the organisation."""
        if self.in_house is not None:
            return self.in_house
        if self.provider == "ollama" and self.base_url is None:
            return True
        host = urlsplit(self.base_url or "").hostname or ""
        return host == "localhost" or _is_local(host)

    @property
    def label(self) -> str:
        """The model as it is written down: `ollama:qwen3`."""
        return f"{self.provider}:{self.name}"


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
