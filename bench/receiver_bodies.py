"""Bodies near real ones, by Hypothesis: what senders, proxies and attackers do to a payload, alone and several at once.

A body is changed in its structure where it has one (JSON, forms, lines), then as bytes, then in how it is packed and described.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

DEEP: Final = 20_000
JUST_BELOW: Final = 900
BOMB: Final = 64_000_000
"""Bytes that a few kilobytes unpack to."""
_ODD_TEXTS: Final = (
    "", " ", "\x00", "\ud800", "\udfff\ud800", "\u202eevil", "e" + "́" * 300, "🙂" * 400, "null", "-1", "1e999", "0x10",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T25:61:61Z", "${jndi:ldap://x}", "{{7*7}}",
    "'; DROP TABLE signals;--", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "../../etc/passwd", "\r\nX-Injected: 1",
    "a\x1b[2Jb", "%00%ff%", "\ufffe\uffff", "İstanbul ß ﬃ", "*UNKNOWN*", "{HOST.NAME}", "$ALERT_ID",
)  # fmt: skip
_ODD_NUMBERS: Final = (
    0,
    -1,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    2**64,
    10**30,
    1e308,
    -1e308,
    1e-320,
    0.1,
    253402300800000,
)
_RAW: Final = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e99999",
    "9" * 5_000,
    "-0",
    "0123",
    "1.",
    '"\\ud800"',
    '"\\u0000"',
    "tru",
)
"""Written where a value stood, as they are: not all of them are JSON."""
_TYPES: Final = (
    "", "application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "text/plain",
    "text/plain; charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "multipart/form-data", "application/cloudevents+json", "application/cloudevents-batch+json", "application/xml",
    "application/octet-stream", "application/x-protobuf", "APPLICATION/JSON ; =;;", "é/ß", "text/" + "x" * 5_000,
)  # fmt: skip
_ENCODINGS: Final = ("gzip", "x-gzip", "identity", "deflate", "br", "snappy", "gzip, gzip", "GZIP ", "nonsense")
_HEADERS: Final = (
    ("ce-id", "\xe9\xff"), ("ce-specversion", "9.9"), ("ce-type", ""), ("ce-source", "%zz%00"), ("ce-time", "yesterday"),
    ("sentry-hook-resource", "x" * 2_000), ("x-amz-sns-message-type", "Nonsense"), ("traceparent", "00-zz"),
    ("x-request-id", "a b\tc"), ("user-agent", "\x80" * 300), ("x-event", "{{7*7}}"), ("x-github-event", ""),
    ("x-tickless-unbound", "no"), ("content-language", "🙂".encode().decode("latin-1")), ("x-slack-request-timestamp", "²"),
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """What is posted. `did` names what was done to it."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    did: tuple[str, ...] = ()

    def then(self, did: str, **changed: Any) -> Body:
        return replace(self, did=(*self.did, did), **changed)


_Change = Callable[[Any, random.Random], Any]
_Bytes = Callable[[bytes, random.Random], bytes]


def bodies(originals: Sequence[Body]) -> st.SearchStrategy[tuple[int, Body]]:
    """(number of the original, a body near it). Hypothesis chooses what is done, the rest follows by seed."""
    numbers, seeds = st.sampled_from(range(len(originals))), st.integers(0, 2**48)
    return st.builds(
        lambda number, steps, seed: (number, _make(originals[number], steps, random.Random(seed))),
        numbers,
        st.lists(st.sampled_from(STEPS), min_size=1, max_size=4),
        seeds,
    )


def _make(original: Body, steps: list[str], chance: random.Random) -> Body:
    """Structure first, then bytes, then packing, whatever the order in which they were chosen."""
    found, document = original, _read(original.body)
    structure = [name for name in dict.fromkeys(steps) if name in STRUCTURE and document is not None]
    for name in structure:
        document = STRUCTURE[name](document, chance)
    if structure:
        found = found.then("+".join(structure), body=_written(document, chance))
    raw = [name for name in steps if name in RAW]
    for name in raw if raw or structure else ["cut"]:
        found = found.then(name, body=RAW[name](found.body, chance))
    for name in steps:
        if name in WRAPPING:
            found = WRAPPING[name](found, chance).then(name)
    return found


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


