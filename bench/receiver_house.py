"""A house with every receiver, posted to as ASGI in this process: its whole site, nothing left out but the socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any, Final

import cramjam
import msgspec

from bench.receiver_bodies import Body
from bench.receiver_targets import SIGNED, SNAPPY, Target, receiving
from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.signal import Payload
from tickless.sdk.registry import Registry

DEADLINE: Final = 20.0
"""Seconds after which an answer counts as hanging: hundreds of times what any takes, on a busy machine too."""
_SECRET: Final = "bench-secret-of-good-length-4711"


class Hangs(Exception):
    """No answer within the deadline."""


@dataclass(frozen=True)
class Answered:
    """What came back. `told` is the JSON, where it is some; status 0: handed in behind the door, and taken."""

    status: int
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def quarantined(self) -> str | None:
        return self.told.get("quarantined") or dict(self.told.get("error") or {}).get("quarantined")


@dataclass
class ReceiverHouse:
    """Built, not started: nothing moves but what is posted."""

    house: House
    tokens: Mapping[str, str]
    loop: asyncio.AbstractEventLoop

    def post(self, targets: list[tuple[Target, Body]]) -> list[Answered | BaseException]:
        """Post these beside each other. Whatever breaks, and whatever hangs, is given back as the exception."""

        async def all_of_them() -> list[Answered | BaseException]:
            sent = (asyncio.wait_for(self._one(target, body), DEADLINE) for target, body in targets)
            return await asyncio.gather(*sent, return_exceptions=True)

        with _at_most(DEADLINE * 2):
            return self.loop.run_until_complete(all_of_them())

    async def _one(self, target: Target, body: Body) -> Answered:
        if target.path is None:
            return await self._handed_in(target, body)
        packed = body.body
        if target.original.headers.get("content-encoding") == body.headers.get("content-encoding") == SNAPPY:
            packed = bytes(cramjam.snappy.compress_raw(packed))
        headers = {**body.headers, **self._proof(target, packed)}
        if body.content_type:
            headers["content-type"] = body.content_type
        return await call(self.house.site, target.method, target.path, packed, headers)

    async def _handed_in(self, target: Target, body: Body) -> Answered:
        headers = {name: value for name, value in body.headers.items() if name != "content-encoding"}
        payload = Payload(
            source=target.source, received_at=self.house.rooms.clock.now(), content_type=body.content_type[:200],
            headers=headers, body=body.body,
        )  # fmt: skip
        got = await self.house.desk.receive(payload)
        told = {"received": got.received, "new": got.new, "reason": got.reason}
        return Answered(0, told | ({"quarantined": got.quarantined} if got.quarantined else {}))

    def _proof(self, target: Target, body: bytes) -> dict[str, str]:
        kind, secret = target.source.partition("-")[0], _SECRET.encode()
        match kind:
            case "github":
                return {"x-hub-signature-256": f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"}
            case "gitlab":
                return {"x-gitlab-token": _SECRET}
            case "sentry":
                return {"sentry-hook-signature": hmac.new(secret, body, hashlib.sha256).hexdigest()}
            case "cloudwatch":
                return {"x-api-key": _SECRET}
            case "jira":
                return {"x-hub-signature": f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"}
            case "slack":
                stamp = str(int(self.house.rooms.clock.now().timestamp()))
                signed = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
                return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signed}"}
        token = self.tokens[target.source]
        if kind == "pagerduty" and target.path != f"/hooks/{target.source}":
            return {"authorization": f"Bearer {token}", "x-routing-key": token}
        return {"authorization": f"Bearer {token}"}


@contextmanager
def receiver_house(folder: Path) -> Iterator[ReceiverHouse]:
    """A house in that folder with one source for each connector and settings, and a token for each source."""
    connectors = {source: ConnectorUse(use=_connector(source), settings=own) for source, own in receiving().items()}
    settings = Settings(data=folder / "data", connectors=connectors)
    house = build(settings, role="door", secret_values=dict.fromkeys(("BENCH", "TOKEN"), _SECRET))
    house.engine.prepare()
    _stay_here(house.rooms.registry)
    robot = house.entrance.create_user("bench", roles=["operator"])
    tokens = {
        source: house.entrance.create_token(source, user=robot, scopes=["signals:write"], source=source).token
        for source in (*connectors, "otlp", "prometheus")
    }
    loop = asyncio.new_event_loop()
    try:
        yield ReceiverHouse(house, tokens, loop)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        house.stop()


def _connector(source: str) -> str:
    name, _, number = source.rpartition("-")
    return name if number.isdigit() else source


def _stay_here(registry: Registry) -> None:
    """Nobody is asked for anything outside: what a vendor would be asked stays unknown."""
    for name, instance in registry.instances.items():
        receiver = instance.connector.receiver
        if receiver is not None and receiver.complete is not None:
            here = replace(instance.connector, receiver=replace(receiver, complete=None))
            registry.instances[name] = replace(instance, connector=here)


async def call(app: Any, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    """One request as a server would hand it on."""
    plain = path.partition("?")[0]
    sent = [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())]
    sent += [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": _unquoted(plain), "raw_path": plain.encode(), "query_string": path.partition("?")[2].encode(),
        "root_path": "", "headers": sent, "client": ("192.0.2.7", 5_000), "server": ("localhost", 80),
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    status, parts = 0, list[bytes]()

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answered(status, _told(b"".join(parts)))


def _told(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {"body": found}


def _unquoted(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Ends what holds up the whole process, too: a loop without an end in a parser lets no other task run."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"nothing moved for {seconds:g} seconds")

    before: Callable[[int, FrameType | None], Any] | int | None = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


__all__ = ["SIGNED", "Answered", "Hangs", "ReceiverHouse", "call", "receiver_house"]
