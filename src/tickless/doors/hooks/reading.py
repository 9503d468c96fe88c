"""Request → `Payload`: the body as it came, and only those headers that a receiver may need."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping

from starlette.requests import Request

from tickless.domain.signal import Payload
from tickless.doors.entrance.problems import TooLarge, UnsupportedType
from tickless.sdk.receiving import UNBOUND

_PREFIXES = ("ce-", "sentry-hook-", "x-amz-sns-")
_SUFFIXES = ("-signature", "-signature-256", "-timestamp")
_NAMES = frozenset({"user-agent", "traceparent", "x-request-id", "x-github-event", "x-gitlab-event"})
_MOST_HEADERS = 60
_LONGEST = 1_000


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Lower-cased headers that say something about the event: event attributes, signatures; never credentials."""
    kept = {
        name.lower(): value[:_LONGEST]
        for name, value in headers.items()
        if name.lower().startswith(_PREFIXES) or name.lower().endswith(_SUFFIXES) or name.lower() in _NAMES
    }
    return dict(list(kept.items())[:_MOST_HEADERS])


async def read_payload(
    request: Request, *, source: str, at: dt.datetime, limit: int, all_headers: bool = False
) -> Payload:
    """What arrived. `all_headers`: to check a signature with, never to keep (`without_credentials`).

    Raises `TooLarge` when it unpacks to more than `limit` bytes, `UnsupportedType` for an encoding
    other than gzip."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    body = await request.body()
    if encoding in {"gzip", "x-gzip"}:
        body = _unpack(body, limit)
    elif encoding not in {"identity", ""}:
        raise UnsupportedType("this content encoding is not understood", mend="send it plain or with gzip")
    return Payload(
        source=source,
        received_at=at,
        content_type=request.headers.get("content-type", "application/octet-stream")[:200],
        headers=dict(request.headers) if all_headers else kept_headers(request.headers),
        body=body,
    )


def without_credentials(payload: Payload) -> Payload:
    """As it is kept."""
    return payload.model_copy(update={"headers": kept_headers(payload.headers)})


def of_no_source(payload: Payload) -> Payload:
    """As it is taken from a token that may send as any source: no person's words are believed in it."""
    return payload.model_copy(update={"headers": {**payload.headers, UNBOUND: "yes"}})


def _unpack(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise UnsupportedType("the body is said to be gzip and is not") from error
    if len(plain) > limit:
        raise TooLarge(f"at most {limit:,} bytes are taken here, unpacked", mend="send it in smaller parts")
    return plain