class _Raw(str):
    """A value that is written as it is."""

    __slots__ = ()


class _Doubled(dict[str, Any]):
    """An object, one of whose keys is written twice."""


def _written(document: Any, chance: random.Random) -> bytes:
    """As JSON, in one of the ways in which people write it. Texts that no UTF-8 can hold are escaped."""
    marks: dict[str, str] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, _Raw):
            mark = f"@raw{len(marks)}@"
            marks[f'"{mark}"'] = str(value)
            return mark
        if isinstance(value, _Doubled):
            found = {key: plain(inner) for key, inner in value.items()}
            key = next(iter(found), "a")
            mark = f"@raw{len(marks)}@"
            marks[f'"{mark}": 0'] = f"{json.dumps(key)}: {json.dumps(chance.choice(_ODD_TEXTS))}"
            return found | {mark: 0}
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, list) else value

    told = plain(document)
    ascii_only = chance.random() < 0.5
    text = json.dumps(told, ensure_ascii=ascii_only, indent=chance.choice((None, None, 2)))
    for mark, raw in marks.items():
        text = text.replace(mark, raw)
    return text.encode("utf-8", "surrogatepass")


def _places(document: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    if depth > 12 or not isinstance(document, (dict, list)):
        return []
    keys: list[Any] = list(document) if isinstance(document, dict) else list(range(len(document)))
    return [(document, key) for key in keys] + [place for key in keys for place in _places(document[key], depth + 1)]


def _at_one_place(change: Callable[[Any, Any, random.Random], None]) -> _Change:
    """A change of one value, anywhere in the document."""

    def changed(document: Any, chance: random.Random) -> Any:
        places = _places(document)
        if places:
            change(*chance.choice(places), chance)
        return document

    return changed


def _put(value: Callable[[Any, random.Random], Any]) -> _Change:
    def change(holder: Any, key: Any, chance: random.Random) -> None:
        holder[key] = value(holder[key], chance)

    return _at_one_place(change)


def _take_out(holder: Any, key: Any, chance: random.Random) -> None:
    del holder[key]


def _rename(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, dict):
        other = chance.choice((str(key).upper(), f" {key}", f"{key}\x00", "", chance.choice(_ODD_TEXTS)))
        holder[other] = holder.pop(key)


def _add(holder: Any, key: Any, chance: random.Random) -> None:
    odd = _odd(None, chance)
    if isinstance(holder, dict):
        holder[chance.choice((*_ODD_TEXTS, "x" * 3_000, "labels", "alerts", "id", "status"))] = odd
    else:
        holder.insert(0, odd)


def _swap(document: Any, chance: random.Random) -> Any:
    places = _places(document)
    if len(places) > 1:
        (one, here), (other, there) = chance.sample(places, 2)
        if not (_inside(one[here], other) or _inside(other[there], one)):
            one[here], other[there] = other[there], one[here]
    return document


def _inside(outer: Any, holder: Any) -> bool:
    """Whether that container is the value itself or lies in it: to swap these would make a circle."""
    if outer is holder:
        return True
    if isinstance(outer, dict):
        return any(_inside(inner, holder) for inner in outer.values())
    return isinstance(outer, list) and any(_inside(inner, holder) for inner in outer)


def _odd(value: Any, chance: random.Random) -> Any:
    kind = chance.randrange(8)
    simple: tuple[Any, ...] = (
        None, chance.random() < 0.5, chance.choice(_ODD_NUMBERS), chance.choice(_ODD_TEXTS), [], {}, [value], {"a": value},
    )  # fmt: skip
    return simple[kind]


def _double(value: Any, chance: random.Random) -> Any:
    return _Doubled(value) if isinstance(value, dict) else value


STRUCTURE: Final[dict[str, _Change]] = {
    "wrong type": _put(_odd),
    "odd text": _put(lambda value, chance: chance.choice(_ODD_TEXTS)),
    "odd number": _put(lambda value, chance: chance.choice(_ODD_NUMBERS)),
    "no JSON value": _put(lambda value, chance: _Raw(chance.choice(_RAW))),
    "long text": _put(
        lambda value, chance: chance.choice(("x", "é", "🙂", "a b\n")) * chance.choice((300, 5_000, 70_000))
    ),
    "nested": _put(lambda value, chance: _Raw(_nest(chance))),
    "missing field": _at_one_place(_take_out),
    "renamed field": _at_one_place(_rename),
    "field more": _at_one_place(_add),
    "field twice": _put(_double),
    "swapped": _swap,
    "many": lambda document, chance: [document] * chance.choice((0, 2, 50)),
    "wrapped": lambda document, chance: chance.choice(
        ({"data": document}, [document], json.dumps(document), {"payload": document})
    ),
}


def _nest(chance: random.Random) -> str:
    depth, (left, right) = chance.choice((JUST_BELOW, DEEP, 60)), chance.choice((("[", "]"), ('{"a":', "}")))
    return left * depth + ("1" if left != "[" else "") + right * depth


def _cut(body: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(body))
    end = min(len(body), start + chance.choice((1, 3, 40, 400)))
    piece = chance.choice((b"", body[start:end] * 2, chance.randbytes(chance.randrange(1, 9))))
    return body[:start] + piece + body[end:]


def _flip(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 4, 16)) if body else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _deep(body: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"[" * DEEP, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP, b"(" * DEEP))


