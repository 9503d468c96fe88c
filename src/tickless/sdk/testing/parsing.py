"""Parsing is total: whatever arrives, an Item comes out or `PayloadRejected`, and nothing else. Needs Hypothesis."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, get_args

from hypothesis import strategies as st

from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalKind, SignalState
from tickless.sdk.connector import Connector
from tickless.sdk.receiving import Item
from tickless.sdk.testing.fixtures import Fixture, read_all

_ODD_TEXT = st.sampled_from(
    ["", " ", "\x00", "\ud800", "null", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1e999", "🙂" * 50]
)
_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)

_HEADER_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=20)
"""What a server can see in a header: Latin-1."""
_DEEP = 20_000
_JUST_BELOW = 900
"""Deep enough to trip what walks a document that a parser let through."""
_PLACE = "here it goes deep"


@st.composite
def mutated_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """The body with a stretch of it cut out, replaced or doubled."""
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    piece = draw(st.one_of(st.just(b""), st.binary(max_size=8), st.just(body[start:end] * 2)))
    return body[:start] + piece + body[end:]


@st.composite
def mutated_json(draw: st.DrawFn, body: bytes) -> bytes:
    """The body's JSON with one value, anywhere in it, replaced or taken out."""
    document = json.loads(body)
    holders = list(_places(document))
    if not holders or draw(st.integers(0, 9)) == 0:
        return json.dumps(draw(_ANY_JSON)).encode()
    holder, key = draw(st.sampled_from(holders))
    if draw(st.integers(0, 3)) == 0:
        del holder[key]
    else:
        holder[key] = draw(_ANY_JSON)
    return json.dumps(document).encode()


def nested_too_deep(body: bytes) -> list[bytes]:
    """Bodies that go deeper than any parser's stack: bare, and in the place of every value."""
    depths = [b"[" * _DEEP, b'{"a":' * _DEEP, b"[" * _DEEP + b"]" * _DEEP]
    if not _is_json(body):
        return depths
    mark = json.dumps(_PLACE).encode()
    for holder, key in _places(document := json.loads(body)):
        kept, holder[key] = holder[key], _PLACE
        text = json.dumps(document).encode()
        depths += [text.replace(mark, b"[" * depth + b"]" * depth) for depth in (_DEEP, _JUST_BELOW)]
        holder[key] = kept
    return depths


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document, containers shared with it."""
    if isinstance(document, dict):
        keys: list[Any] = list(document)
    elif isinstance(document, list):
        keys = list(range(len(document)))
    else:
        return []
    return [(document, key) for key in keys] + [place for key in keys for place in _places(document[key])]


@st.composite
def mutated_headers(draw: st.DrawFn, headers: dict[str, str]) -> dict[str, str]:
    """The headers with one changed or gone."""
    changed = dict(headers)
    name = draw(st.sampled_from(sorted(headers)))
    if draw(st.booleans()):
        del changed[name]
    else:
        changed[name] = draw(_HEADER_TEXT)
    return changed


def mutations(fixture: Fixture) -> st.SearchStrategy[Payload]:
    """Payloads near a fixture."""
    body = fixture.payload.body
    kinds = [mutated_bytes(body).map(fixture.with_body), st.binary(max_size=60).map(fixture.with_body)]
    if _is_json(body):
        kinds.append(mutated_json(body).map(fixture.with_body))
    if fixture.payload.headers:
        kinds.append(mutated_headers(fixture.payload.headers).map(fixture.with_headers))
    return st.one_of(kinds)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def check_total(connector: Connector, payload: Payload, settings: Any) -> None:
    """Reading ends in sound items or in a rejection that says how to mend it; any other exception passes through."""
    try:
        items = read_all(connector, payload, settings)
    except PayloadRejected as refused:
        check_rejection(refused)
        return
    for item in items:
        check_sound(item)


def check_rejection(refused: PayloadRejected) -> None:
    """A rejection gives its reason and says how to mend it."""
    assert refused.public
    assert refused.mend, f"how to mend this? {refused.public}"
    f"{refused.public}{refused.mend}".encode()


def check_sound(item: Item) -> None:
    """Every field holds what its type says, and can be stored: types are not checked at run time on this fast path."""
    assert item.fingerprint, "an item needs a fingerprint"
    assert item.kind in get_args(SignalKind)
    assert item.state in get_args(SignalState)
    assert item.severity is None or item.severity in get_args(Severity)
    texts = [item.fingerprint, item.title, item.event_key, item.body, item.link or ""]
    texts += [text for pair in (item.labels or {}).items() for text in pair]
    for text in texts:
        assert isinstance(text, str)
        text.encode()  # a lone surrogate cannot be stored
    if item.occurred_at is not None:
        assert item.occurred_at.tzinfo is not None
        item.occurred_at.astimezone(dt.UTC)


def check_stable(connector: Connector, fixture: Fixture) -> None:
    """Read twice, the same payload has the same keys; received later, too. A refused one has none."""
    later = fixture.payload.model_copy(update={"received_at": fixture.payload.received_at + dt.timedelta(seconds=1)})
    try:
        first = read_all(connector, fixture.payload, fixture.settings)
    except PayloadRejected:
        return
    second = read_all(connector, later, fixture.settings)
    assert [(item.fingerprint, item.event_key) for item in first] == [
        (item.fingerprint, item.event_key) for item in second
    ]
