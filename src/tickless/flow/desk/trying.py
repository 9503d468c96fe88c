"""Trying a payload: what would become of it, and everything that is wrong with the mapping. Nothing is stored."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from tickless.domain.errors import BadInput, NotFound, PayloadRejected
from tickless.domain.record import Record, Untrusted
from tickless.domain.signal import Payload, Signal
from tickless.flow.rooms import Rooms
from tickless.sdk.receiving import Fault, Receiver
from tickless.sdk.registry import connector_folders, load_connector
from tickless.stages.sense.reading import make_signal

MAPPED = "webhook"
"""The connector that reads payloads by a mapping."""
MOST = 50
"""Entries of which it is told what they become."""
LONGEST_MAPPING = 100_000


class WouldBe(Record):
    """A signal that would be stored, and what the house would take it for."""

    entry: int
    signal: Signal
    need: str | None = None
    service: str | None = None


class Problem(Record):
    """Something that is wrong. `where`: `entry 2, state`, `mapping.title`, `line 3`."""

    where: str
    expression: str = ""
    reason: str
    mend: str
    serious: bool = True


class Trial(Record):
    """`entries`: how many the payload holds, None when it could not be split."""

    source: str
    entries: int | None = None
    becomes: tuple[WouldBe, ...] = ()
    problems: tuple[Problem, ...] = ()
    tried_at: AwareDatetime

    @property
    def fits(self) -> bool:
        """Whether the payload would be taken in whole."""
        return self.entries is not None and not any(problem.serious for problem in self.problems)


class Sample(Record):
    """A payload to try."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = Field(default_factory=dict)