def _recoded(body: bytes, chance: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7")), "replace")


RAW: Final[dict[str, _Bytes]] = {
    "cut": _cut,
    "bytes changed": _flip,
    "ends too early": lambda body, chance: body[: chance.randint(0, len(body))],
    "something behind it": lambda body, chance: body + chance.choice((b"\x00", b"\n\n", b"{}", body, b"\xff\xfe")),
    "byte order mark": lambda body, chance: chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + body,
    "other code": _recoded,
    "too deep": _deep,
    "noise": lambda body, chance: chance.randbytes(chance.choice((0, 1, 60, 4_000))),
    "line ends": lambda body, chance: body.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\x00", b"\x85"))),
    "spaces": lambda body, chance: b" " * chance.choice((1, 2_000)) + body,
}


def _gzipped(body: Body, chance: random.Random) -> Body:
    packed = gzip.compress(body.body, 1)
    ways: tuple[bytes, ...] = (
        packed, packed[: len(packed) // 2], packed + b"more", packed + packed, gzip.compress(packed, 1), packed[:-6],
        body.body,
    )  # fmt: skip
    return replace(body, body=chance.choice(ways), headers={**body.headers, "content-encoding": "gzip"})


_BOMB: Final = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMBED: Final = _BOMB.compress(b"[" + b"0," * (BOMB // 2)) + _BOMB.flush()


def _odd_header(body: Body, chance: random.Random) -> Body:
    name, value = chance.choice(_HEADERS)
    return replace(body, headers={**body.headers, name: value})


def _lost_header(body: Body, chance: random.Random) -> Body:
    kept = dict(body.headers)
    if kept:
        del kept[chance.choice(sorted(kept))]
    return replace(body, headers=kept)


WRAPPING: Final[dict[str, Callable[[Body, random.Random], Body]]] = {
    "gzip": _gzipped,
    "bomb": lambda body, chance: replace(body, body=BOMBED, headers={**body.headers, "content-encoding": "gzip"}),
    "other encoding": lambda body, chance: replace(
        body, headers={**body.headers, "content-encoding": chance.choice(_ENCODINGS)}
    ),
    "other type": lambda body, chance: replace(body, content_type=chance.choice(_TYPES)),
    "odd header": _odd_header,
    "header lost": _lost_header,
}

STEPS: Final = (*sorted(STRUCTURE) * 2, *sorted(RAW), *sorted(WRAPPING))
"""Structure is changed most often: what is no JSON at all is soon refused."""
