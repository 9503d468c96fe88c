"""What OTLP's clients are answered, in the form in which they sent. Pure.

Formats: open-telemetry/opentelemetry-proto, `collector/*/v1`; google.rpc `Status` for errors.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from tickless.stages.sense.telemetry.wire import VARINT, write_bytes, write_varint

Signals = Literal["metrics", "logs", "traces"]
PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
_REJECTED: Final = {"metrics": "rejectedDataPoints", "logs": "rejectedLogRecords", "traces": "rejectedSpans"}
_INVALID, _UNAVAILABLE = 3, 14


def taken(kind: Signals, form: str, *, rejected: int, reason: str) -> bytes:
    """`Export…ServiceResponse`, with a partial success where something was rejected."""
    if form == JSON:
        partial = {"partialSuccess": {_REJECTED[kind]: str(rejected), "errorMessage": reason}} if rejected else {}
        return msgspec.json.encode(partial)
    if not rejected:
        return b""
    inside = write_varint(1 << 3 | VARINT) + write_varint(rejected) + write_bytes(2, reason.encode())
    return write_bytes(1, inside)


def refused(form: str, message: str, *, again: bool) -> bytes:
    """`google.rpc.Status`: what is wrong, and by its code whether it may be sent again."""
    code = _UNAVAILABLE if again else _INVALID
    if form == JSON:
        return msgspec.json.encode({"code": code, "message": message})
    return write_varint(1 << 3 | VARINT) + write_varint(code) + write_bytes(2, message.encode())