class Trying:
    """Tries payloads with a configured source, or with a mapping that is only being written."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def sources(self) -> list[str]:
        """Configured sources that read payloads, by name."""
        instances = self._rooms.registry.instances
        return sorted(name for name, one in instances.items() if one.connector.receiver is not None)

    def with_source(self, source: str, sample: Sample) -> Trial:
        """As that source would read it today. Raises `NotFound`."""
        instance = self._rooms.registry.instances.get(source)
        if instance is None or instance.connector.receiver is None:
            known = ", ".join(self.sources()) or "none"
            raise NotFound(f"there is no source called {source[:80]!r}", mend=f"there are: {known}")
        return self._try(source, instance.connector.receiver, instance.settings, sample)

    def with_mapping(self, mapping: str, sample: Sample) -> Trial:
        """With a mapping as it would stand in the settings: TOML or JSON, alone or with its table around it."""
        if len(mapping) > LONGEST_MAPPING:
            raise BadInput(f"a mapping has at most {LONGEST_MAPPING:,} characters")
        connector = load_connector(next(folder for folder in connector_folders() if folder.name == MAPPED))
        settings, problems = _settings_in(mapping, connector.settings)
        if settings is None or connector.receiver is None:
            return Trial(source=MAPPED, problems=tuple(problems), tried_at=self._rooms.clock.now())
        return self._try(MAPPED, connector.receiver, settings, sample)

    def _try(self, source: str, receiver: Receiver, settings: Any, sample: Sample) -> Trial:
        now = self._rooms.clock.now()
        headers = {name.lower(): value for name, value in sample.headers.items()}
        payload = Payload(
            source=source, received_at=now, content_type=sample.content_type, headers=headers, body=sample.body
        )
        faults = _explained(receiver, payload, settings)
        try:
            entries = receiver.split(payload, settings)
        except PayloadRejected as refused:
            told = [_told(fault) for fault in faults] or [_refusal("the payload", refused)]
            return Trial(source=source, problems=tuple(told), tried_at=now)
        becomes, refused_ones = self._read(receiver, entries[:MOST], payload, settings, now=now)
        problems = [_told(fault) for fault in faults] or refused_ones
        return Trial(
            source=source,
            entries=len(entries),
            becomes=tuple(becomes),
            problems=(*problems, *_repeated(becomes)),
            tried_at=now,
        )

    def _read(
        self, receiver: Receiver, entries: Sequence[bytes], payload: Payload, settings: Any, *, now: dt.datetime
    ) -> tuple[list[WouldBe], list[Problem]]:
        becomes, refused_ones = [], []
        for number, raw in enumerate(entries, 1):
            try:
                item = receiver.read(raw, payload, settings)
            except PayloadRejected as refused:
                refused_ones.append(_refusal(f"entry {number}", refused))
                continue
            signal = make_signal(item, identity=f"trial_{number}", source=payload.source, received_at=now, payload=None)
            becomes.append(self._understood(number, signal, now))
        return becomes, refused_ones

    def _understood(self, number: int, signal: Signal, now: dt.datetime) -> WouldBe:
        if signal.kind == "message":
            return WouldBe(entry=number, signal=signal)
        found = self._rooms.understanding().understand(signal, now=now)[0]
        return WouldBe(entry=number, signal=signal, need=found.need, service=found.slots.get("service"))


def _explained(receiver: Receiver, payload: Payload, settings: Any) -> Sequence[Fault]:
    """All that its reader can tell; nothing where the body itself cannot be read."""
    try:
        return receiver.explain(payload, settings) if receiver.explain is not None else ()
    except PayloadRejected:
        return ()


def _told(fault: Fault) -> Problem:
    where = f"entry {fault.entry}, {fault.field}" if fault.entry else fault.field
    return Problem(
        where=where, expression=fault.expression, reason=fault.reason, mend=fault.mend, serious=fault.serious
    )


def _refusal(where: str, refused: PayloadRejected) -> Problem:
    return Problem(where=where, reason=refused.public, mend=refused.mend or "compare it with the connector's README")


def _repeated(becomes: Sequence[WouldBe]) -> list[Problem]:
    """Entries that would be taken for one event: the house stores it once."""
    first: dict[str, int] = {}
    told = []
    for one in becomes:
        known = first.setdefault(one.signal.event_key, one.entry)
        if known != one.entry:
            told.append(Problem(
                where=f"entry {one.entry}",
                reason=f"it is the same event as entry {known}, and would not be stored again",
                mend="let `fingerprint`, `event_key` or `occurred_at` tell them apart, if they are two",
                serious=False,
            ))  # fmt: skip
    return told


def _settings_in(text: str, model: type[BaseModel]) -> tuple[Any, list[Problem]]:
    """The settings that are written there, or what is wrong with them."""
    try:
        found = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, msgspec.MsgspecError, RecursionError) as error:
        reason = Untrusted(str(error)).tame(300)
        return None, [Problem(where="the mapping", reason=f"it cannot be read: {reason}", mend="write TOML or JSON")]
    try:
        return model.model_validate(_table(found)), []
    except ValidationError as error:
        return None, [_wrong(one) for one in error.errors(include_url=False, include_context=False)]


def _table(found: Any) -> Any:
    """From the settings' file as a whole, from one connector's part of it, or from the bare mapping."""
    if isinstance(found, dict) and isinstance(found.get("connectors"), dict):
        found = next((one for one in found["connectors"].values() if _is_mapped(one)), found)
    if isinstance(found, dict) and "settings" in found:
        found = found["settings"]
    return found if isinstance(found, dict) and "mapping" in found else {"mapping": found}


def _is_mapped(one: Any) -> bool:
    return isinstance(one, Mapping) and one.get("use") == MAPPED


def _wrong(error: Mapping[str, Any]) -> Problem:
    where = ".".join(str(part) for part in error["loc"]) or "the mapping"
    written = error.get("input")
    return Problem(
        where=where,
        expression=written[:2_000] if isinstance(written, str) else "",
        reason=Untrusted(str(error["msg"]).removeprefix("Value error, ")).tame(400),
        mend="every field is one CEL expression over body, item and headers; `fingerprint` and `title` have to be there",
    )
