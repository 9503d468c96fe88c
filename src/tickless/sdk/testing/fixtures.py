"""Fixtures of a receiver: `fixtures/<name>.<json|txt|eml>`, what it must be read as, and how it arrived.

<name>.json            the body, byte for byte
<name>.expected.json   the snapshot: a list of items, or {"rejected": "part of the reason"}
<name>.meta.json       optional: {"content_type", "headers", "settings", "received_at"}
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk.connector import Connector
from tickless.sdk.receiving import Item

RECEIVED_AT = "2026-03-02T09:30:00+00:00"
"""When a fixture arrives unless its meta file says otherwise."""
_NOT_A_BODY = (".expected.json", ".meta.json")


@dataclass(frozen=True)
class Fixture:
    """A stored payload and the settings of the instance that reads it."""

    name: str
    payload: Payload
    settings: Any
    snapshot: Path

    def with_body(self, body: bytes) -> Payload:
        return self.payload.model_copy(update={"body": body})

    def with_headers(self, headers: dict[str, str]) -> Payload:
        return self.payload.model_copy(update={"headers": headers})


def fixtures_of(connector: Connector) -> list[Fixture]:
    """Every fixture of a connector that receives, by name."""
    folder = connector.folder / "fixtures"
    if connector.receiver is None or not folder.is_dir():
        return []
    bodies = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.endswith(_NOT_A_BODY)]
    return [_fixture(connector, path) for path in bodies]


def _fixture(connector: Connector, path: Path) -> Fixture:
    meta_path = path.with_name(path.stem + ".meta.json")
    meta = json.loads(meta_path.read_text(encoding="utf-8")) if meta_path.is_file() else {}
    payload = Payload(
        source=connector.manifest.id,
        received_at=dt.datetime.fromisoformat(meta.get("received_at", RECEIVED_AT)),
        content_type=meta.get("content_type", "application/json"),
        headers={name.lower(): value for name, value in meta.get("headers", {}).items()},
        body=path.read_bytes(),
    )
    settings = connector.settings.model_validate(meta.get("settings", {}))
    return Fixture(path.stem, payload, settings, path.with_name(path.stem + ".expected.json"))


def read_all(connector: Connector, payload: Payload, settings: Any) -> list[Item]:
    """Split and read a payload, as the door does. Raises `PayloadRejected`."""
    assert connector.receiver is not None
    raws = connector.receiver.split(payload, settings)
    return [connector.receiver.read(bytes(raw), payload, settings) for raw in raws]


def as_snapshot(connector: Connector, fixture: Fixture) -> Any:
    """What a fixture is read as, in the form of a snapshot file."""
    try:
        return [_plain(item) for item in read_all(connector, fixture.payload, fixture.settings)]
    except PayloadRejected as refused:
        return {"rejected": refused.public}


def _plain(item: Item) -> dict[str, Any]:
    values = {name: value for name, value in msgspec.structs.asdict(item).items() if value not in (None, "", {})}
    if item.said is not None:
        values["said"] = msgspec.to_builtins(item.said)
    if item.occurred_at is not None:
        values["occurred_at"] = item.occurred_at.isoformat()
    return values


def check_snapshot(connector: Connector, fixture: Fixture) -> set[str]:
    """The fixture is read as its snapshot says. Returns the kinds of signal in it."""
    assert fixture.snapshot.is_file(), (
        f"{fixture.name} has no snapshot: look at what `python -m tickless.sdk.testing {connector.folder}` writes"
    )
    expected = json.loads(fixture.snapshot.read_text(encoding="utf-8"))
    found = as_snapshot(connector, fixture)
    if isinstance(expected, dict) and isinstance(found, dict):
        assert expected["rejected"] in found["rejected"]
        return set()
    assert found == expected, f"{connector.manifest.id}/{fixture.name} is read differently now"
    return {item["kind"] for item in found}


def write_snapshots(connector: Connector) -> list[Path]:
    """Write every snapshot anew. Read the difference before it is committed."""
    written = []
    for fixture in fixtures_of(connector):
        text = json.dumps(as_snapshot(connector, fixture), indent=2, ensure_ascii=False, sort_keys=True)
        fixture.snapshot.write_text(text + "\n", encoding="utf-8")
        written.append(fixture.snapshot)
    return written
