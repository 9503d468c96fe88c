"""A real OpenID Connect provider (oidc-provider-mock, over Authlib) with a few people and groups, in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder

CLIENT = "tickless"
PEOPLE = {
    "s-ada": {
        "email": "ada@larkmoor.example",
        "email_verified": True,
        "preferred_username": "ada",
        "groups": ["it-admins"],
    },
    "s-eve": {"email": "eve@elsewhere.example", "email_verified": True, "preferred_username": "eve"},
    "s-mal": {"email": "ada@larkmoor.example", "email_verified": False, "preferred_username": "ada"},
}


@dataclass
class Oidc:
    """A running provider. Every start makes a new signing key."""

    url: str
    port: int
    folder: Path
    program: Program | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(self.port), "--require-nonce", "true"]
        for subject, claims in PEOPLE.items():
            command += ["--user-claims", json.dumps({"sub": subject, **claims})]
        self.program = Program(command, log=self.folder / "log")
        self.program.start(lambda: listens(self.port))

    def stop(self) -> None:
        if self.program is not None:
            self.program.stop()

    def sign_in(self, address: str, subject: str) -> dict[str, str]:
        """What a browser brings back after somebody signed in at `address`; `deny` as subject is a no."""
        form = {"action": "deny"} if subject == "deny" else {"sub": subject}
        with httpx2.Client(follow_redirects=False, timeout=20, trust_env=False) as browser:
            answer = browser.post(address, data=form)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@contextmanager
def run_oidc() -> Iterator[Oidc]:
    port = free_port()
    with own_folder("oidc") as folder:
        server = Oidc(f"http://{HOST}:{port}", port, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="module")
def oidc() -> Iterator[Oidc]:
    """Started once for a module."""
    with run_oidc() as server:
        yield server
