"""A stand-in for Microsoft's side of Teams: sign-in, published keys, and the Bot Connector's REST service, on a loopback port.

Teams itself cannot be had as a package. This signs real tokens with a real key, checks the bot's own token, and keeps every
activity, so that a test can write as Microsoft does and read what a person would see.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tickless.sdk.testing import Answer, Asked, serve

APP = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
SECRET = "teams-secret-2Vb6-0123456789"
ISSUER = "https://api.botframework.com"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass
class Posted:
    """An activity of the bot as it stands in a conversation."""

    id: str
    conversation: str
    activity: dict[str, Any]
    edits: int = 0

    @property
    def words(self) -> str:
        """Everything that a person could read of it."""
        return json.dumps(self.activity, ensure_ascii=False)


@dataclass
class BotConnector:
    """`members`: user id → what the directory says. `url`: service, keys and sign-in alike."""

    url: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    bot_token: str = field(default_factory=lambda: f"bot-{uuid.uuid4().hex}")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The connector's settings for this side; `TEAMS` is the name of the secret."""
        return {
            "app_id": APP, "tenant": TENANT, "client_secret": "env:TEAMS", "login_url": self.url,
            "keys_url": f"{self.url}/keys", "service_urls": [self.url], **changes,
        }  # fmt: skip

    def token(self, *, key: rsa.RSAPrivateKey | None = None, kid: str = "k1", **claims: Any) -> str:
        """A token as Microsoft signs it, with these claims changed; None takes one away."""
        now = dt.datetime.now(dt.UTC)
        said = {
            "iss": ISSUER, "aud": APP, "serviceurl": self.url, "nbf": now - dt.timedelta(minutes=1),
            "exp": now + dt.timedelta(hours=1), **claims,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, key or self.key, algorithm="RS256", headers={"kid": kid})

    def activity(
        self, text: str = "", *, user: str = "29:anna", conversation: str = "a:anna", **changes: Any
    ) -> dict[str, Any]:
        """A message to the bot in a personal conversation."""
        return {
            "type": "message", "id": uuid.uuid4().hex, "channelId": "msteams", "serviceUrl": self.url, "text": text,
            "from": {"id": user, "name": user, "aadObjectId": f"aad-{user.removeprefix('29:')}"},
            "recipient": {"id": f"28:{APP}", "name": "Tickless"},
            "conversation": {"id": conversation, "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}}, **changes,
        }  # fmt: skip

    def write(self, hook: str, activity: dict[str, Any], *, token: str | None = None) -> int:
        """Send an activity to the house, signed; returns the status of the answer."""
        signed = self.token() if token is None else token
        headers = {"Authorization": f"Bearer {signed}"} if signed else {}
        return httpx2.post(hook, json=activity, headers=headers, timeout=20, trust_env=False).status_code

    def seen(self, conversation: str) -> list[Posted]:
        return [one for one in self.posted if one.conversation == conversation]

    def answer(self, asked: Asked) -> Answer:
        """The service's side."""
        if asked.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return Answer(body={"keys": [{**key, "kid": "k1", "endorsements": ["msteams"]}]})
        if asked.path == f"/{TENANT}/oauth2/v2.0/token":
            form = parse_qs(asked.body.decode())
            right = form.get("client_secret") == [SECRET] and form.get("client_id") == [APP]
            return (
                Answer(body={"access_token": self.bot_token, "expires_in": 3_600})
                if right
                else Answer(400, {"error": "no"})
            )
        if asked.headers.get("authorization") != f"Bearer {self.bot_token}":
            return Answer(401)
        return self._service(asked)

    def _service(self, asked: Asked) -> Answer:
        parts = [unquote(part) for part in asked.path.split("/")][3:]
        if not parts:
            return Answer(201, {"id": f"a:{asked.json()['members'][0]['id'].removeprefix('29:')}"})
        conversation = parts[0]
        if parts[1:2] == ["members"]:
            found = self.members.get(parts[2])
            return Answer(body=found) if found else Answer(404)
        if asked.method == "PUT":
            one = next(one for one in self.posted if one.id == parts[2])
            one.activity, one.edits = asked.json(), one.edits + 1
            return Answer(body={"id": one.id})
        self.posted.append(Posted(f"1:{len(self.posted)}", conversation, asked.json()))
        return Answer(201, {"id": self.posted[-1].id})


@pytest.fixture
def bot_connector() -> Iterator[BotConnector]:
    """Microsoft's side, without a message yet."""
    side = BotConnector()
    with serve(side.answer) as server:
        side.url = server.url
        yield side
