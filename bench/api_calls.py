"""The REST API, called by Schemathesis with what its own description allows, and with what it does not."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import openapi
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from starlette.routing import Mount

from bench.receiver_house import DEADLINE, Answered, ReceiverHouse, call

PREFIX: Final = "/api/v1"
ENDLESS: Final = frozenset({"text/event-stream"})
"""Answers that never end: not called."""
MOST_FAILURES: Final = 40


@dataclass
class Called:
    """How it went. `undescribed`: answers with a status that the description does not know."""

    operations: int = 0
    calls: int = 0
    server_errors: int = 0
    undescribed: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep what went wrong, as far as there is room."""
        if len(self.failures) < MOST_FAILURES:
            self.failures.append(text)


def call_everything(receivers: ReceiverHouse, *, each: int) -> Called:
    """Every operation `each` times with what is allowed and as often with what is not, as an administrator."""
    description = described(receivers.house.site)
    schema = openapi.from_dict(description)
    entrance, called = receivers.house.entrance, Called()
    boss = entrance.create_user("bench-admin", roles=["admin"])
    for found in schema.get_all_operations():
        operation: Any = found.ok() if isinstance(found, Ok) else None
        if operation is None or _endless(operation.definition.raw):
            continue
        called.operations += 1
        known = set(operation.definition.raw.get("responses", {}))
        token = entrance.create_token(f"t5-{called.operations}", user=boss, scopes=["admin", "act", "read"]).token
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in _cases(operation, mode, each):
                _call(receivers, case, token, known, called)
    return called


def described(site: Any) -> dict[str, Any]:
    """The API's own description."""
    mounted = next(one for one in site.routes if isinstance(one, Mount) and one.path == PREFIX)
    described: dict[str, Any] = json.loads(json.dumps(mounted.app.openapi()))  # type: ignore[attr-defined]
    return described


def _endless(raw: Mapping[str, Any]) -> bool:
    return any(media in ENDLESS for answer in raw.get("responses", {}).values() for media in answer.get("content", {}))


def _cases(operation: Any, mode: GenerationMode, each: int) -> list[Any]:
    """What is to be called. An operation that takes nothing has nothing that is not allowed: then none."""
    found: list[Any] = []

    @seed(len(operation.label))
    @settings(max_examples=each, phases=[Phase.generate], database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: Any) -> None:
        found.append(case)

    try:
        draw()
    except Exception as error:  # the tool says by several exceptions that there is nothing of that kind
        if mode is GenerationMode.POSITIVE:
            raise AssertionError(f"no calls could be made for {operation.label}") from error
    return found


def _call(receivers: ReceiverHouse, case: Any, token: str, known: set[str], called: Called) -> None:
    asked = case.as_transport_kwargs(base_url="http://localhost")
    body, media = _body(asked)
    headers = {str(name).lower(): str(value) for name, value in (asked.get("headers") or {}).items()}
    headers |= {"authorization": f"Bearer {token}"} | ({"content-type": media} if media else {})
    query = urlencode(asked.get("params") or {}, doseq=True, errors="replace")
    path = asked["url"].removeprefix("http://localhost")
    path = path if path.startswith(PREFIX) else PREFIX + path
    sent = call(receivers.house.site, asked["method"], path + (f"?{query}" if query else ""), body, headers)
    called.calls += 1
    (answer,) = receivers.loop.run_until_complete(ended(asyncio.wait_for(sent, DEADLINE)))
    status = 599 if isinstance(answer, BaseException) else answer.status
    if isinstance(answer, BaseException):
        called.note(f"{asked['method']} {path} {query[:200]}: {answer!r}, body {body[:200]!r}")
    called.answers[status] += 1
    if status >= 500:
        called.server_errors += 1
        called.note(f"{asked['method']} {path} {query[:200]}: {status}, body {body[:200]!r}")
    elif not known & {str(status), f"{status // 100}XX", "default"}:
        called.undescribed += 1
        called.note(f"{asked['method']} {path} {query[:200]}: {status} is not described, body {body[:200]!r}")


async def ended(call: Awaitable[Answered]) -> list[Answered | BaseException]:
    """The answer, or what broke instead."""
    return list(await asyncio.gather(call, return_exceptions=True))


def _body(asked: Mapping[str, Any]) -> tuple[bytes, str]:
    if "json" in asked:
        return json.dumps(asked["json"]).encode("utf-8", "surrogatepass"), "application/json"
    data = asked.get("data") or b""
    return (data if isinstance(data, bytes) else str(data).encode("utf-8", "replace")), ""
