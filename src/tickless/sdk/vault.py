"""HashiCorp Vault and OpenBao as the place of secrets: `vault:MOUNT/PATH#KEY`, read when it is needed.

The HTTP API as both document it: key-value engines of version 1 and 2, a token or an AppRole, namespaces. Nothing is kept but
the token of an AppRole, for as long as its lease says.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.errors import AuthFailed, Rejected, SettingsInvalid
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient, Reply

REFERENCE = re.compile(r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_.@=-]+)+#[A-Za-z0-9_.-]+$")
SECONDS = 10.0
RENEWED_AT = 0.8
"""Share of its lease after which a token is fetched anew."""
OWN = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)$"


class VaultSettings(BaseModel):
    """Where Vault (or OpenBao) is, and how we prove who we are: `token`, or `role` with `role_secret`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="", pattern=r"^(https?://[^@\s]+)?$")
    """Such as `https://vault.internal:8200`; empty: there is none."""
    token: str = Field(default="", pattern=rf"({OWN})|^$")
    """Secret reference of a token, such as the file that a Vault agent keeps fresh."""
    role: str = Field(default="", max_length=200)
    """The role_id of an AppRole."""
    role_secret: str = Field(default="", pattern=rf"({OWN})|^$")
    """Secret reference of its secret_id."""
    login_path: str = Field(default="approle", pattern=r"^[A-Za-z0-9_/-]+$")
    """Where AppRole is mounted."""
    namespace: str = Field(default="", pattern=r"^[A-Za-z0-9_./-]*$")
    """The namespace, where Vault has some."""
    version: Literal[1, 2] = 2
    """Of the key-value engine."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""


@dataclass
class Vault:
    """One Vault. `reveal` opens our own references (`env:`, `file:`). Safe to use from several threads."""

    settings: VaultSettings
    reveal: Callable[[str], str]
    _token: str = ""
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, reference: str) -> str | None:
        """The value of `MOUNT/PATH#KEY`; None when there is no such secret or key.

        Raises `SettingsInvalid` (no reference), `AuthFailed` (not ours to read), `Unreachable` (sealed, down, too slow).
        """
        if not REFERENCE.fullmatch(reference):
            raise SettingsInvalid("that is no place in Vault", mend="write vault:MOUNT/PATH#KEY")
        path, _, key = reference.partition("#")
        deadline = Deadline.within(SECONDS, who="Vault")
        reply = self._get(path, deadline)
        if reply.status == 403 and not self.settings.token:
            with self._lock:
                self._until = 0.0  # the token may have been revoked before its time: log in once more
            reply = self._get(path, deadline)
        if reply.status == 404:
            return None
        if reply.status == 403:
            raise AuthFailed("Vault does not let us read that", mend=f"let our policy read {self._path(path)}")
        data = _mapping(reply.json()).get("data")
        if self.settings.version == 2:
            data = _mapping(data).get("data")
        value = _mapping(data).get(key)
        return value if isinstance(value, str) else None

    def _get(self, path: str, deadline: Deadline) -> Reply:
        headers = {"x-vault-token": self._current(deadline)}
        client = self._client(headers)
        return client.send("GET", self._path(path), timeout=deadline.left(), accept=frozenset({403, 404}))

    def _path(self, path: str) -> str:
        mount, _, rest = path.partition("/")
        quoted = quote(rest, safe="/=@")
        return f"/v1/{mount}/data/{quoted}" if self.settings.version == 2 else f"/v1/{mount}/{quoted}"

    def _current(self, deadline: Deadline) -> str:
        if self.settings.token:
            return self.reveal(self.settings.token)
        with self._lock:
            if time.monotonic() >= self._until:
                self._log_in(deadline)
            return self._token

    def _log_in(self, deadline: Deadline) -> None:
        if not self.settings.role or not self.settings.role_secret:
            raise SettingsInvalid("Vault needs a token, or a role and its secret", mend="set `vault.token`")
        body = {"role_id": self.settings.role, "secret_id": self.reveal(self.settings.role_secret)}
        path = f"/v1/auth/{self.settings.login_path}/login"
        reply = self._client({}).send("POST", path, timeout=deadline.left(), json=body, accept=frozenset({400, 403}))
        if reply.status in {400, 403}:
            raise AuthFailed("Vault refused our role", mend="look at the role and its secret")
        proof = _mapping(_mapping(reply.json()).get("auth"))
        token, lease = proof.get("client_token"), proof.get("lease_duration")
        if not isinstance(token, str) or not token:
            raise Rejected("Vault let us in without a token")
        self._token = token
        self._until = time.monotonic() + (RENEWED_AT * lease if isinstance(lease, int) and lease > 0 else 60.0)

    def _client(self, headers: Mapping[str, str]) -> HttpClient:
        spaces = {"x-vault-namespace": self.settings.namespace} if self.settings.namespace else {}
        return HttpClient(
            self.settings.url,
            {"x-vault-request": "true", **spaces, **headers},
            verify=self.settings.ca_file or True,
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
