"""Every parameter and every field of the REST API, one at a time, with values that break things: too large, too long, no text,
no number, cursors of nowhere. Deterministic, beside what Schemathesis draws."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, quote_plus

from bench.api_calls import ENDLESS, PREFIX, Called, described, ended
from bench.receiver_house import DEADLINE, ReceiverHouse, call
from tickless.journal.access import User

TEXTS: Final = (
    "", " ", "0", "-1", "1e400", "9" * 40, "-" + "9" * 40, "9223372036854775808", "NaN", "null", "\0", "a\0b", "\udcff",
    "\ud800x", "💥" * 300, "x" * 100_000, "%00", "../../etc/passwd", "'; DROP TABLE cases;--", "${{ 1/0 }}", "((((" * 500,
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2026-13-45", "eyJhIjoxfQ==",
    "MQ", "[]", "{}", "١٢", "1_000", "0x10", "true",
)  # fmt: skip
"""In addresses, headers apart, and as texts of bodies."""
VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 2**63, -(2**63) - 1, 10**40, 1e308, float("inf"), [], {}, [[]] * 50, {"": ""}, [None], "x" * 100_000,
    "\0", "\ud800", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", ["\0", "\ud800"],
    [1.5, {"a": {"b": [None]}}], "(" * 2_000, "9" * 5_000,
)  # fmt: skip
"""In bodies."""
OUTSIDE: Final = 502
"""An outside system does not answer, as nobody here does: said so, and no fault of ours."""
_DEPTH: Final = 4


@dataclass(frozen=True)
class Sent:
    """One call. `what`: which value stands where, for the note of a failure."""

    method: str
    path: str
    query: str
    body: bytes
    what: str


def call_hostile(receivers: ReceiverHouse) -> Called:
    """All of them, as an administrator. Streams are not called."""
    description, called = described(receivers.house.site), Called()
    boss = receivers.house.entrance.create_user("bench-hostile", roles=["admin"])
    known = _records(receivers, description, boss)
    for path, operations in description["paths"].items():
        for method, raw in operations.items():
            if method not in {"get", "post", "put", "patch", "delete"} or _endless(raw):
                continue
            called.operations += 1
            made = receivers.house.entrance.create_token(
                f"h-{called.operations}", user=boss, scopes=["admin", "act", "read"]
            )
            for sent in _hostile(method, _named(path, known), raw, description):
                _send(receivers, sent, made.token, called)
    return called


def _records(receivers: ReceiverHouse, description: Mapping[str, Any], boss: User) -> dict[str, str]:
    """Address of a list → a record in it, so that what is about one record gets past "there is no such thing"."""
    token, found = receivers.house.entrance.create_token("h-list", user=boss, scopes=["admin", "act", "read"]).token, {}
    for path, operations in description["paths"].items():
        if "{" in path or "get" not in operations or _endless(operations["get"]):
            continue
        headers = {"authorization": f"Bearer {token}"}
        told = receivers.loop.run_until_complete(call(receivers.house.site, "GET", PREFIX + path, b"", headers)).told
        items = told.get("items")
        first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
        identity = next((str(first[name]) for name in ("number", "id", "name", "login") if first.get(name)), "")
        if identity:
            found[path] = quote(identity, safe="")
    return found


def _named(path: str, known: Mapping[str, str]) -> str:
    """The address with a record that there is, where only its last name is asked for."""
    head, brace, rest = path.partition("/{")
    name, _, tail = rest.partition("}")
    return f"{head}/{known[head]}{tail}" if brace and head in known and name and "{" not in tail and tail else path


def _endless(raw: Mapping[str, Any]) -> bool:
    return any(media in ENDLESS for answer in raw.get("responses", {}).values() for media in answer.get("content", {}))


def _hostile(method: str, path: str, raw: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Sent]:
    given = raw.get("parameters", [])
    plain, usual = _filled(path, given, whole), _body(raw, whole)
    body = b"" if usual is None else _packed(usual)
    for one in given:
        if one["in"] == "path":
            for text in TEXTS[1:]:
                filled = _filled(path, given, whole, instead={one["name"]: text})
                yield Sent(method, filled, "", body, f"path {one['name']}={text[:30]!r}")
        elif one["in"] == "query":
            for text in TEXTS:
                query = f"{quote_plus(one['name'])}={quote_plus(text.encode('utf-8', 'surrogatepass'))}"
                yield Sent(method, plain, query, body, f"query {one['name']}={text[:30]!r}")
    if usual is not None:
        for instead, what in _variants(usual):
            yield Sent(method, plain, "", _packed(instead), what)
        for blob in (b"", b"{", b"\xff\xfe", b"[" * 20_000, b"null", b"1", b'{"a":' * 5_000, b'""'):
            yield Sent(method, plain, "", blob, f"body {blob[:20]!r}")


def _filled(
    path: str, given: list[Mapping[str, Any]], whole: Mapping[str, Any], instead: Mapping[str, str] | None = None
) -> str:
    for one in given:
        if one["in"] == "path":
            text = (instead or {}).get(one["name"]) or str(_example(one.get("schema", {}), whole, 0) or "1")
            escaped = quote(text.encode("utf-8", "surrogatepass"), safe="")
            path = path.replace("{" + one["name"] + "}", escaped)
    return path


def _body(raw: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    content = raw.get("requestBody", {}).get("content", {})
    return _example(content["application/json"]["schema"], whole, 0) if "application/json" in content else None


def _variants(usual: Any) -> Iterator[tuple[Any, str]]:
    """The body with one field changed, and as a whole."""
    for value in VALUES:
        yield value, f"body={str(value)[:30]!r}"
        for name in usual if isinstance(usual, dict) else ():
            yield {**usual, name: value}, f"field {name}={str(value)[:30]!r}"


def _example(schema: Mapping[str, Any], whole: Mapping[str, Any], depth: int) -> Any:
    """A value that a schema allows, or nearly."""
    if "$ref" in schema:
        return _example(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole, depth)
    if schema.get("examples"):
        return schema["examples"][0]
    for some in ("enum", "anyOf", "oneOf", "allOf"):
        if schema.get(some):
            return schema[some][0] if some == "enum" else _example(schema[some][0], whole, depth)
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {}) if depth < _DEPTH else {}
            return {name: _example(one, whole, depth + 1) for name, one in fields.items()}
        case "array":
            return [_example(schema.get("items", {}), whole, depth + 1)] if depth < _DEPTH else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return {"date-time": "2026-03-02T09:00:00Z", "date": "2026-03-02", "time": "02:00"}.get(
                schema.get("format", ""), "a" * max(1, schema.get("minLength", 1))
            )
    return None


def _packed(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _send(receivers: ReceiverHouse, sent: Sent, token: str, called: Called) -> None:
    headers = {"authorization": f"Bearer {token}"} | ({"content-type": "application/json"} if sent.body else {})
    address = PREFIX + sent.path + (f"?{sent.query}" if sent.query else "")
    called.calls += 1
    site = receivers.house.site
    waiting = asyncio.wait_for(call(site, sent.method.upper(), address, sent.body, headers), DEADLINE)
    (answer,) = receivers.loop.run_until_complete(ended(waiting))
    status = 599 if isinstance(answer, BaseException) else answer.status
    if isinstance(answer, BaseException):
        called.note(f"{sent.method.upper()} {sent.path[:120]} {sent.what}: {answer!r}"[:400])
    called.answers[status] += 1
    if status >= 500 and status != OUTSIDE:
        called.server_errors += 1
        called.note(f"{sent.method.upper()} {sent.path[:120]} {sent.what}: {status}")
