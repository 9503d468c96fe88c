"""Files of tickets of the past: taken in parts, read from a connected system, and looked at before they are imported."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.history import TicketHistory
from tickless.domain.history_import import ColumnMapping, FileForm
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id
from tickless.practices.history.entries import Entry, Reader, Refused
from tickless.practices.history.folding import fold
from tickless.practices.history.guessing import Guess, guess
from tickless.practices.history.reading import form_of, header_of, opened, read_rows
from tickless.practices.history.stamps import zone_of
from tickless.sdk.capabilities.ticketing import HistoryRows
from tickless.sdk.connector import Call, Instance
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import Registry

SAMPLE = 500
SHOWN = 8
FILE = re.compile(r"hfile_[0-9A-Z]{26}")
PAGE_SECONDS = 60.0
MOST_PAGES = 10_000
LARGEST = 4_000_000_000


def _operation(instance: Instance) -> str:
    """Name of the probe that reads the past; empty when there is none."""
    probes = instance.connector.manifest.probes
    return next((name for name, promise in probes.items() if promise.capability == "ticket.history"), "")


def _with_lack(found: Guess, last: ColumnMapping) -> Guess:
    """Mappings that were kept before there was such a field leave the words of resolutions out: said, never changed."""
    column = found.mapping.columns.get("resolution")
    if column is None or "resolution" in last.columns:
        return found
    doubt = f"“{column}” seems to say how tickets were resolved; the mapping that this source had last leaves that out."
    return replace(found, doubts=(*found.doubts, doubt))


@dataclass(frozen=True)
class Preview:
    """A file before it is imported: what its columns seem to mean, and what the first rows would become."""

    file: str
    form: FileForm
    size: int
    header: tuple[str, ...]
    sample: tuple[dict[str, str], ...]
    guess: Guess
    mapping: ColumnMapping
    known: bool
    """The mapping is the one that this source had last."""
    tickets: tuple[TicketHistory, ...]
    refused: tuple[tuple[int, Refused], ...]
    looked_at: int


class HistoryFiles:
    """The files of this process' data folder."""

    def __init__(self, journal: Journal, clock: Clock, *, folder: Path, registry: Registry) -> None:
        self._journal = journal
        self._clock = clock
        self._folder = folder
        self._registry = registry
        self._lock = threading.Lock()

    def new_file(self) -> str:
        """A place for a file that is to come, in parts."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        identity = new_id("hfile")
        (self._folder / identity).touch(mode=0o600)
        return identity

    def add_part(self, file: str, offset: int, part: bytes) -> int:
        """Put a part where it belongs; gives how long the file is now. A part that came already changes nothing. Raises
        `Conflict` for one that leaves a gap, `BadInput` for a file that grows too long."""
        path = self._path(file)
        with self._lock:
            size = path.stat().st_size
            if offset > size:
                raise Conflict(f"the file has {size} bytes so far", mend=f"go on at {size}")
            if offset + len(part) > LARGEST:
                raise BadInput(f"at most {LARGEST:,} bytes are taken", mend="pack the file with gzip, or divide it")
            with path.open("r+b") as out:
                out.seek(offset)
                out.write(part)
            return path.stat().st_size

    def systems(self) -> list[str]:
        """Connected ticket systems whose past can be read."""
        return sorted(name for name, instance in self._registry.instances.items() if _operation(instance))

    def fetch(self, system: str, file: str, *, cursor: str = "") -> str:
        """Read a page of a connected system's past into a file; where the next page begins, empty at the end. Raises
        `BadInput`, `NotFound`, `OutsideError`."""
        instance = self._registry.instances.get(system)
        name = _operation(instance) if instance is not None else ""
        if not name:
            known = ", ".join(self.systems()) or "none"
            raise BadInput(
                f"{system[:60]!r} is no connected ticket system with a past to read", mend=f"there are: {known}"
            )
        path = self._path(file)
        bound = self._registry.find(f"{system}.{name}")
        call = Call(instance=bound.instance, key=new_id("hist"), now=self._clock.now(), timeout=PAGE_SECONDS)
        found = invoke(bound, {"cursor": cursor}, call).output
        assert isinstance(found, HistoryRows), "the contract suite checks what a capability answers"
        with self._lock, path.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found.rows)
        return found.next

    def fetch_all(self, system: str) -> str:
        """Every page; the file. Blocks for as long as the system takes."""
        file, cursor = self.new_file(), ""
        for _ in range(MOST_PAGES):
            cursor = self.fetch(system, file, cursor=cursor)
            if not cursor:
                break
        return file

    def _path(self, file: str) -> Path:
        if FILE.fullmatch(file) is None or not (self._folder / file).is_file():
            raise NotFound("there is no such file: it was imported, or it waited for more than a day")
        return self._folder / file

    # Before

    def preview(
        self, file: str, *, source: str = "", mapping: ColumnMapping | None = None, zone: str = "UTC"
    ) -> Preview:
        """What would come of a file. Without a mapping the one that the source had last counts, else what is guessed.
        Raises `BadInput`, `NotFound`."""
        zone_of(mapping.zone if mapping else zone)
        path = self._path(file)
        form = form_of(path)
        rows = opened(path)
        try:
            sample = list(itertools.islice(read_rows(rows, form), SAMPLE))
        finally:
            rows.close()
        cells = [dict(one) for _, one, _ in sample if not isinstance(one, Refused)]
        header = header_of(path, form, list(cells))
        if not cells:
            raise BadInput("the file holds no row", mend="export it with a header and at least one row")
        found = guess(header, cells, zone=zone)
        last = self._mapping_of(source, header) if mapping is None else None
        chosen = mapping or last or found.mapping
        if last is not None:
            found = _with_lack(found, last)
        reader = Reader(chosen, "00" * 32)
        entries: dict[str, list[Entry]] = {}
        refused: list[tuple[int, Refused]] = []
        for number, one, _ in sample:
            read = one if isinstance(one, Refused) else reader.read(one, number)
            if isinstance(read, Refused):
                refused.append((number, read))
            else:
                entries.setdefault(read["number"], []).append(read)
        tickets = tuple(
            fold(source or "preview", found_, chosen) for found_ in itertools.islice(entries.values(), SHOWN)
        )
        return Preview(
            file, form, path.stat().st_size, tuple(header), tuple(cells[:SHOWN]), found, chosen, last is not None,
            tickets, tuple(refused[:SHOWN]), len(sample),
        )  # fmt: skip

    def _mapping_of(self, source: str, header: Sequence[str]) -> ColumnMapping | None:
        if not source:
            return None
        with self._journal.read() as tx:
            last = tx.history_sources().get(source)
        return last if last is not None and set(last.columns.values()) <= set(header) else None
