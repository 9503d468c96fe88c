"""A real Synapse (Matrix homeserver): SQLite, one loopback port, no federation, and people registered by its shared secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.servers.processes import HOST, Program, free_port, own_folder

SERVER_NAME = "lane.example"
_NO_LIMIT = {"per_second": 1_000, "burst_count": 1_000}
BOT = "tickless"


@dataclass
class Chatter:
    """A person's program: what it sends and reads goes over the client-server API."""

    url: str
    user: str
    token: str
    _sent: int = 0

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Raises `urllib.error.HTTPError` for an answer of 400 and above."""
        request = urllib.request.Request(
            f"{self.url}/_matrix/client/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def open_room(self, *invited: str, **settings: Any) -> str:
        """A new room; with one invited and `is_direct` it is a direct one."""
        body = {"invite": list(invited), "preset": "trusted_private_chat", **settings}
        return str(self.call("POST", "v3/createRoom", body)["room_id"])

    def say(self, room: str, text: str, **content: Any) -> str:
        """Send a text; returns its event id."""
        return self.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **content})

    def send(self, room: str, kind: str, content: Any) -> str:
        self._sent += 1
        path = f"v3/rooms/{quote(room, safe='')}/send/{kind}/t{self._sent}"
        return str(self.call("PUT", path, content)["event_id"])

    def timeline(self, room: str) -> list[dict[str, Any]]:
        """Everything in a room, the oldest first."""
        path = f"v3/rooms/{quote(room, safe='')}/messages?dir=b&limit=200"
        return list(reversed(self.call("GET", path)["chunk"]))

    def heard(self, room: str, sender: str) -> list[dict[str, Any]]:
        """Messages of a sender in a room, their contents, with `event_id`."""
        return [
            {**event["content"], "event_id": event["event_id"]}
            for event in self.timeline(room)
            if event["type"] == "m.room.message" and event["sender"] == sender
        ]

    def state_of(self, room: str) -> dict[str, str]:
        """Member → membership."""
        chunk = self.call("GET", f"v3/rooms/{quote(room, safe='')}/members")["chunk"]
        return {event["state_key"]: event["content"]["membership"] for event in chunk}


@dataclass
class Synapse:
    """A running homeserver. `people`: name → their program; `bot` is ours."""

    url: str
    secret: str
    people: dict[str, Chatter] = field(default_factory=dict)

    def person(self, name: str) -> Chatter:
        """Their program, registered the first time."""
        if name not in self.people:
            self.people[name] = self._register(name)
        return self.people[name]

    def user(self, name: str) -> str:
        return f"@{name}:{SERVER_NAME}"

    def _register(self, name: str) -> Chatter:
        """By the shared secret (Synapse's admin API)."""
        path = f"{self.url}/_synapse/admin/v1/register"
        with urllib.request.urlopen(path, timeout=20) as answer:
            nonce = json.loads(answer.read())["nonce"]
        password = secrets.token_hex(12)
        signed = hmac.new(self.secret.encode(), digestmod=hashlib.sha1)
        signed.update(b"\0".join([nonce.encode(), name.encode(), password.encode(), b"notadmin"]))
        body = {"nonce": nonce, "username": name, "password": password, "admin": False, "mac": signed.hexdigest()}
        request = urllib.request.Request(path, data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            made = json.loads(answer.read())
        return Chatter(self.url, made["user_id"], made["access_token"])


def _settings(folder: Path, port: int, secret: str) -> dict[str, Any]:
    return {
        "server_name": SERVER_NAME,
        "pid_file": str(folder / "pid"),
        "listeners": [
            {"port": port, "bind_addresses": [HOST], "type": "http", "tls": False, "resources": [{"names": ["client"]}]}
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "log_config": str(folder / "log.json"),
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "registration_shared_secret": secret,
        "macaroon_secret_key": secrets.token_hex(16),
        "form_secret": secrets.token_hex(16),
        "report_stats": False,
        "presence": {"enabled": False},
        "caches": {"sync_response_cache_duration": "0s"},  # or a second house hears the first one's first answer
        **dict.fromkeys(("rc_message", "rc_registration", "rc_admin_redaction"), _NO_LIMIT),
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _NO_LIMIT),
        "rc_joins": dict.fromkeys(("local", "remote"), _NO_LIMIT),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _NO_LIMIT),
    }


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    """The homeserver, once per session. Everybody opens rooms of their own, so that no test meets another's."""
    with own_folder("synapse") as folder:
        port, secret = free_port(), secrets.token_hex(16)
        log = {
            "version": 1,
            "handlers": {"out": {"class": "logging.StreamHandler"}},
            "root": {"level": "WARNING", "handlers": ["out"]},
        }
        (folder / "log.json").write_text(json.dumps(log))
        (folder / "homeserver.json").write_text(json.dumps(_settings(folder, port, secret)))
        run = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(folder / "homeserver.json")]
        subprocess.run([*run, "--generate-keys"], check=True, timeout=60, capture_output=True)
        daemon = Program(run, log=folder / "stderr", cwd=folder)
        server = Synapse(f"http://{HOST}:{port}", secret)
        daemon.start(lambda: _answers(server.url))
        try:
            yield server
        finally:
            daemon.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
