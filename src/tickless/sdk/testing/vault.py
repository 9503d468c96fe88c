"""A Vault on loopback, as its HTTP API is documented: key-value engines, tokens, an AppRole, namespaces, seals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tickless.sdk.testing.fakes import Answer, Asked, LoopbackServer, serve

DENIED = Answer(403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]})
NOT_FOUND = Answer(404, {"errors": []})


@dataclass
class VaultDouble:
    """`secrets`: `mount/path` → keys and values, as version 2 keeps them (below `data/`) and as version 1 does."""

    secrets: dict[str, dict[str, str]]
    token: str = "vault-token-2b91-very-secret"  # noqa: S105 - made up
    role: str = "tickless"
    role_secret: str = "vault-role-secret-77e0"  # noqa: S105 - made up
    namespace: str = ""
    sealed: bool = False
    logins: int = 0
    valid: set[str] = field(default_factory=set)
    server: LoopbackServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None, "it runs inside `run_vault` only"
        return self.server.url

    def answer(self, asked: Asked) -> Answer:
        if self.sealed:
            return Answer(503, {"errors": ["Vault is sealed"]})
        if (
            asked.headers.get("x-vault-namespace", "") != self.namespace
            or asked.headers.get("x-vault-request") != "true"
        ):
            return DENIED
        if asked.method == "POST" and asked.path == "/v1/auth/approle/login":
            return self._log_in(asked)
        if asked.headers.get("x-vault-token") not in {self.token, *self.valid}:
            return DENIED
        return self._read(asked.path.removeprefix("/v1/"))

    def _log_in(self, asked: Asked) -> Answer:
        self.logins += 1
        if asked.json() != {"role_id": self.role, "secret_id": self.role_secret}:
            return Answer(400, {"errors": ["invalid role or secret ID"]})
        token = f"s.{self.logins}-of-the-role"
        self.valid.add(token)
        return Answer(body={"auth": {"client_token": token, "lease_duration": 3600, "renewable": True}})

    def _read(self, path: str) -> Answer:
        mount, _, rest = path.partition("/")
        if rest.startswith("data/"):
            found = self.secrets.get(f"{mount}/{rest.removeprefix('data/')}")
            return NOT_FOUND if found is None else Answer(body={"data": {"data": found, "metadata": {"version": 3}}})
        found = self.secrets.get(path)
        return NOT_FOUND if found is None else Answer(body={"data": found, "lease_duration": 2_764_800})


@contextmanager
def run_vault(secrets: dict[str, dict[str, str]]) -> Iterator[VaultDouble]:
    """Run one with these secrets for as long as the block lasts."""
    double = VaultDouble(secrets)
    with serve(double.answer) as server:
        double.server = server
        yield double
